import Directory
import OktaAPI
public import Storage

/// How far a running sync is, for a progress bar or a live page.
public struct SyncProgress: Sendable {
    /// What is going on, in a few words: `reading`, `writing the summary`.
    public var phase: String
    /// Calls made.
    public var callsDone: Int
    /// Calls expected; nil until enough is known.
    public var callsPredicted: Int?
    /// Calls by class, in the order of the plan.
    public var stages: [Stage]
    /// Calls a second since the run began.
    public var callsPerSecond: Double
    /// Seconds left at the present pace; nil until enough is known.
    public var secondsRemaining: Double?
    /// How much of each rate limit is in use.
    public var buckets: [RateGauge]

    /// One class of calls.
    public struct Stage: Sendable {
        /// `users`, `group_users`, …
        public let callClass: String
        /// Calls made.
        public let done: Int
        /// Calls expected; nil when nobody can know yet.
        public let predicted: Int?
    }
}

extension RateGauge {
    init(_ gauge: RateBudget.Gauge, now: Timestamp) {
        self.init(
            bucket: gauge.name, limit: gauge.limit, remaining: gauge.remaining, allowed: gauge.allowed,
            used: gauge.used, resetsAt: gauge.resetsAt ?? now, updatedAt: now)
    }
}

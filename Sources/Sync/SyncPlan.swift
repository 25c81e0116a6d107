import OktaAPI
public import Storage

/// What a sync is expected to ask, before it asks.
public struct SyncPlan: Sendable, Equatable {
    /// One line for each class of calls.
    public let lines: [Line]
    /// Which way each list is read that Okta gives in several ways, and why.
    public let choices: [RunChoice]
    /// What could not be known, in a person's words.
    public let notes: [String]

    /// A plan from calls by class and the calls a minute that each bucket allows.
    init(calls: [String: Int], allowed: [String: Double], choices: [RunChoice] = [], notes: [String] = []) {
        lines = Self.order.compactMap { callClass, bucket in
            guard let count = calls[callClass], count > 0 else { return nil }
            let minutes = allowed[bucket].map { $0 > 0 ? Double(count) / $0 : 0 } ?? 0
            return Line(callClass: callClass, bucket: bucket, calls: count, minutes: minutes)
        }
        self.choices = choices
        self.notes = notes
    }

    /// Every class of calls with the bucket it is charged to, in the order people read them.
    private static let order: [(callClass: String, bucket: String)] = [
        ("users", RateBucket.users), ("groups", RateBucket.groups), ("group_users", RateBucket.groups),
        ("user_groups", RateBucket.userDetails), ("apps", RateBucket.apps), ("app_groups", RateBucket.apps),
        ("group_apps", RateBucket.groups), ("app_users", RateBucket.apps), ("user_apps", RateBucket.apps),
        ("group_rules", RateBucket.groups), ("roles", RateBucket.userDetails), ("factors", RateBucket.userDetails),
        ("api_tokens", RateBucket.apiTokens), ("logs", RateBucket.logs),
    ]

    /// All calls.
    public var totalCalls: Int { lines.reduce(0) { $0 + $1.calls } }
    /// How long it takes: the time of the slowest bucket, since all buckets work in parallel.
    public var minutes: Double { minutesByBucket.values.max() ?? 0 }
    /// The bucket that sets the pace.
    public var slowestBucket: String? { minutesByBucket.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }

    private var minutesByBucket: [String: Double] {
        lines.reduce(into: [:]) { $0[$1.bucket, default: 0] += $1.minutes }
    }

    /// The calls of a class.
    func calls(_ callClass: String) -> Int { lines.first { $0.callClass == callClass }?.calls ?? 0 }

    /// Calls of one class.
    public struct Line: Sendable, Equatable {
        /// `users`, `group_users`, …: the keys of `calls.by_class`.
        public let callClass: String
        /// The rate-limit bucket they are charged to.
        public let bucket: String
        /// How many.
        public let calls: Int
        /// Minutes they take at the allowed share of the bucket; 0 when the limit is not known.
        public let minutes: Double
    }
}

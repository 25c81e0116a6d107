public import Directory

/// How much of the tenant's rate limits is in use right now: live gauges for progress displays.
public struct RateBudget: Sendable, Equatable {
    /// The buckets met so far, by name.
    public var buckets: [Gauge] = []
    /// Requests in flight.
    public var inFlight = 0
    /// How many may be in flight.
    public var concurrency = 0
    /// Requests sent since the client was made, repeats included.
    public var requests = 0
    /// Requests that were repeated after a failure.
    public var retries = 0
    /// Answers with status 429.
    public var rateLimited = 0

    /// No gauges.
    public init() {}

    /// One bucket.
    public struct Gauge: Sendable, Equatable {
        /// The bucket's name, from `RateBucket`.
        public var name: String
        /// Requests per window that Okta grants the credential.
        public var limit: Int
        /// Requests per window that Muster takes of them.
        public var allowed: Int
        /// Requests of Muster in the present window.
        public var used: Int
        /// What Okta last said is left.
        public var remaining: Int
        /// When the window ends.
        public var resetsAt: Timestamp?

        /// A gauge; see the properties.
        public init(name: String, limit: Int, allowed: Int, used: Int, remaining: Int, resetsAt: Timestamp?) {
            self.name = name
            self.limit = limit
            self.allowed = allowed
            self.used = used
            self.remaining = remaining
            self.resetsAt = resetsAt
        }
    }
}

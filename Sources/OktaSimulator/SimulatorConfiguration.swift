/// What kind of company is pretended, how fast it answers and what goes wrong.
public struct SimulatorConfiguration: Sendable {
    /// The port to listen on; 0 takes any free one.
    public var port = 9100
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// People, deactivated ones included.
    public var people = 2_000
    /// Apps, Okta's own included.
    public var apps = 120
    /// Groups, `Everyone` included.
    public var groups = 150
    /// The same seed gives the same company, byte for byte.
    public var seed: UInt64 = 7
    /// Days of System Log.
    public var days = 90
    /// The moment at which the clock stands still, in ISO 8601; nil lets it run.
    public var now: String?
    /// The moment the company was made up at, in ISO 8601, from which it has lived on; nil makes it up now.
    public var since: String?
    /// Changes of the directory a minute, of every kind; nil lives at the ordinary, slower pace, 0 changes nothing at all.
    public var changesPerMinute: Double?
    /// The API token that is accepted; nil derives one from the seed.
    public var token: String?
    /// Which plan's rate limits hold.
    public var limits: Limits = .none
    /// Seconds in a rate limit's window; Okta's is 60.
    public var limitWindow: Double = 60
    /// Milliseconds that each answer takes longer.
    public var pageLatencyMilliseconds = 0
    /// What goes wrong on purpose.
    public var faults: [Fault] = []

    /// A company of 2,000 people without limits or faults.
    public init() {}

    /// Whose rate limits are kept.
    public enum Limits: String, Sendable, CaseIterable {
        /// Workforce Identity, with the half that one token may use.
        case workforce
        /// The free Integrator plan.
        case integrator
        /// Large numbers that nobody reaches.
        case none
    }
}

/// Why a simulator cannot be made as asked.
public struct SimulatorError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right, in one line.
    public let description: String

    /// An error with its line.
    public init(_ description: String) { self.description = description }
}

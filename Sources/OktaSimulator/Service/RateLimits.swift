import Synchronization

/// The buckets that requests are counted in; the most specific wins.
enum Bucket: Int, Sendable, CaseIterable {
    case apps, app, groups, group, users, user, userParts, logs, clients, devices, iam, apiTokens, token, other

    static func of(_ path: [Substring]) -> Bucket {
        switch (path.first, path.count) {
        case ("apps", 2): .app
        case ("apps", _): .apps
        case ("groups", 2): path[1] == "rules" ? .groups : .group
        case ("groups", _): .groups
        case ("users", 1): .users
        case ("users", 2): .user
        case ("users", _): .userParts
        case ("logs", _): .logs
        case ("devices", _): .devices
        case ("iam", _): .iam
        case ("api-tokens", _): .apiTokens
        default: .other
        }
    }

    /// Requests a window that one token may make: half of what the organisation may.
    func limit(_ limits: SimulatorConfiguration.Limits) -> Int {
        switch limits {
        case .none: return 100_000
        case .workforce:
            switch self {
            case .apps, .clients, .devices: return 50
            case .app, .groups: return 250
            case .group: return 500
            case .users, .userParts: return 300
            case .user: return 1_000
            case .logs: return 60
            case .iam: return 100
            case .apiTokens: return 300
            case .token: return 150
            case .other: return 600
            }
        case .integrator:
            switch self {
            case .apps, .logs: return 10
            case .clients: return 12
            default: return 50
            }
        }
    }
}

/// Counts requests by bucket and at once, for the token and for each OAuth client alike.
final class RateLimits: Sendable {
    struct Standing: Sendable {
        var limit: Int
        var remaining: Int
        /// Unix seconds at which the window ends.
        var reset: Int
        var refused = false
    }

    /// Requests an organisation may have in flight; one more is refused whatever the buckets say.
    static let concurrent = 75

    private struct State {
        var windows: [(end: Double, used: Int)] = Array(repeating: (0, 0), count: Bucket.allCases.count)
        var inFlight = 0
    }

    private let limits: SimulatorConfiguration.Limits
    private let window: Double
    private let state = Mutex(State())

    init(_ limits: SimulatorConfiguration.Limits, window: Double) {
        self.limits = limits
        self.window = window
    }

    /// Counts one more request; windows begin with their first request, not on the wall clock's minute.
    func take(_ bucket: Bucket, at now: Double) -> Standing {
        let limit = bucket.limit(limits)
        return state.withLock { state in
            var current = state.windows[bucket.rawValue]
            if now >= current.end { current = (now + window, 0) }
            let refused = current.used >= limit
            if !refused { current.used += 1 }
            state.windows[bucket.rawValue] = current
            return Standing(
                limit: limit, remaining: limit - current.used, reset: Int(current.end.rounded(.up)), refused: refused)
        }
    }

    /// Whether one more request may be in flight; each yes is given back by `leave`.
    func enter() -> Bool {
        state.withLock { state in
            guard state.inFlight < Self.concurrent else { return false }
            state.inFlight += 1
            return true
        }
    }

    func leave() { state.withLock { $0.inFlight -= 1 } }

    /// What a refusal for too many at once says; its reset is only a suggestion, further away than a minute.
    static func crowded(at now: Double) -> Standing {
        Standing(limit: 0, remaining: 0, reset: Int(now) + 120, refused: true)
    }
}

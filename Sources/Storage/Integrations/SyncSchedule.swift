import DatabaseEngine
public import Problems

/// How often the server syncs a tenant by itself.
public enum SyncSchedule: Sendable, Equatable {
    /// As often as the setting `sync.interval-minutes` says.
    case usual
    /// Every so many minutes.
    case every(minutes: Int)
    /// Never; only when somebody asks.
    case onRequest

    /// The minutes that may be chosen: what Okta's limits bear, up to a week.
    public static let minutes = 5...10_080

    /// Reads what people write: `usual`, `on-request`, `30m`, `6h`, `1d`.
    ///
    /// - Throws: `integration.schedule.invalid`.
    public init(parsing text: String) throws(Problem) {
        switch text {
        case "usual": self = .usual
        case "on-request": self = .onRequest
        default:
            let units: [Character: Int] = ["m": 1, "h": 60, "d": 1440]
            guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
                (1...10_080).contains(count), Self.minutes.contains(count * unit)
            else {
                throw Problem(
                    id: "integration.schedule.invalid", kind: .usage, title: "“\(text)” is no schedule",
                    explanation: "A tenant is synced every 5 minutes at most, and every 7 days at least.",
                    remedy: "Say `usual`, `on-request`, or a time like `30m`, `6h` or `1d`.")
            }
            self = .every(minutes: count * unit)
        }
    }

    /// The form that `init(parsing:)` reads.
    public var text: String {
        switch self {
        case .usual: "usual"
        case .onRequest: "on-request"
        case .every(let minutes):
            minutes.isMultiple(of: 1440)
                ? "\(minutes / 1440)d" : minutes.isMultiple(of: 60) ? "\(minutes / 60)h" : "\(minutes)m"
        }
    }

    init(stored minutes: Int64?) {
        switch minutes {
        case nil: self = .usual
        case 0: self = .onRequest
        case .some(let minutes): self = .every(minutes: Int(minutes))
        }
    }

    fileprivate var stored: Int64? {
        switch self {
        case .usual: nil
        case .onRequest: 0
        case .every(let minutes): Int64(minutes)
        }
    }
}

extension Store {
    /// Sets how often the server syncs a tenant by itself.
    public func schedule(_ integrationID: Int64, _ schedule: SyncSchedule) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in
            try connection.execute(
                "UPDATE integrations SET sync_every = $3 WHERE workspace_id = $1 AND integration_id = $2",
                [.integer(workspace), .integer(integrationID), .optional(schedule.stored)])
        }
    }
}

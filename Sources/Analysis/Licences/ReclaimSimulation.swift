import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// What taking back the seats of one app would bring, and how often it would have been wrong: tried out on past dates, for
/// each of several windows.
public struct ReclaimSimulation: Sendable {
    /// One window.
    public struct Point: Sendable, Equatable {
        /// The window, in days.
        public let windowDays: Int
        /// Whether the log reaches back so far that a silence as long as the window can be seen.
        public var isCovered = true
        /// The seats that it would take back today, of all reclaimable buckets.
        public var seats = 0
        /// What became of the seats it would have taken back on past dates, by horizon: 30, 60 and 90 days.
        public var regrets: [Regret] = []
    }

    /// How often somebody came back within a horizon.
    public struct Regret: Sendable, Equatable {
        /// 30, 60 or 90 days.
        public let horizonDays: Int
        /// The seats that would have been taken back on the past dates, each counted once a date.
        public var tried = 0
        /// How many of them were used again within the horizon.
        public var cameBack = 0

        /// cameBack ÷ tried; nil where the log is too short to have tried any.
        public var share: Ratio? { Ratio(cameBack, of: tried) }
    }

    /// The windows, shortest first.
    public var points: [Point]
    /// The past dates tried, newest first, by horizon.
    public var dates: [Int: [Timestamp]] = [:]

    /// The windows that are drawn.
    public static let windows = [7, 14, 21, 30, 45, 60, 75, 90, 120, 150, 180]
    /// How long a seat is watched after it would have been taken back.
    public static let horizons = [30, 60, 90]
    private static let mostDates = 6
    private static let step: Int64 = 14

    init(_ windows: [Int], _ moment: Moment) {
        points = windows.map { window in
            Point(windowDays: window, regrets: Self.horizons.map { Regret(horizonDays: $0) })
        }
        guard let since = moment.usageSince else { return }
        for place in points.indices {
            points[place].isCovered = Int64(since.day) <= moment.today - Int64(points[place].windowDays) + 1
        }
        for horizon in Self.horizons {
            dates[horizon] = (0..<Int64(Self.mostDates)).map { moment.today - Int64(horizon) - $0 * Self.step }
                .filter { $0 > Int64(since.day) }.map { Timestamp(day: Int32($0)) }
        }
    }
}

extension Store {
    /// Simulates taking seats back: of one app, under one set of rules, for the usual windows and the given one.
    public func simulateReclaim(
        of app: String, _ policy: SeatPolicy, _ reader: LicenceReader
    ) async throws(Problem) -> ReclaimSimulation? {
        guard let app = reader.apps.first(where: { $0.id == app }) else { return nil }
        let workspaceID = workspaceID
        return try await engine.read { connection in
            let windows = Set(ReclaimSimulation.windows + [policy.windowDays].compactMap(\.self)).sorted()
            var simulation = ReclaimSimulation(windows, reader.moment)
            let judges = windows.map { window in
                var tried = policy
                tried.windowDays = window
                return SeatJudge(reader.moment, tried, reader.evidence(of: app), months: false)
            }
            _ = try reader.read(app, connection, workspaceID) { _, facts in
                for (position, judge) in judges.enumerated() where judge.bucket(of: facts).isReclaimable {
                    simulation.points[position].seats += 1
                }
            }
            var test = PastDates(connection, workspaceID, reader, policy)
            try test.run(app, &simulation)
            return simulation
        }
    }
}

/// Tries rules on past dates: which seats they would have taken back, and whose owner came back.
private struct PastDates {
    private let connection: Connection
    private let workspaceID: Int64
    private let moment: Moment
    private let grace: Int64
    private let kept: [String: Set<Int64>]

    init(_ connection: Connection, _ workspaceID: Int64, _ reader: LicenceReader, _ policy: SeatPolicy) {
        self.connection = connection
        self.workspaceID = workspaceID
        moment = reader.moment
        grace = Int64(policy.graceDays)
        kept = reader.protected
    }

    private struct Held {
        let user: Int64
        let from: Int64
        let to: Int64
        let assigned: Int64
    }

    mutating func run(_ app: SeatApp, _ simulation: inout ReclaimSimulation) throws {
        guard let since = moment.usageSince.map({ Int64($0.day) }), moment.usageKnown else { return }
        let spared = (kept[app.id] ?? []).union(kept[""] ?? [])
        let held = try held(app).filter { !spared.contains($0.user) }
        var place = 0
        var days: [Int64] = []
        var user: Int64 = -1
        func judge() {
            while place < held.count, held[place].user < user {
                tally(held[place], [], since, &simulation)
                place += 1
            }
            while place < held.count, held[place].user == user {
                tally(held[place], days, since, &simulation)
                place += 1
            }
        }
        try connection.each(
            """
            SELECT d.user_key, d.day FROM usage_daily d WHERE d.workspace_id = $1 AND d.app_key = $2
                AND \(moment.counts("d")) ORDER BY d.user_key, d.day
            """, [.integer(workspaceID), .integer(app.key)]
        ) { row in
            if row.integer(0) != user {
                if user >= 0 { judge() }
                user = row.integer(0)
                days.removeAll(keepingCapacity: true)
            }
            days.append(row.integer(1))
            return true
        }
        if user >= 0 { judge() }
        while place < held.count {
            tally(held[place], [], since, &simulation)
            place += 1
        }
    }

    /// Everybody who had the app within the dates tried, in order of people.
    private func held(_ app: SeatApp) throws -> [Held] {
        try connection.query(
            """
            SELECT a.user_key, a.valid_from, \(moment.asOf.end("a")), coalesce(a.assigned_at, a.valid_from)
            FROM assignments a WHERE a.workspace_id = $1 AND a.app_key = $2 AND \(moment.asOf.began("a"))
            ORDER BY a.user_key, a.valid_from
            """, [.integer(workspaceID), .integer(app.key)]
        ) { row in
            Held(
                user: row.integer(0), from: row.integer(1), to: row.optionalInteger(2) ?? .max, assigned: row.integer(3)
            )
        }
    }

    /// One seat on each date: how long it had been silent, and when it was used next.
    private func tally(_ seat: Held, _ days: [Int64], _ since: Int64, _ simulation: inout ReclaimSimulation) {
        let assignedDay = seat.assigned / 86_400_000_000
        for (position, horizon) in ReclaimSimulation.horizons.enumerated() {
            for date in simulation.dates[horizon] ?? [] {
                let day = Int64(date.day)
                guard seat.from <= date.rawValue, date.rawValue < seat.to, assignedDay <= day - grace else { continue }
                let last = days.last { $0 < day && $0 >= assignedDay }
                let isNeverUsed = last == nil && assignedDay >= since
                let silence = day - (last ?? max(since, assignedDay))
                let cameBack = days.contains { $0 >= day && $0 < day + Int64(horizon) }
                for point in simulation.points.indices
                where isNeverUsed || silence >= Int64(simulation.points[point].windowDays) {
                    simulation.points[point].regrets[position].tried += 1
                    if cameBack { simulation.points[point].regrets[position].cameBack += 1 }
                }
            }
        }
    }
}

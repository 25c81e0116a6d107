import DatabaseEngine
public import Directory
public import Problems
public import Storage

extension Store {
    /// Counts who uses what as a full sync leaves it, and calibrates the windows of all apps once a day: what pages read
    /// instead of working it out.
    public func keepUsage(now: Timestamp) async throws(Problem) {
        let moment = try await moment(.now, now: now)
        let workspaceID = workspaceID
        let calibrated = try await engine.read { connection in
            try KeptUsage.state(connection, workspaceID)?.calibratedDay
        }
        if calibrated ?? nil != moment.today { try await calibrateUsage(now: now) }
        try await countUsage(moment)
    }

    /// The same, unless it was done since the last full sync ended: for a server that starts, since the process that synced
    /// may have been stopped in between, or may not have known of it yet.
    public func catchUpWithUsage(now: Timestamp) async throws(Problem) {
        guard let finished = try await runs(of: nil, limit: 1).first?.finishedAt else { return }
        let counted = try await usageCountedAt(Moment(now: now))
        if counted.map({ $0 >= finished }) ?? false { return }
        try await keepUsage(now: now)
    }

    /// Calibrates the windows of all apps, one after the other: memory stays that of one app.
    public func calibrateUsage(now: Timestamp) async throws(Problem) {
        let moment = try await moment(.now, now: now)
        let workspaceID = workspaceID
        let (known, apps) = try await engine.read { connection in
            (
                try AppDays.known(connection, workspaceID, moment),
                try KeptUsage.usedApps(connection, workspaceID, moment)
            )
        }
        var results: [Calibrations.Result] = []
        for (position, app) in apps.enumerated() {
            results.append(
                try await engine.read { connection in
                    try Calibrations.work(
                        connection, workspaceID, app: app.key, isObservable: app.isObservable, known: known, moment)
                })
            guard results.count == 100 || position == apps.count - 1 else { continue }
            let some = results
            results = []
            try await write { connection in try Calibrations.keep(some, connection, workspaceID, moment) }
        }
        try await write { connection in
            try KeptUsage.note("calibrated_day", moment.today, connection, workspaceID)
        }
    }

    private func countUsage(_ moment: Moment) async throws(Problem) {
        let workspaceID = workspaceID
        let counts = try await engine.read { connection in try UsageCounts.count(connection, workspaceID, moment) }
        try await write { connection in
            try counts.keep(connection, workspaceID)
            try KeptUsage.note("counted_at", moment.time.rawValue, connection, workspaceID)
        }
    }
}

/// When use was counted and calibrated last.
enum KeptUsage {
    struct State: Sendable {
        /// Nil until use was counted.
        let countedAt: Timestamp?
        let calibratedDay: Int64?
    }

    static func state(_ connection: Connection, _ workspaceID: Int64) throws -> State? {
        try connection.first(
            "SELECT counted_at, calibrated_day FROM usage_counted WHERE workspace_id = $1", [.integer(workspaceID)]
        ) { row in
            let at = row.integer(0)
            return State(
                countedAt: at == 0 ? nil : Timestamp(rawValue: at), calibratedDay: row.optionalInteger(1))
        }
    }

    static func note(
        _ column: String, _ value: Int64, _ connection: Connection, _ workspaceID: Int64
    ) throws {
        try connection.execute(
            """
            INSERT INTO usage_counted (workspace_id, counted_at) VALUES ($1, 0) ON CONFLICT (workspace_id) DO NOTHING
            """, [.integer(workspaceID)])
        try connection.execute(
            "UPDATE usage_counted SET \(column) = $2 WHERE workspace_id = $1", [.integer(workspaceID), .integer(value)])
    }

    /// The apps that anybody ever used, gone ones too, and whether their sign-ons tell anything.
    static func usedApps(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment
    ) throws -> [(key: Int64, isObservable: Bool)] {
        try connection.query(
            """
            SELECT k.app_key, p.name, p.sign_on_mode, p.implicit_assignment
            FROM (SELECT DISTINCT s.app_key FROM usage_monthly s WHERE s.workspace_id = $1) k
            LEFT JOIN apps p ON p.workspace_id = $1 AND p.app_key = k.app_key AND \(moment.asOf.holds("p"))
            ORDER BY k.app_key
            """, [.integer(workspaceID)]
        ) { row in
            let kind = Observability.of(name: row.text(1), mode: row.optionalText(2), isForAll: row.flag(3))
            return (row.integer(0), kind == .observable)
        }
    }
}

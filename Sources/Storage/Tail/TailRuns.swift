import DatabaseEngine
public import Directory
public import Problems

/// A full sync that is on, as the tail has to know it.
public struct FullRunOn: Sendable {
    /// When it began: what an event touched before then, it reads itself.
    public let seenAt: Timestamp
    /// Whether it has read the System Log: until then nobody else may move its position.
    public let hasReadLog: Bool
}

extension Store {
    /// For how long what the tail learns goes into one run: a row for each minute with changes, not for each change.
    private static let minute: Int64 = 60 * 1_000_000
    /// How old the last sign of life of a full sync may be that counts as on.
    private static let aliveFor: Int64 = 300 * 1_000_000

    /// The run that what the tail learns now belongs to: that of this minute, else a new one. A new one too when a full
    /// sync began since, whose number must be the lower one: a run never undoes what a later one wrote. `isNew` asks for one.
    public func tailRun(
        of integrationID: Int64, now: Timestamp, closureShare: Double, isNew: Bool = false, under lease: Lease? = nil
    ) async throws(Problem) -> RunContext {
        let workspace = workspaceID
        let run = try await write(under: lease) { connection -> Int64 in
            let newest = try connection.first(
                """
                SELECT run_id, kind, started_at FROM runs WHERE workspace_id = $1 AND integration_id = $2
                ORDER BY run_id DESC LIMIT 1
                """, [.integer(workspace), .integer(integrationID)]
            ) { ($0.integer(0), $0.text(1), $0.integer(2)) }
            if !isNew, let (id, kind, began) = newest, kind == RunRecord.tailKind, now.rawValue - began < Self.minute {
                try connection.execute(
                    "UPDATE runs SET heartbeat_at = $3, finished_at = $3 WHERE workspace_id = $1 AND run_id = $2",
                    [.integer(workspace), .integer(id), .integer(now.rawValue)])
                return id
            }
            let id = try Self.nextRun(workspace, connection)
            try connection.execute(
                """
                INSERT INTO runs (workspace_id, run_id, integration_id, kind, status, started_at, heartbeat_at, finished_at)
                VALUES ($1, $2, $3, $4, 'complete', $5, $5, $5)
                """,
                [
                    .integer(workspace), .integer(id), .integer(integrationID), .text(RunRecord.tailKind),
                    .integer(now.rawValue),
                ])
            try Self.forgetOldTails(integrationID, workspace, before: now, connection)
            return id
        }
        return RunContext(
            workspaceID: workspace, integrationID: integrationID, runID: run, seenAt: now, isFirst: false,
            closureShare: closureShare, isTail: true, lease: lease)
    }

    /// The number of the newest run of an integration, of any kind; 0 before the first.
    public func newestRun(of integrationID: Int64) async throws(Problem) -> Int64 {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.first(
                """
                SELECT run_id FROM runs WHERE workspace_id = $1 AND integration_id = $2 ORDER BY run_id DESC LIMIT 1
                """, [.integer(workspace), .integer(integrationID)], { $0.integer(0) }) ?? 0
        }
    }

    /// When following the log last wrote something, of all integrations.
    public func latestTail() async throws(Problem) -> Timestamp? {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.first(
                """
                SELECT heartbeat_at FROM runs WHERE workspace_id = $1 AND kind = $2 ORDER BY run_id DESC LIMIT 1
                """, [.integer(workspace), .text(RunRecord.tailKind)]
            ) { Timestamp(rawValue: $0.integer(0)) }
        }
    }

    /// What is written without a run of its own: the events of the log, which open and close nothing by themselves.
    public func logContext(of integrationID: Int64, now: Timestamp, under lease: Lease? = nil) -> RunContext {
        RunContext(
            workspaceID: workspaceID, integrationID: integrationID, runID: RunContext.noRun, seenAt: now,
            isFirst: false, lease: lease)
    }

    /// The full sync of an integration that is on; nil when none is.
    public func fullRunOn(of integrationID: Int64, now: Timestamp) async throws(Problem) -> FullRunOn? {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.first(
                """
                SELECT r.started_at, EXISTS (
                    SELECT 1 FROM listings l WHERE l.workspace_id = r.workspace_id AND l.run_id = r.run_id
                        AND l.call_class = 'logs' AND l.state IN (2, 3))
                FROM runs r\(ReadHint.index("runs_full").sql)
                WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.kind <> 'tail' AND r.status = 'running'
                    AND r.heartbeat_at >= $3
                ORDER BY r.run_id DESC LIMIT 1
                """,
                [
                    .integer(workspace), .integer(integrationID), .integer(now.rawValue - Self.aliveFor),
                ]
            ) { FullRunOn(seenAt: Timestamp(rawValue: $0.integer(0)), hasReadLog: $0.integer(1) == 1) }
        }
    }

    /// For how long Okta's lists may lag behind what the tail read of single things; and the minute of its run.
    private static let lag: Int64 = 120 * 1_000_000

    /// The longest that one run of the tail may be at work, in microseconds: an hour.
    private static let longestTailRun: Int64 = 3600 * 1_000_000

    /// The newest run before those of the tail that wrote shortly before a full sync began.
    static func settledRun(
        before run: Int64, of integrationID: Int64, _ workspace: Int64, _ began: Timestamp, _ connection: Connection
    ) throws -> Int64 {
        let tail = try connection.first(
            """
            SELECT min(r.run_id) FROM runs r\(ReadHint.index("runs_by_start").sql)
            WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.started_at >= $3 AND r.run_id < $4
                AND r.kind = $5 AND r.heartbeat_at >= $6
            """,
            [
                .integer(workspace), .integer(integrationID), .integer(began.rawValue - longestTailRun), .integer(run),
                .text(RunRecord.tailKind), .integer(began.rawValue - lag),
            ], { $0.optionalInteger(0) })
        return (tail ?? nil).map { $0 - 1 } ?? run
    }

    /// The number of a new run.
    static func nextRun(_ workspace: Int64, _ connection: Connection) throws -> Int64 {
        let next = try connection.first(
            "UPDATE workspace_counters SET next_run = next_run + 1 WHERE workspace_id = $1 RETURNING next_run - 1",
            [.integer(workspace)], { $0.integer(0) })
        guard let next else { throw StorageProblem.workspaceMissing(workspace) }
        return next
    }

    /// Of tail runs older than two days only the run and its changes are kept: there is one for each minute with changes.
    private static func forgetOldTails(
        _ integrationID: Int64, _ workspace: Int64, before now: Timestamp, _ connection: Connection
    ) throws {
        for table in ["listings", "run_counts", "run_calls"] {
            try connection.execute(
                """
                DELETE FROM \(table) WHERE workspace_id = $1 AND run_id IN (
                    SELECT run_id FROM runs WHERE workspace_id = $1 AND integration_id = $2 AND kind = $3
                        AND started_at BETWEEN $4 AND $5)
                """,
                [
                    .integer(workspace), .integer(integrationID), .text(RunRecord.tailKind),
                    .integer(now.advanced(bySeconds: -3 * 86_400).rawValue),
                    .integer(now.advanced(bySeconds: -2 * 86_400).rawValue),
                ])
        }
    }
}

extension Store {
    /// How long ago the log may have been asked for to count as followed.
    private static let followedWithin: Int64 = 120 * 1_000_000

    /// Notes that a full sync measures drift, when the log is followed as it begins.
    static func beginDrift(
        _ run: Int64, of integrationID: Int64, _ workspace: Int64, now: Timestamp, _ connection: Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO run_counts (workspace_id, run_id, noun, seen, added, changed, closed)
            SELECT t.workspace_id, $2, $3, 0, 0, 0, 0 FROM tails t
            WHERE t.workspace_id = $1 AND t.integration_id = $4 AND t.asked_at >= $5
            """,
            [
                .integer(workspace), .integer(run), .text(RunRecord.driftNoun), .integer(integrationID),
                .integer(now.rawValue - followedWithin),
            ])
    }

    static func measuresDrift(_ run: Int64, _ workspace: Int64, _ connection: Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM run_counts WHERE workspace_id = $1 AND run_id = $2 AND noun = $3",
            [.integer(workspace), .integer(run), .text(RunRecord.driftNoun)], { _ in true }) ?? false
    }
}

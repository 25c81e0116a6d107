import DatabaseEngine
public import Directory
public import Problems

extension Store {
    /// The full syncs of an integration (of all when nil), newest first. What the tail learnt is in runs of its own.
    public func runs(
        of integrationID: Int64?, limit: Int = 50, before: Int64 = .max
    ) async throws(Problem) -> [RunRecord] {
        let workspace = workspaceID
        return try await engine.read { connection in
            let ids = try connection.query(
                """
                SELECT run_id FROM runs WHERE workspace_id = $1 AND run_id < $2 AND kind <> 'tail'
                    \(integrationID == nil ? "" : "AND integration_id = $4") ORDER BY run_id DESC LIMIT $3
                """,
                [.integer(workspace), .integer(before), .integer(Int64(limit))]
                    + (integrationID.map { [.integer($0)] } ?? [])
            ) { $0.integer(0) }
            return try ids.compactMap { try Self.run($0, workspace, connection) }
        }
    }

    /// One run; nil when there is none of that number.
    public func run(_ id: Int64) async throws(Problem) -> RunRecord? {
        let workspace = workspaceID
        return try await engine.read { connection in try Self.run(id, workspace, connection) }
    }

    /// The newest run of an integration.
    public func latestRun(of integrationID: Int64) async throws(Problem) -> RunRecord? {
        try await runs(of: integrationID, limit: 1).first
    }

    /// The newest run that ended with a usable store.
    public func latestFinishedRun(of integrationID: Int64) async throws(Problem) -> RunRecord? {
        let workspace = workspaceID
        return try await engine.read { connection in
            let id = try connection.first(
                """
                SELECT max(run_id) FROM runs WHERE workspace_id = $1 AND integration_id = $2 AND kind <> 'tail'
                    AND status IN ('complete', 'partial', 'held')
                """, [.integer(workspace), .integer(integrationID)], { $0.optionalInteger(0) })
            guard let id = id ?? nil else { return nil }
            return try Self.run(id, workspace, connection)
        }
    }

    /// Records of a run that could not be understood, at most `limit`.
    public func quarantined(in runID: Int64, limit: Int = 200) async throws(Problem) -> [QuarantinedRow] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT resource, reason, record, found_at FROM quarantine
                WHERE workspace_id = $1 AND run_id = $2 ORDER BY position LIMIT $3
                """, [.integer(workspace), .integer(runID), .integer(Int64(limit))]
            ) { row in
                QuarantinedRow(
                    resource: row.text(0), reason: row.text(1), record: row.text(2),
                    foundAt: Timestamp(rawValue: row.integer(3)))
            }
        }
    }

    /// Closures of a run that wait for a person, or waited.
    public func heldClosures(in runID: Int64) async throws(Problem) -> [HeldClosure] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT c.call_class, c.subject_key, c.open_rows, c.would_close, c.accepted_at, o.okta_id,
                    \(Self.name(of: "c.subject_key"))
                FROM held_closures c
                LEFT JOIN objects o ON o.workspace_id = c.workspace_id AND o.object_key = c.subject_key
                WHERE c.workspace_id = $1 AND c.run_id = $2 ORDER BY c.call_class, c.subject_key
                """, [.integer(workspace), .integer(runID)]
            ) { row in
                HeldClosure(
                    listing: row.text(0), subjectKey: row.integer(1), subjectID: row.optionalText(5),
                    subjectName: row.optionalText(5) == nil ? nil : row.text(6), openRows: Int(row.integer(2)),
                    wouldClose: Int(row.integer(3)),
                    acceptedAt: row.optionalInteger(4).map(Timestamp.init(rawValue:)))
            }
        }
    }

    /// A person accepts the closures that a run held: the next sync closes what is then still missing.
    public func acceptHeldClosures(in runID: Int64, now: Timestamp) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in
            try connection.execute(
                "UPDATE held_closures SET accepted_at = $3 WHERE workspace_id = $1 AND run_id = $2",
                [.integer(workspace), .integer(runID), .integer(now.rawValue)])
        }
    }

    /// What a run changed, by name, at most `limit` of each noun and change.
    public func changes(in runID: Int64, limit: Int = 100) async throws(Problem) -> [RunChange] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT c.noun, c.change, \(Self.name(of: "c.subject_key")), \(Self.name(of: "c.object_key"))
                FROM changes c WHERE c.workspace_id = $1 AND c.run_id = $2
                ORDER BY c.noun, c.change, c.subject_key, c.object_key LIMIT $3
                """, [.integer(workspace), .integer(runID), .integer(Int64(limit))]
            ) { row in
                RunChange(noun: row.text(0), change: row.text(1), subject: row.text(2), object: row.text(3))
            }
        }
    }

    /// The newest name of whatever object a key stands for, as a subquery.
    private static func name(of key: String) -> String {
        """
        coalesce(
            (SELECT u.login FROM users u WHERE u.workspace_id = c.workspace_id AND u.user_key = \(key)
                ORDER BY u.valid_from DESC LIMIT 1),
            (SELECT g.name FROM user_groups g WHERE g.workspace_id = c.workspace_id AND g.group_key = \(key)
                ORDER BY g.valid_from DESC LIMIT 1),
            (SELECT a.label FROM apps a WHERE a.workspace_id = c.workspace_id AND a.app_key = \(key)
                ORDER BY a.valid_from DESC LIMIT 1),
            (SELECT o.okta_id FROM objects o WHERE o.workspace_id = c.workspace_id AND o.object_key = \(key)), '')
        """
    }

    private static func run(_ id: Int64, _ workspace: Int64, _ connection: Connection) throws -> RunRecord? {
        let parameters: [Value] = [.integer(workspace), .integer(id)]
        let counts = try connection.query(
            "SELECT noun, seen, added, changed, closed FROM run_counts WHERE workspace_id = $1 AND run_id = $2",
            parameters
        ) { row in
            RunCount(
                noun: row.text(0), seen: Int(row.integer(1)), added: Int(row.integer(2)),
                changed: Int(row.integer(3)), closed: Int(row.integer(4)))
        }
        let calls = try connection.query(
            """
            SELECT call_class, predicted, calls FROM run_calls WHERE workspace_id = $1 AND run_id = $2
            ORDER BY call_class
            """, parameters
        ) { row in
            RunCalls(
                callClass: row.text(0), predicted: row.optionalInteger(1).map { Int($0) }, calls: Int(row.integer(2)))
        }
        let choices = try choices(of: id, workspace, connection)
        let quarantined = try connection.first(
            "SELECT count(*) FROM quarantine WHERE workspace_id = $1 AND run_id = $2", parameters
        ) { $0.integer(0) }
        let held = try connection.first(
            """
            SELECT count(*), CAST(coalesce(sum(would_close), 0) AS BIGINT) FROM held_closures
            WHERE workspace_id = $1 AND run_id = $2 AND accepted_at IS NULL
            """, parameters
        ) { (lists: Int($0.integer(0)), rows: Int($0.integer(1))) }
        return try connection.first(
            """
            SELECT run_id, integration_id, kind, status, started_at, heartbeat_at, finished_at, predicted_calls,
                attempts, retries, rate_limited, problem_id, problem_title, problem_remedy, coverage,
                failures, in_silence
            FROM runs WHERE workspace_id = $1 AND run_id = $2
            """, parameters
        ) { row in
            RunRecord(
                id: row.integer(0), integrationID: row.integer(1), kind: row.text(2),
                status: RunStatus(rawValue: row.text(3)) ?? .failed,
                startedAt: Timestamp(rawValue: row.integer(4)), heartbeatAt: Timestamp(rawValue: row.integer(5)),
                finishedAt: row.optionalInteger(6).map(Timestamp.init(rawValue:)),
                predictedCalls: row.optionalInteger(7).map { Int($0) }, attempts: Int(row.integer(8)),
                failures: Int(row.integer(15)), inSilence: row.flag(16),
                retries: Int(row.integer(9)), rateLimited: Int(row.integer(10)),
                problem: row.optionalText(11).map {
                    RecordedProblem(id: $0, title: row.text(12), remedy: row.text(13))
                },
                coverage: CoverageText.decode(row.text(14)), counts: counts.filter { $0.noun != RunRecord.driftNoun },
                calls: calls, choices: choices, quarantined: Int(quarantined ?? 0), held: held?.lists ?? 0,
                heldRows: held?.rows ?? 0,
                drift: counts.first { $0.noun == RunRecord.driftNoun }?.changed)
        }
    }
}

/// The coverage of a run as text: one `resource=state` a line.
enum CoverageText {
    static func encode(_ coverage: [Resource: Coverage]) -> String {
        coverage.map { "\($0.key.rawValue)=\($0.value.text)" }.sorted().joined(separator: "\n")
    }

    static func decode(_ text: String) -> [Resource: Coverage] {
        var coverage: [Resource: Coverage] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let resource = Resource(rawValue: String(parts[0])) {
                coverage[resource] = Coverage(text: String(parts[1]))
            }
        }
        return coverage
    }
}

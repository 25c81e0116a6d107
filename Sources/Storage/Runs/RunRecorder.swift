import DatabaseEngine
public import Directory
public import Problems

extension Store {
    /// Begins a run, or goes on with the newest one when that was interrupted.
    ///
    /// - Parameters:
    ///   - resume: false begins afresh even when a run could be resumed.
    ///   - lease: what lets this process work for the tenant; nothing is written once another one has it.
    /// - Returns: the run's context, and whether it goes on with an earlier attempt.
    public func beginRun(
        of integrationID: Int64, kind: String, resume: Bool, now: Timestamp, closureShare: Double,
        under lease: Lease? = nil
    ) async throws(Problem) -> (context: RunContext, resumed: Bool) {
        let workspace = workspaceID
        return try await write(under: lease) { connection in
            if kind == "full" { try SyncRequest.fulfil(of: integrationID, workspace, connection) }
            let earlier = try connection.first(
                """
                SELECT run_id, status, started_at FROM runs
                WHERE workspace_id = $1 AND integration_id = $2 AND kind <> 'tail' ORDER BY run_id DESC LIMIT 1
                """, [.integer(workspace), .integer(integrationID)]
            ) { ($0.integer(0), RunStatus(rawValue: $0.text(1)) ?? .failed, $0.integer(2)) }
            let finished = try connection.first(
                """
                SELECT 1 FROM runs WHERE workspace_id = $1 AND integration_id = $2 AND kind <> 'tail'
                    AND status IN ('complete', 'partial', 'held') LIMIT 1
                """, [.integer(workspace), .integer(integrationID)], { _ in true })
            func context(_ id: Int64, _ seenAt: Timestamp) throws -> RunContext {
                RunContext(
                    workspaceID: workspace, integrationID: integrationID, runID: id, seenAt: seenAt,
                    isFirst: finished != true, closureShare: closureShare,
                    measuresDrift: try Self.measuresDrift(id, workspace, connection), lease: lease,
                    settledRun: try Self.settledRun(before: id, of: integrationID, workspace, seenAt, connection))
            }
            if let (id, status, began) = earlier, resume, status.isResumable,
                let startedAt = try Self.resumedStart(id, workspace, began: began, now: now.rawValue, connection)
            {
                try connection.execute(
                    """
                    UPDATE runs SET status = 'running', attempts = attempts + 1, started_at = $4, heartbeat_at = $3,
                        tried_at = $3, problem_id = NULL, problem_title = NULL, problem_remedy = NULL
                    WHERE workspace_id = $1 AND run_id = $2
                    """,
                    [.integer(workspace), .integer(id), .integer(now.rawValue), .integer(startedAt)])
                // What Okta refused may be readable by now: a resumed run asks for it again from its first page.
                try connection.execute(
                    """
                    UPDATE listings SET state = 0, coverage = NULL, page_cursor = NULL, pages = 0, items = 0,
                        seen_keys = NULL
                    WHERE workspace_id = $1 AND run_id = $2 AND state = 3
                    """,
                    [.integer(workspace), .integer(id)])
                return (try context(id, Timestamp(rawValue: startedAt)), true)
            }
            try connection.execute(
                """
                UPDATE runs SET status = 'interrupted'
                WHERE workspace_id = $1 AND integration_id = $2 AND status = 'running'
                """, [.integer(workspace), .integer(integrationID)])
            let next = try Self.nextRun(workspace, connection)
            try connection.execute(
                """
                INSERT INTO runs (workspace_id, run_id, integration_id, kind, status, started_at, heartbeat_at, tried_at)
                VALUES ($1, $2, $3, $4, 'running', $5, $5, $5)
                """,
                [
                    .integer(workspace), .integer(next), .integer(integrationID), .text(kind), .integer(now.rawValue),
                ])
            try Self.beginDrift(next, of: integrationID, workspace, now: now, connection)
            return (try context(next, now), false)
        }
    }

    /// How old a run may be to be gone on with, in microseconds: a day. What it saw counts as seen when it began, so an
    /// older one would date too much too early.
    private static let resumableFor: Int64 = 86_400 * 1_000_000

    /// When a run that is gone on with counts as begun: now, when it had read nothing; nil when it is too old.
    private static func resumedStart(
        _ run: Int64, _ workspace: Int64, began: Int64, now: Int64, _ connection: Connection
    ) throws -> Int64? {
        let hasPages = try connection.first(
            "SELECT 1 FROM listings WHERE workspace_id = $1 AND run_id = $2 AND pages > 0 LIMIT 1",
            [.integer(workspace), .integer(run)], { _ in true })
        if hasPages != true { return now }
        return now - began < resumableFor ? began : nil
    }

    /// A run that was at work for so long before it failed, in microseconds, failed for the first time: an hour.
    private static let longTry: Int64 = 3600 * 1_000_000

    /// Whoever follows the log has an answer more often than this, in microseconds, unless Okta is silent: a minute.
    private static let silence: Int64 = 60 * 1_000_000

    /// Ends a run, or marks it as interrupted.
    public func endRun(
        _ context: RunContext, status: RunStatus, coverage: [Resource: Coverage], problem: RecordedProblem?,
        now: Timestamp
    ) async throws(Problem) {
        let isFailure = status.isResumable && problem.map { !$0.isCancellation } ?? false
        try await write(context) { connection in
            try connection.execute(
                """
                UPDATE runs SET status = $3, heartbeat_at = $4, finished_at = $5, coverage = $6, problem_id = $7,
                    problem_title = $8, problem_remedy = $9,
                    failures = CASE WHEN $10 = 0 THEN failures WHEN $4 - tried_at > $11 THEN 1 ELSE failures + 1 END,
                    in_silence = CASE WHEN EXISTS (SELECT 1 FROM integrations i WHERE i.workspace_id = $1
                        AND i.integration_id = runs.integration_id AND i.last_call_at > $4 - $12) THEN 0 ELSE 1 END
                WHERE workspace_id = $1 AND run_id = $2
                """,
                [
                    .integer(context.workspaceID), .integer(context.runID), .text(status.rawValue),
                    .integer(now.rawValue), status.isResumable ? .null : .integer(now.rawValue),
                    .text(CoverageText.encode(coverage)), .optional(problem?.id), .optional(problem?.title),
                    .optional(problem?.remedy), .integer(isFailure ? 1 : 0), .integer(Self.longTry),
                    .integer(Self.silence),
                ])
            // A finished walk never resumes: its checkpoints have done their work.
            if !status.isResumable {
                try connection.execute(
                    """
                    DELETE FROM listings WHERE workspace_id = $1 AND run_id IN (
                        SELECT run_id FROM runs WHERE workspace_id = $1 AND integration_id = $3 AND run_id < $2)
                    """,
                    [.integer(context.workspaceID), .integer(context.runID), .integer(context.integrationID)])
            }
        }
    }

    /// Notes how many calls a run is expected to make, by class.
    public func notePrediction(
        _ predicted: [String: Int], total: Int, of context: RunContext
    ) async throws(Problem) {
        try await write(context) { connection in
            for (callClass, calls) in predicted {
                try connection.execute(
                    """
                    INSERT INTO run_calls (workspace_id, run_id, call_class, predicted, calls)
                    VALUES ($1, $2, $3, $4, 0)
                    ON CONFLICT (workspace_id, run_id, call_class) DO UPDATE SET predicted = excluded.predicted
                    """,
                    [
                        .integer(context.workspaceID), .integer(context.runID), .text(callClass),
                        .integer(Int64(calls)),
                    ])
            }
            try connection.execute(
                "UPDATE runs SET predicted_calls = $3 WHERE workspace_id = $1 AND run_id = $2",
                [.integer(context.workspaceID), .integer(context.runID), .integer(Int64(total))])
        }
    }
}

extension RunWriter {
    /// Whether a record of a list could not be understood in this run.
    public func hasQuarantined(_ resource: Resource, subject: Int64) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM quarantine WHERE workspace_id = $1 AND run_id = $2 AND resource = $3 AND subject_key = $4
            LIMIT 1
            """,
            [.integer(context.workspaceID), .integer(context.runID), .text(resource.rawValue), .integer(subject)],
            { _ in true }) ?? false
    }

    /// Keeps records that could not be understood, with their JSON.
    public func quarantine(_ records: [(reason: String, json: String)], resource: Resource, subject: Int64) throws {
        if records.isEmpty { return }
        var position =
            try connection.first(
                "SELECT coalesce(max(position), 0) FROM quarantine WHERE workspace_id = $1 AND run_id = $2",
                [.integer(context.workspaceID), .integer(context.runID)], { $0.integer(0) }) ?? 0
        for record in records {
            position += 1
            try connection.execute(
                """
                INSERT INTO quarantine (workspace_id, run_id, position, resource, subject_key, reason, record, found_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .integer(context.workspaceID), .integer(context.runID), .integer(position),
                    .text(resource.rawValue), .integer(subject), .text(record.reason), .text(record.json),
                    .integer(context.seenAt.rawValue),
                ])
        }
    }
}

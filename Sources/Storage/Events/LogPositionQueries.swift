import DatabaseEngine
public import Directory
public import Problems

/// A time of which the System Log was never read: Okta had deleted it before Muster came back.
public struct LogGap: Sendable, Equatable {
    /// Up to when the log had been read.
    public let from: Timestamp
    /// From when on it is read again.
    public let to: Timestamp

    /// A gap.
    public init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }
}

extension Store {
    /// How far the System Log of an integration was read.
    public struct LogPosition: Sendable {
        /// Where it goes on; nil when it begins again.
        public let cursor: String?
        /// Since when it has been read; nil before the first read.
        public let since: Timestamp?
        /// Up to when it has been read; nil when nobody knows.
        public let readTo: Timestamp?
    }

    /// How far the System Log was read.
    public func logPosition(of integrationID: Int64) async throws(Problem) -> LogPosition {
        let workspace = workspaceID
        let position = try await engine.read { connection in
            try connection.first(
                """
                SELECT log_cursor, log_since, log_read_to FROM integrations
                WHERE workspace_id = $1 AND integration_id = $2
                """, [.integer(workspace), .integer(integrationID)]
            ) { row in
                LogPosition(
                    cursor: row.optionalText(0), since: row.optionalInteger(1).map(Timestamp.init(rawValue:)),
                    readTo: row.optionalInteger(2).map(Timestamp.init(rawValue:)))
            }
        }
        return position ?? LogPosition(cursor: nil, since: nil, readTo: nil)
    }

    /// Notes since when the System Log is read.
    public func beginLog(
        of integrationID: Int64, since: Timestamp, under lease: Lease? = nil
    ) async throws(Problem) {
        let workspace = workspaceID
        try await write(under: lease) { connection in
            try connection.execute(
                """
                UPDATE integrations SET log_since = $3, log_cursor = NULL
                WHERE workspace_id = $1 AND integration_id = $2
                """, [.integer(workspace), .integer(integrationID), .integer(since.rawValue)])
        }
    }

    /// The newest event that is written as a row; nil before the first.
    public func lastLogEvent(of integrationID: Int64) async throws(Problem) -> Timestamp? {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.first(
                """
                SELECT published_at FROM log_events WHERE workspace_id = $1 AND integration_id = $2
                ORDER BY published_at DESC LIMIT 1
                """, [.integer(workspace), .integer(integrationID)], { Timestamp(rawValue: $0.integer(0)) })
        }
    }

    /// When the last run before this one began that read the System Log; nil when none did.
    public func lastLogRun(before context: RunContext) async throws(Problem) -> Timestamp? {
        let time = try await engine.read { connection in
            try connection.first(
                """
                SELECT max(r.started_at) FROM runs r
                JOIN run_calls c ON c.workspace_id = r.workspace_id AND c.run_id = r.run_id AND c.call_class = 'logs'
                    AND c.calls > 0
                WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.run_id < $3
                """,
                [.integer(context.workspaceID), .integer(context.integrationID), .integer(context.runID)],
                { $0.optionalInteger(0) })
        }
        return (time ?? nil).map(Timestamp.init(rawValue:))
    }

    /// Records a gap of the System Log; reading goes on behind it, without the old cursor.
    public func noteLogGap(_ gap: LogGap, _ context: RunContext) async throws(Problem) {
        try await record(context) { writer in
            try writer.connection.execute(
                """
                INSERT INTO log_gaps (workspace_id, integration_id, gap_from, gap_to, noticed_run)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (workspace_id, integration_id, gap_from) DO UPDATE SET gap_to = excluded.gap_to
                """,
                [
                    .integer(context.workspaceID), .integer(context.integrationID), .integer(gap.from.rawValue),
                    .integer(gap.to.rawValue), .integer(context.runID),
                ])
            try writer.connection.execute(
                """
                UPDATE integrations SET log_cursor = NULL, log_read_to = $3
                WHERE workspace_id = $1 AND integration_id = $2
                """,
                [.integer(context.workspaceID), .integer(context.integrationID), .integer(gap.to.rawValue)])
        }
    }

    /// The times of which the System Log of an integration was never read, oldest first.
    public func logGaps(of integrationID: Int64) async throws(Problem) -> [LogGap] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT gap_from, gap_to FROM log_gaps WHERE workspace_id = $1 AND integration_id = $2
                ORDER BY gap_from
                """, [.integer(workspace), .integer(integrationID)]
            ) { LogGap(from: Timestamp(rawValue: $0.integer(0)), to: Timestamp(rawValue: $0.integer(1))) }
        }
    }
}

extension RunWriter {
    /// Notes up to when the System Log is read, in the transaction of the page that read so far.
    public func noteLogRead(to time: Timestamp) throws {
        try connection.execute(
            """
            UPDATE integrations SET log_read_to = $3
            WHERE workspace_id = $1 AND integration_id = $2 AND coalesce(log_read_to, 0) < $3
            """, [.integer(context.workspaceID), .integer(context.integrationID), .integer(time.rawValue)])
    }
}

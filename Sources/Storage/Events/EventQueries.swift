import DatabaseEngine
public import Directory
public import Problems

/// One kept event of the System Log, as pages show it.
public struct LoggedEvent: Sendable {
    /// When it happened.
    public let published: Timestamp
    /// `group.user_membership.add`, …
    public let eventType: String
    /// `SUCCESS`, `FAILURE`, …
    public let result: String?
    /// Who did it, by the name they had.
    public let actor: String?
    /// What it was about, in words.
    public let summary: String?
}

extension Store {
    /// The latest kept events of the whole tenant, newest first. Sign-ins to apps are not among them: they are counted.
    public func latestEvents(limit: Int, _ moment: Moment) async throws(Problem) -> [LoggedEvent] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT e.published_at, e.event_type, e.result, e.actor_name, e.summary FROM log_events e
                WHERE e.workspace_id = $1 AND e.published_at <= $2 ORDER BY e.published_at DESC, e.uuid DESC LIMIT $3
                """, [.integer(workspaceID), .integer(moment.time.rawValue), .integer(Int64(limit))]
            ) { row in
                LoggedEvent(
                    published: Timestamp(rawValue: row.integer(0)), eventType: row.text(1),
                    result: row.optionalText(2), actor: row.optionalText(3), summary: row.optionalText(4))
            }
        }
    }
}

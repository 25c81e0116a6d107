import DatabaseEngine
import Directory
import Problems

/// Where a page of the System Log lies: what makes each of its sign-ons count exactly once.
///
/// Sign-ons are most of a log and leave no row of their own that a second reading would be recognised by. A page is written
/// together with the place behind it, and only while the place it was asked from is the one that is stored.
public struct LogPlace: Sendable, Equatable {
    /// The stored place that the page follows; nil before the first page.
    public let from: String?
    /// The place behind the page; nil where Okta gave none: the last days are then read again.
    public let to: String?
    /// The first day (since 1970) that is read again, when Okta had forgotten the stored place.
    public let restart: Int32?

    /// A place.
    public init(from: String?, to: String?, restart: Int32? = nil) {
        self.from = from
        self.to = to
        self.restart = restart
    }
}

extension RunWriter {
    /// Moves the place in the log over a page.
    ///
    /// - Returns: the first day whose sign-ons are counted; nil when there is nothing to write, or it is written already.
    /// - Throws: `sync.log.moved`.
    func move(over place: LogPlace, isEmpty: Bool) throws -> Int64? {
        let integration: [Value] = [.integer(context.workspaceID), .integer(context.integrationID)]
        let stored = try connection.first(
            "SELECT log_cursor, log_restart_day FROM integrations WHERE workspace_id = $1 AND integration_id = $2",
            integration
        ) { ($0.optionalText(0), $0.optionalInteger(1)) }
        guard let (cursor, day) = stored, cursor != place.to || place.to == place.from else { return nil }
        guard cursor == place.from else { throw LogPlace.moved }
        if isEmpty && (place.to == nil || place.to == cursor) { return nil }
        let first = isEmpty ? day : place.restart.map(Int64.init) ?? day
        if !isEmpty, let restart = place.restart { try uncountSignOns(since: restart) }
        try connection.execute(
            """
            UPDATE integrations SET log_cursor = $3, log_restart_day = $4
            WHERE workspace_id = $1 AND integration_id = $2
            """, integration + [.optional(place.to), .optional(first)])
        return first ?? .min
    }

    /// Takes back the sign-ons of the last days, which are about to be read again as a whole.
    private func uncountSignOns(since day: Int32) throws {
        let since: [Value] = [.integer(context.workspaceID), .integer(context.integrationID), .integer(Int64(day))]
        func isOurs(_ table: String) -> String {
            """
            EXISTS (SELECT 1 FROM objects o WHERE o.workspace_id = \(table).workspace_id
                AND o.object_key = \(table).app_key AND o.integration_id = $2)
            """
        }
        let counted = try connection.query(
            """
            SELECT u.app_key, u.day, sum(u.sign_ins) FROM usage_daily u
            WHERE u.workspace_id = $1 AND u.day >= $3 AND \(isOurs("u")) GROUP BY u.app_key, u.day
            """, since
        ) { (app: $0.integer(0), day: Int32($0.integer(1)), signIns: $0.integer(2)) }
        if counted.isEmpty { return }
        for one in counted {
            try connection.execute(
                """
                UPDATE usage_monthly SET sign_ins = sign_ins - $4
                WHERE workspace_id = $1 AND app_key = $2 AND month = $3
                """,
                [
                    .integer(context.workspaceID), .integer(one.app), .integer(Timestamp(day: one.day).month),
                    .integer(one.signIns),
                ])
        }
        let before = """
            SELECT max(u.last_at) FROM usage_daily u WHERE u.workspace_id = last_uses.workspace_id
                AND u.app_key = last_uses.app_key AND u.user_key = last_uses.user_key AND u.day < $3
            """
        let late = "workspace_id = $1 AND last_at >= \(Timestamp(day: day).rawValue) AND \(isOurs("last_uses"))"
        try connection.execute("DELETE FROM last_uses WHERE \(late) AND (\(before)) IS NULL", since)
        try connection.execute("UPDATE last_uses SET last_at = (\(before)) WHERE \(late)", since)
        for table in ["usage_daily", "usage_hours"] {
            try connection.execute(
                "DELETE FROM \(table) WHERE workspace_id = $1 AND day >= $3 AND \(isOurs(table))", since)
        }
    }
}

extension LogPlace {
    /// Somebody else wrote pages of this log meanwhile.
    static let moved = Problem(
        id: "sync.log.moved", kind: .resumable, title: "The System Log was read on by somebody else meanwhile",
        explanation: "This page of it was not written, so that no sign-on counts twice.",
        remedy: "Nothing needs to be done: reading goes on from where it is now.")
}

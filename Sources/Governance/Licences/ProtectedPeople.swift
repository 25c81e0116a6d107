import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// Somebody whose seats are left alone for a while, and why: parental leave, a break-glass account, seasonal work.
public struct ProtectedPerson: Sendable, Equatable {
    /// The Okta id of the person.
    public var userID: String
    /// The Okta id of the app; empty: all their apps.
    public var appID: String
    /// Why.
    public var reason: String
    /// The first day they are no longer protected.
    public var expiresOn: CalendarDay
    /// Who decided it.
    public var decidedBy: String
    /// When.
    public var decidedAt: Timestamp
    /// The login, where Okta has the person.
    public var login: String?
}

extension Store {
    /// Everybody who is or was protected, by login.
    public func protectedPeople() async throws(Problem) -> [ProtectedPerson] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT x.user_id, x.app_id, x.reason, x.expires_on, x.created_by, x.created_at,
                    (SELECT u.login FROM objects o CROSS JOIN users u WHERE o.workspace_id = $1
                        AND o.okta_id = x.user_id AND o.integration_id IN
                            (SELECT i.integration_id FROM integrations i WHERE i.workspace_id = $1)
                        AND u.workspace_id = $1 AND u.user_key = o.object_key AND u.valid_to IS NULL LIMIT 1)
                FROM protected_people x WHERE x.workspace_id = $1 ORDER BY 7, x.user_id, x.app_id
                """, [.integer(workspaceID)]
            ) { row in
                ProtectedPerson(
                    userID: row.text(0), appID: row.text(1), reason: row.text(2),
                    expiresOn: CalendarDay(rawValue: row.integer(3)), decidedBy: row.text(4),
                    decidedAt: Timestamp(rawValue: row.integer(5)), login: row.optionalText(6))
            }
        }
    }

    /// Leaves a person's seats alone until a day: those of one app, or all.
    ///
    /// - Throws: `protection.invalid`.
    public func protect(
        _ userID: String, app: String = "", reason: String, until: CalendarDay, by actor: String, at now: Timestamp
    ) async throws(Problem) {
        guard !reason.isEmpty, reason.count <= 500 else {
            throw Self.invalid("a reason of at most 500 characters", "Say why, for example: parental leave.")
        }
        guard until > CalendarDay(now), until <= CalendarDay(now).adding(months: 36) else {
            throw Self.invalid(
                "a day to end on, within three years", "For example \(CalendarDay(now).adding(months: 6).text).")
        }
        guard !userID.isEmpty, userID.utf8.count <= 100 else {
            throw Self.invalid("a person", "Give the login or the Okta id of one person.")
        }
        let workspaceID = workspaceID
        try await write { connection in
            try DecisionCounter.move(connection, workspaceID)
            try connection.execute(
                """
                INSERT INTO protected_people (workspace_id, user_id, app_id, reason, expires_on, created_at, created_by)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (workspace_id, user_id, app_id) DO UPDATE SET reason = excluded.reason,
                    expires_on = excluded.expires_on, created_at = excluded.created_at,
                    created_by = excluded.created_by
                """,
                [
                    .integer(workspaceID), .text(userID), .text(app), .text(reason), .integer(until.rawValue),
                    .integer(now.rawValue), .text(actor),
                ])
            try AuditNote(
                actor: actor, action: "protection.set", subject: userID,
                detail: "\(app.isEmpty ? "all apps" : app) until \(until.text): \(reason)"
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// No longer leaves a person's seats alone.
    public func unprotect(
        _ userID: String, app: String = "", by actor: String, at now: Timestamp
    ) async throws(Problem) {
        let workspaceID = workspaceID
        try await write { connection in
            try connection.execute(
                "DELETE FROM protected_people WHERE workspace_id = $1 AND user_id = $2 AND app_id = $3",
                [.integer(workspaceID), .text(userID), .text(app)])
            guard connection.changes > 0 else { return }
            try DecisionCounter.move(connection, workspaceID)
            try AuditNote(actor: actor, action: "protection.end", subject: userID, detail: app.isEmpty ? nil : app)
                .write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    private static func invalid(_ needs: String, _ remedy: String) -> Problem {
        Problem(
            id: "protection.invalid", kind: .badInput, title: "To protect somebody needs \(needs)",
            explanation: "Nothing was changed.", remedy: remedy)
    }
}

public import DatabaseEngine
public import Directory

/// What somebody did, as the audit trail keeps it: written in the transaction of what it records, so that neither is kept
/// without the other.
public struct AuditNote: Sendable, Equatable {
    /// Who did it: a person's name, `command line` or `schedule`.
    public var actor: String
    /// What they did: `contract.add`, `integration.connect`.
    public var action: String
    /// What they did it to, when there is one.
    public var subject: String?
    /// More about it, in words. Never a secret.
    public var detail: String?

    /// A note; see the properties.
    public init(actor: String, action: String, subject: String? = nil, detail: String? = nil) {
        self.actor = actor
        self.action = action
        self.subject = subject
        self.detail = detail
    }

    /// Adds the note to the trail of a workspace, inside a transaction that stays in that workspace.
    public func write(on connection: Connection, workspaceID: Int64, at time: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO audit_trail (workspace_id, position, happened_at, actor, action, subject, detail)
            SELECT $1, coalesce(max(position), 0) + 1, $2, $3, $4, $5, $6 FROM audit_trail WHERE workspace_id = $1
            """,
            [
                .integer(workspaceID), .integer(time.rawValue), .text(actor), .text(action), .optional(subject),
                .optional(detail),
            ])
    }
}

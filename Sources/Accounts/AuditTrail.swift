import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// What people did in Muster, in order, never changed afterwards.
public struct AuditTrail: Sendable {
    /// One thing somebody did.
    public struct Entry: Sendable, Equatable {
        /// Counts from 1, without gaps.
        public let position: Int64
        /// When it happened.
        public let happenedAt: Timestamp
        /// Who did it: a person's name, `command line` or `schedule`.
        public let actor: String
        /// What they did: `integration.connect`, `session.begin`.
        public let action: String
        /// What they did it to, when there is one.
        public let subject: String?
        /// More about it, in words. Never a secret.
        public let detail: String?
    }

    private let store: Store
    private let clock: @Sendable () -> Timestamp

    /// The trail of one workspace.
    public init(store: Store, clock: @Sendable @escaping () -> Timestamp = { Timestamp.now }) {
        self.store = store
        self.clock = clock
    }

    /// Adds an entry.
    public func record(
        actor: String, action: String, subject: String? = nil, detail: String? = nil
    ) async throws(Problem) {
        try await store.write { connection in
            try record(actor: actor, action: action, subject: subject, detail: detail, on: connection)
        }
    }

    /// The newest entries, newest first, before a position when one is given.
    public func entries(before position: Int64? = nil, limit: Int = 50) async throws(Problem) -> [Entry] {
        let workspace = store.workspaceID
        return try await store.engine.read { connection in
            try connection.query(
                """
                SELECT position, happened_at, actor, action, subject, detail FROM audit_trail
                WHERE workspace_id = $1 AND position < $2 ORDER BY position DESC LIMIT $3
                """, [.integer(workspace), .integer(position ?? .max), .integer(Int64(limit))]
            ) { row in
                Entry(
                    position: row.integer(0), happenedAt: Timestamp(rawValue: row.integer(1)), actor: row.text(2),
                    action: row.text(3), subject: row.optionalText(4), detail: row.optionalText(5))
            }
        }
    }

    /// Adds an entry inside the transaction of what it records, so that neither is kept without the other.
    func record(actor: String, action: String, subject: String?, detail: String?, on connection: Connection) throws {
        try AuditNote(actor: actor, action: action, subject: subject, detail: detail)
            .write(on: connection, workspaceID: store.workspaceID, at: clock())
    }
}

import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// Signed-in browsers: begun by a sign-in link, ended by the person, by idleness or by age.
public struct Sessions: Sendable {
    /// How long a session lives.
    public struct Limits: Sendable {
        /// Seconds without a request after which the session ends.
        public var idleSeconds: Int64
        /// Seconds after which it ends even in use.
        public var absoluteSeconds: Int64

        /// Twelve hours idle and seven days in all, unless told otherwise.
        public init(idleSeconds: Int64 = 12 * 3600, absoluteSeconds: Int64 = 7 * 86_400) {
            self.idleSeconds = idleSeconds
            self.absoluteSeconds = absoluteSeconds
        }
    }

    private let store: Store
    private let limits: Limits
    private let clock: @Sendable () -> Timestamp

    /// Sessions of one workspace.
    public init(
        store: Store, limits: Limits = Limits(), clock: @Sendable @escaping () -> Timestamp = { Timestamp.now }
    ) {
        self.store = store
        self.limits = limits
        self.clock = clock
    }

    /// The session a cookie's value belongs to, or nil when there is none or it has ended.
    public func session(for token: String) async throws(Problem) -> Session? {
        let secret = SecretToken(text: token)
        guard secret.isWellFormed else { return nil }
        let digest = secret.sha256
        let workspace = store.workspaceID
        let found = try await store.engine.read { connection in
            try connection.first(
                """
                SELECT token_sha256, name, role, created_at, expires_at, last_seen_at FROM sessions
                WHERE workspace_id = $1 AND token_sha256 = $2
                """, [.integer(workspace), .blob(digest)], StoredSession.init)
        }
        guard let found, constantTimeEquals(found.digest, digest) else { return nil }
        let now = clock()
        guard now < found.expiresAt, now < found.lastSeenAt.advanced(bySeconds: limits.idleSeconds) else {
            try await end(token)
            return nil
        }
        // Once a minute is exact enough for an idle limit of hours, and keeps reading free of writing.
        if now >= found.lastSeenAt.advanced(bySeconds: 60) {
            try await store.write { connection in
                try connection.execute(
                    "UPDATE sessions SET last_seen_at = $1 WHERE workspace_id = $2 AND token_sha256 = $3",
                    [.integer(now.rawValue), .integer(workspace), .blob(digest)])
            }
        }
        return Session(
            token: secret, name: found.name, role: found.role, createdAt: found.createdAt, expiresAt: found.expiresAt)
    }

    /// Whether any browser is signed in at this moment.
    public func isAnyoneSignedIn() async throws(Problem) -> Bool {
        let workspace = store.workspaceID
        let now = clock()
        let idleSince = now.advanced(bySeconds: -limits.idleSeconds)
        let found = try await store.engine.read { connection in
            try connection.first(
                "SELECT 1 FROM sessions WHERE workspace_id = $1 AND expires_at > $2 AND last_seen_at > $3 LIMIT 1",
                [.integer(workspace), .integer(now.rawValue), .integer(idleSince.rawValue)], { $0.integer(0) })
        }
        return found != nil
    }

    /// Signs the browser out: its cookie is worth nothing from now on.
    public func end(_ token: String) async throws(Problem) {
        let digest = SecretToken(text: token).sha256
        let workspace = store.workspaceID
        try await store.write { connection in
            try connection.execute(
                "DELETE FROM sessions WHERE workspace_id = $1 AND token_sha256 = $2",
                [.integer(workspace), .blob(digest)])
        }
    }

    /// Begins a session inside a transaction of the caller, and forgets the ones that ended by age.
    func begin(name: String, role: String, on connection: Connection) throws -> Session {
        let now = clock()
        let token = SecretToken.random()
        let expiresAt = now.advanced(bySeconds: limits.absoluteSeconds)
        try connection.execute(
            "DELETE FROM sessions WHERE workspace_id = $1 AND expires_at <= $2",
            [.integer(store.workspaceID), .integer(now.rawValue)])
        try connection.execute(
            """
            INSERT INTO sessions (workspace_id, token_sha256, created_at, last_seen_at, expires_at, name, role)
            VALUES ($1, $2, $3, $3, $4, $5, $6)
            """,
            [
                .integer(store.workspaceID), .blob(token.sha256), .integer(now.rawValue),
                .integer(expiresAt.rawValue), .text(name), .text(role),
            ])
        return Session(token: token, name: name, role: role, createdAt: now, expiresAt: expiresAt)
    }
}

private struct StoredSession: Sendable {
    let digest: [UInt8]
    let name: String
    let role: String
    let createdAt: Timestamp
    let expiresAt: Timestamp
    let lastSeenAt: Timestamp

    init(_ row: Row) {
        digest = row.blob(0)
        name = row.text(1)
        role = row.text(2)
        createdAt = Timestamp(rawValue: row.integer(3))
        expiresAt = Timestamp(rawValue: row.integer(4))
        lastSeenAt = Timestamp(rawValue: row.integer(5))
    }
}

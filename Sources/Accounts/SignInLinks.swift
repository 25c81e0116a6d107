import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// One-time links that begin a session: printed where Muster runs, good for fifteen minutes, once, and only from there.
public struct SignInLinks: Sendable {
    /// How long a link may lie unused.
    public static let lifetimeSeconds: Int64 = 15 * 60

    private let store: Store
    private let sessions: Sessions
    private let audit: AuditTrail
    private let clock: @Sendable () -> Timestamp

    /// Links into one workspace.
    public init(store: Store, sessions: Sessions, clock: @Sendable @escaping () -> Timestamp = { Timestamp.now }) {
        self.store = store
        self.sessions = sessions
        self.clock = clock
        audit = AuditTrail(store: store, clock: clock)
    }

    /// The token of a new link; it is shown once and cannot be read back.
    public func create() async throws(Problem) -> String {
        let token = SecretToken.random()
        let now = clock()
        let workspace = store.workspaceID
        try await store.write { connection in
            try connection.execute(
                "DELETE FROM sign_in_links WHERE workspace_id = $1 AND expires_at <= $2",
                [.integer(workspace), .integer(now.rawValue)])
            try connection.execute(
                """
                INSERT INTO sign_in_links (workspace_id, token_sha256, created_at, expires_at) VALUES ($1, $2, $3, $4)
                """,
                [
                    .integer(workspace), .blob(token.sha256), .integer(now.rawValue),
                    .integer(now.advanced(bySeconds: Self.lifetimeSeconds).rawValue),
                ])
            try audit.record(
                actor: "command line", action: "sign_in_link.create", subject: nil, detail: nil, on: connection)
        }
        return token.text
    }

    /// Begins a session with a link's token and uses the link up, in one transaction.
    ///
    /// - Parameter peer: the address the request came from; anything but this computer is refused.
    /// - Throws: `signIn.link.remote`, or `signIn.link.invalid` for a token that is unknown, used or too old (which of
    ///   these is not told).
    public func redeem(_ token: String, from peer: PeerAddress) async throws(Problem) -> Session {
        guard peer.isThisComputer else { throw AccountsProblem.linkUsedRemotely(peer) }
        let secret = SecretToken(text: token)
        guard secret.isWellFormed else { throw AccountsProblem.linkInvalid }
        let digest = secret.sha256
        let now = clock()
        let workspace = store.workspaceID
        return try await store.write { connection in
            let stored = try connection.first(
                """
                SELECT token_sha256 FROM sign_in_links
                WHERE workspace_id = $1 AND token_sha256 = $2 AND used_at IS NULL AND expires_at > $3
                """, [.integer(workspace), .blob(digest), .integer(now.rawValue)], { $0.blob(0) })
            guard let stored, constantTimeEquals(stored, digest) else { throw AccountsProblem.linkInvalid }
            try connection.execute(
                "UPDATE sign_in_links SET used_at = $1 WHERE workspace_id = $2 AND token_sha256 = $3",
                [.integer(now.rawValue), .integer(workspace), .blob(digest)])
            let session = try sessions.begin(name: "Owner", role: "owner", on: connection)
            try audit.record(
                actor: session.name, action: "session.begin", subject: "sign-in link", detail: nil, on: connection)
            return session
        }
    }
}

import Crypto
public import Directory

/// One signed-in browser.
public struct Session: Sendable {
    /// What the browser's cookie holds. Known only in the answer that begins the session and while it is presented.
    public let token: String
    /// Who this is, as shown in the page and written to the audit trail.
    public let name: String
    /// What they may do: `owner`, for everyone who came by a sign-in link.
    public let role: String
    /// The value every form carries, so that no other site can post in this browser's name.
    public let csrfToken: String
    /// When the session began.
    public let createdAt: Timestamp
    /// When it ends whatever happens.
    public let expiresAt: Timestamp

    init(token: SecretToken, name: String, role: String, createdAt: Timestamp, expiresAt: Timestamp) {
        self.token = token.text
        self.name = name
        self.role = role
        csrfToken = token.derived(for: "csrf")
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Whether a form's value is this session's, compared in constant time.
    public func accepts(csrf presented: String) -> Bool { constantTimeEquals(presented.utf8, csrfToken.utf8) }
}

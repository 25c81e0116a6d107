/// What Muster shows Okta to be let in. Never printed: every description is masked.
public enum OktaCredential: Sendable {
    /// An SSWS API token. It has the present admin rights of the user who made it.
    case apiToken(String)
    /// An OAuth service app that signs its requests with a private key: PEM (PKCS#8 or PKCS#1 RSA, or P-256), or the JWK
    /// text as Okta's console shows it.
    case privateKey(clientID: String, pem: String)
    /// An API service integration with a client secret.
    case clientSecret(clientID: String, secret: String)

    /// `API token`, `service app` or `API service integration`: what an admin calls it.
    public var kindName: String {
        switch self {
        case .apiToken: "API token"
        case .privateKey: "service app"
        case .clientSecret: "API service integration"
        }
    }
}

extension OktaCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind, never the secret.
    public var description: String {
        switch self {
        case .apiToken: "API token (hidden)"
        case .privateKey(let clientID, _): "service app \(clientID) (key hidden)"
        case .clientSecret(let clientID, _): "API service integration \(clientID) (secret hidden)"
        }
    }

    /// The kind, never the secret.
    public var debugDescription: String { description }

    /// Nothing that a dump could show.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The OAuth scopes that Muster asks for. Every one ends in `.read`; nothing else is ever asked for or accepted.
public enum OktaScopes {
    /// Without these there is nothing to show.
    public static let core = ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read"]
    /// Admin roles and API tokens besides.
    public static let all = core + ["okta.roles.read", "okta.apiTokens.read"]

    /// Whether a scope only reads.
    public static func isReadOnly(_ scope: some StringProtocol) -> Bool {
        scope.hasPrefix("okta.") && scope.hasSuffix(".read")
    }
}

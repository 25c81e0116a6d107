public import HTTPTypes

/// One address that Muster answers, and who may use it. Every route is registered from such a rule, and an address
/// without one does not exist: access is denied unless a rule allows it.
public struct RouteRule: Sendable {
    /// Who may use an address.
    public enum Access: Sendable, Equatable {
        /// Anybody.
        case everyone
        /// People who are signed in.
        case signedIn
    }

    /// `GET` or `POST`.
    public let method: HTTPRequest.Method
    /// The path, with `:name` for the parts that vary.
    public let path: String
    /// Who may use it.
    public let access: Access
    /// What the page is called, or what the post does.
    public let title: String
    /// Whether the post brings a file, which its handler receives by `WebRequest.receiveFile`.
    public let takesFile: Bool

    /// A rule; see the properties.
    public init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access = .signedIn, _ title: String,
        takesFile: Bool = false
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.title = title
        self.takesFile = takesFile
    }
}

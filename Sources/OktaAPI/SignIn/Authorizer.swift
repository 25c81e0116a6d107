import NIOHTTP1
import Problems

/// Puts the credential on requests. It is asked only for requests to the configured host.
enum Authorizer: Sendable {
    case token(String)
    case session(OAuthSession)

    /// Gets ready without holding a place among the requests in flight; returns the number of the access token.
    func ready() async throws(Problem) -> Int {
        switch self {
        case .token: 0
        case .session(let session): try await session.ready()
        }
    }

    /// Adds the headers that let one request in.
    func authorize(_ headers: inout HTTPHeaders, target: String) async throws(Problem) {
        switch self {
        case .token(let token): headers.add(name: "Authorization", value: "SSWS \(token)")
        case .session(let session):
            for (name, value) in try await session.headers(for: target) { headers.add(name: name, value: value) }
        }
    }

    /// Whether an API token is fit to be sent in a header.
    static func isWellFormed(_ token: String) -> Bool {
        (1...1024).contains(token.utf8.count) && token.utf8.allSatisfy { $0 > 32 && $0 < 127 }
    }
}

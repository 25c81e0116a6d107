public import Accounts
public import Directory
public import Hummingbird

/// Finds out who asks, by the session cookie, and what time it is.
public struct SessionMiddleware: RouterMiddleware {
    /// The cookie's name.
    public static let cookie = "muster_session"
    private let sessions: Sessions
    private let clock: @Sendable () -> Timestamp

    /// Looks cookies up among these sessions.
    public init(sessions: Sessions, clock: @Sendable @escaping () -> Timestamp) {
        self.sessions = sessions
        self.clock = clock
    }

    /// Adds the session and the time to the context.
    public func handle(
        _ request: Request, context: AppRequestContext,
        next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.now = clock()
        if let token = request.cookies[Self.cookie]?.value, !token.isEmpty {
            context.session = try await sessions.session(for: token)
        }
        return try await next(request, context)
    }

    /// The cookie that begins a session: gone with the browser's own session, unreadable by scripts, and not sent when
    /// another site posts.
    public static func cookie(holding session: Session, secure: Bool) -> Cookie {
        Cookie(
            name: cookie, value: session.token, path: "/", secure: secure, httpOnly: true, sameSite: .lax)
    }

    /// The cookie that ends one.
    public static var endedCookie: Cookie {
        Cookie(name: cookie, value: "", maxAge: 0, path: "/", secure: false, httpOnly: true, sameSite: .lax)
    }
}

public import Accounts
public import Directory
import HTTPTypes
public import Hummingbird
public import Problems

/// A request that its route's rule has let through: its query, its form, and who asks.
public struct WebRequest: Sendable {
    /// The request's context.
    public let context: AppRequestContext
    /// The path, without the query.
    public let path: String
    /// The query.
    public let query: FormData
    /// The posted form; empty unless this is a post.
    public let form: FormData
    /// The value of the cookie that keeps the colours people chose.
    public let theme: String?
    private let cookies: Cookies
    /// The body of a post that brings a file, which is not read yet.
    let fileBody: PostedBody?

    /// Where the request came from.
    public let peer: PeerAddress
    /// The path and query of Muster's own page that the request came from; nil when it came from elsewhere.
    public let referrerPath: String?
    /// Whether the browser says that the form it posts came to it by HTTPS.
    public let isPostedByHTTPS: Bool

    /// Who asks; nil on pages for everyone.
    public var session: Session? { context.session }
    /// The one time this request calls now.
    public var now: Timestamp { context.now }

    /// Checks a request against its rule.
    ///
    /// - Throws: `web.signIn.needed`, `web.form.foreign`, `web.form.tooLarge`.
    public init(_ request: Request, _ context: AppRequestContext, rule: RouteRule) async throws {
        if rule.access == .signedIn, context.session == nil { throw WebProblem.signInNeeded }
        self.context = context
        // The router takes two slashes for one; in a link or a redirect they would lead to another host.
        path = "/" + request.uri.path.drop { $0 == "/" }
        query = FormData(encoded: request.uri.query ?? "")
        cookies = request.cookies
        theme = cookies["muster_theme"]?.value
        peer = PeerAddress(request, context)
        referrerPath = Self.referrerPath(request)
        isPostedByHTTPS = request.headers[.origin]?.hasPrefix("https://") ?? false
        guard rule.method == .post else {
            form = FormData()
            fileBody = nil
            return
        }
        guard Self.isOwnOrigin(request) else { throw WebProblem.foreignForm }
        guard !rule.takesFile else {
            form = FormData()
            fileBody = PostedBody(body: request.body, contentType: request.headers[.contentType] ?? "")
            return
        }
        fileBody = nil
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: context.maxUploadSize)
        } catch {
            throw WebProblem.tooLarge
        }
        form = FormData(encoded: String(buffer: body))
        if let session = context.session {
            guard let token = form["csrf"], session.accepts(csrf: token) else { throw WebProblem.foreignForm }
        }
    }

    /// The part of the path that a `:name` stands for, decoded.
    public func part(_ name: String) -> String {
        FormData.decode(context.parameters.get(name) ?? "", plusIsSpace: false)
    }

    /// The value of a cookie; nil when the browser sent none of this name.
    public func cookie(_ name: String) -> String? { cookies[name]?.value }

    private static func referrerPath(_ request: Request) -> String? {
        guard let referrer = request.headers[.referer], let authority = request.head.authority else { return nil }
        for scheme in ["http://", "https://"] where referrer.hasPrefix(scheme + authority + "/") {
            let path = referrer.dropFirst((scheme + authority).count)
            // Two slashes would be an address on another host.
            return path.hasPrefix("//") || path.utf8.count > 2000 ? nil : String(path)
        }
        return nil
    }

    /// Browsers say where a form came from; one that says elsewhere is refused. Programs say nothing.
    private static func isOwnOrigin(_ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" { return false }
        guard let origin = request.headers[.origin], let authority = request.head.authority else { return true }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
}

/// What can go wrong between a browser and Muster.
public enum WebProblem {
    /// Nobody is signed in.
    public static let signInNeeded = Problem(
        id: "web.signIn.needed", kind: .permission, title: "Sign in first",
        explanation: "This page is for people who are signed in.",
        remedy: "Open the sign-in link that Muster printed, or make a new one with `muster sign-in-link`.")
    /// A form did not come from Muster's own page.
    public static let foreignForm = Problem(
        id: "web.form.foreign", kind: .permission, title: "This form was not accepted",
        explanation: "It did not come from a page of this session. Nothing was changed.",
        remedy: "Open the page again and send the form from there.")
    /// A form is larger than any form of Muster.
    public static let tooLarge = Problem(
        id: "web.form.tooLarge", kind: .usage, title: "The form is too large",
        explanation: "Forms hold at most 64 kB. Nothing was changed.", remedy: "Send less, then try again.")
    /// A form that should bring a file brought none.
    public static let noFile = Problem(
        id: "web.file.missing", kind: .usage, title: "No file came with the form",
        explanation: "Nothing was imported.", remedy: "Go back, choose a file, then send the form again.")
    /// There is no such page.
    public static let noPage = Problem(
        id: "web.page.unknown", kind: .notFound, title: "There is no page at this address",
        explanation: "It may have moved, or the address was cut off.", remedy: "Go to Home, or search for it.")
}

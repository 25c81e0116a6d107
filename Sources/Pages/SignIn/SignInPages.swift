import Accounts
import HTTPTypes
import Hummingbird
import NIOCore
import Problems
import WebSupport

extension PagesApplication {
    var signInRoutes: [Route] {
        [
            Route(RouteRule(.get, "/login", .everyone, "Sign in")) { request in signInPage(request) },
            Route(RouteRule(.post, "/login", .everyone, "Use a sign-in link")) { request in try await redeem(request) },
            Route(RouteRule(.post, "/logout", .signedIn, "Sign out")) { request in
                if let session = request.session {
                    try await sessions.end(session.token)
                    try await audit.record(actor: session.name, action: "sign-out")
                }
                var response = redirect(.signIn)
                response.setCookie(SessionMiddleware.endedCookie)
                return response
            },
            Route(RouteRule(.post, "/theme", .signedIn, "Choose light or dark")) { request in
                var response = redirect(.home)
                if let back = request.referrerPath { response.headers[.location] = back }
                let theme = request.form["theme"] == "dark" ? "dark" : "light"
                response.setCookie(
                    Cookie(
                        name: "muster_theme", value: theme, maxAge: 31_536_000, path: "/",
                        secure: keepsCookiesSecure(request), httpOnly: true, sameSite: .lax))
                return response
            },
        ]
    }

    /// Opening a link only shows a button: mail scanners and browsers that fetch ahead must not use it up.
    private func signInPage(_ request: WebRequest) -> Response {
        if request.session != nil { return redirect(.home) }
        let inside: HTML =
            if let link = request.query.filled("link") {
                """
                <p>This link signs this browser in to Muster. It works once, and only on the computer Muster runs on.</p>
                <form method="post" action="\(Link.signIn)"><input type="hidden" name="link" value="\(link)">\
                <button class="primary wide">Sign in</button></form>
                """
            } else {
                """
                <p>Muster lets people in by a one-time link.</p>
                <ol class="steps"><li>On the computer that Muster runs on, run <code>muster sign-in-link</code>.</li>\
                <li>Open the link it prints, in a browser on the same computer, within 15 minutes.</li></ol>\
                <p class="muted">The first start prints such a link by itself.</p>
                """
            }
        let html: HTML = """
            \(head("Sign in", theme: request.theme))<body class="alone"><main id="main" class="card sign-in">\
            <h1>Sign in to Muster</h1>\(inside)</main></body></html>
            """
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: html.buffer))
    }

    private func redeem(_ request: WebRequest) async throws -> Response {
        let session = try await signInLinks.redeem(request.form["link"] ?? "", from: request.peer)
        var response = redirect(.home)
        response.setCookie(SessionMiddleware.cookie(holding: session, secure: keepsCookiesSecure(request)))
        return response
    }

    /// Goes on to another page.
    func redirect(_ link: Link) -> Response {
        Response(status: .seeOther, headers: [.location: link.path])
    }

    /// Goes on to another page after a post, about the date that the form was about.
    func redirect(_ link: Link, after request: WebRequest) -> Response {
        let dates = ["as_of", "believed"].map { ($0, request.form.filled($0)) }
        return redirect(dates.contains { $0.1 != nil } ? link.with(dates) : link)
    }
}

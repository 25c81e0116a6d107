import Accounts
import Directory
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Pages
import Storage
import Support
import Sync
import Testing
import WebSupport

/// The pages over a sample store, with a browser that is signed in.
struct PagesFixture {
    let sample: SampleStore
    let pages: PagesApplication
    let client: any TestClientProtocol
    let cookie: String
    let csrf: String

    /// Runs a body with the pages of a company of this size.
    static func with(
        _ kind: TestEngine = .sqlite, people: Int = 120, publicURL: String? = nil, address: String? = nil,
        _ body: @Sendable @escaping (PagesFixture) async throws -> Void
    ) async throws {
        try await SampleStore.with(kind, people: people, address: address) { sample in
            let clock: @Sendable () -> Timestamp = { SampleStore.now }
            let logger = Logger(label: "pages-tests") { _ in SwiftLogNoOpLogHandler() }
            let integrations = Integrations(
                store: sample.store, vault: PlainVault(), configuration: .init(lockFolder: sample.folder.path),
                logger: logger)
            let sessions = Sessions(store: sample.store, clock: clock)
            let links = SignInLinks(store: sample.store, sessions: sessions, clock: clock)
            let pages = PagesApplication(
                store: sample.store, sessions: sessions, signInLinks: links,
                audit: AuditTrail(store: sample.store, clock: clock), integrations: integrations,
                scheduler: SyncScheduler(
                    integrations: integrations, store: sample.store, interval: nil, logger: logger),
                configuration: PagesApplication.Configuration(publicURL: publicURL), clock: clock, logger: logger)
            let session = try await links.redeem(try await links.create(), from: PeerAddress("127.0.0.1"))
            let router = Router(context: AppRequestContext.self)
            pages.addRoutes(to: router)
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    PagesFixture(
                        sample: sample, pages: pages, client: client,
                        cookie: "\(SessionMiddleware.cookie)=\(session.token)", csrf: session.csrfToken))
            }
        }
    }

    /// A page as a signed-in browser gets it.
    func get(_ path: String, signedIn: Bool = true, accept: String = "text/html") async throws -> TestResponse {
        var headers: HTTPFields = [.accept: accept]
        if signedIn { headers[.cookie] = cookie }
        return try await client.executeRequest(uri: path, method: .get, headers: headers, body: nil)
    }

    /// A posted form.
    func post(_ path: String, _ fields: [(name: String, value: String)], headers more: HTTPFields = [:]) async throws
        -> TestResponse
    {
        var headers = more
        headers[.cookie] = cookie
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await client.executeRequest(
            uri: path, method: .post, headers: headers, body: ByteBuffer(string: FormData(fields).encoded))
    }

    /// The addresses of one of each thing in the sample.
    func examples() async throws -> [String] {
        let moment = Moment(now: SampleStore.now)
        var paths = [
            "/", "/users", "/groups", "/apps", "/departments", "/departments/-", "/roles", "/integrations", "/connect",
            "/search", "/search?q=ada", "/departments/R%26D%20%2F%20Labs", "/integrations/acme/runs/2",
            "/users?where=status%3DACTIVE&sort=-last_login_at", "/users?as_of=2026-09-08", "/?as_of=2026-10-01",
            "/discovery", "/discovery?as_of=2026-10-01", "/discovery?where=state%3Ddiscovered&sort=-active_90d",
            "/discovery/overlap", "/discovery/decide", "/discovery/compare",
            "/apps?as_of=2026-10-01", "/groups?as_of=2026-10-01", "/changes", "/changes?from=2026-10-01&to=2026-11-20",
            "/changes?from=2026-10-01&part=assignments&change=kept", "/changes?from=2026-10-01&part=roles",
            "/usage", "/usage?as_of=2026-10-01", "/usage/departments", "/usage?where=grade%3DD",
        ]
        try await SpendPageTests.fill(self)
        paths += SpendPageTests.examples
        paths += offboardingExamples
        for tab in ["", "/calls", "/limits", "/coverage", "/settings"] { paths.append("/integrations/acme\(tab)") }
        for person in try await sample.store.list(.users(moment), ListRequest(limit: 3)).rows {
            for tab in ["", "/usage", "/groups", "/security", "/profile", "/history"] {
                paths.append("/users/\(person.text("id"))\(tab)")
            }
            paths.append("/changes?from=2026-10-01&user=\(person.text("id"))")
        }
        for group in try await sample.store.list(.groups(moment), ListRequest(sort: "members", descending: true)).rows
            .prefix(3)
        {
            for tab in ["", "/apps", "/rules", "/roles", "/history"] {
                paths.append("/groups/\(group.text("id"))\(tab)")
            }
            paths.append("/changes?from=2026-10-01&group=\(group.text("id"))")
        }
        for app in try await sample.store.list(.apps(moment), ListRequest(sort: "assigned_users")).rows {
            for tab in ["", "/usage", "/licences", "/groups", "/governance", "/about", "/history"] {
                paths.append("/apps/\(app.text("id"))\(tab)")
            }
            paths += [
                "/discovery/services/\(app.text("id"))", "/discovery/decide?app=\(app.text("id"))",
                "/discovery/compare?app=\(app.text("id"))&app=\(app.text("id"))",
            ]
            paths.append("/changes?from=2026-10-01&app=\(app.text("id"))")
        }
        for row in try await sample.store.list(.assignments(moment), ListRequest(limit: 12)).rows {
            paths.append("/users/\(row.text("user_id"))/apps/\(row.text("app_id"))")
        }
        return paths + (try await licenceExamples())
    }
}

/// Keeps secrets as they are: nothing in these tests is one.
struct PlainVault: SecretVault {
    func seal(_ secret: [UInt8], purpose: String) -> [UInt8] { secret }
    func open(_ sealed: [UInt8], purpose: String) -> [UInt8] { sealed }
}

extension TestResponse {
    /// The body as text.
    var text: String { String(buffer: body) }
}

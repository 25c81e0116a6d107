import Accounts
import DatabaseEngine
import Directory
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import OktaAPI
import Problems
import Storage
import Support
import Testing
import WebSupport

@testable import Server
@testable import Sync

/// A server that knows nothing but Event Hooks, reached by TCP as Okta reaches it.
private struct HookFixture: Sendable {
    let store: Store
    let client: any TestClientProtocol
    let made: HookKeys.Made
    let integration: Integration
    let bells: TailBells

    static func with(
        _ engine: TestEngine, _ body: @Sendable @escaping (HookFixture) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let store = try await Store.open(
            try await engine.open(in: URL(fileURLWithPath: folder.path)), workspace: "default", now: .now)
        let integration = try await store.addIntegration(
            name: "acme", baseURL: "https://acme.okta.com", organization: Organization(id: "00o1"), contact: nil,
            credentialKind: "apiToken", sealedCredential: [1], now: .now)
        let made = try await HookKeys(store: store).make(for: integration, actor: "test")
        let bells = TailBells()
        let logger = Logger(label: "hook-tests") { _ in SwiftLogNoOpLogHandler() }
        let router = Router(context: AppRequestContext.self)
        // The server's own engine: no workspace is told, since the address tells it.
        var routes = HookRoutes(engine: store.engine, bells: bells, logger: logger)
        let now = Timestamp.now
        routes.clock = { now }
        routes.addRoutes(to: router)
        try await Application(router: router, logger: logger).test(.live) { client in
            try await body(
                HookFixture(store: store, client: client, made: made, integration: integration, bells: bells))
        }
        withExtendedLifetime(folder) {}
    }

    var path: String { Link.hook(made.address.text).path }

    func post(
        _ body: String, secret: String? = nil, type: String = "application/json", path: String? = nil
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.contentType: type]
        headers[.authorization] = secret ?? made.secret
        return try await client.executeRequest(
            uri: path ?? self.path, method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    static func delivery(_ id: String, padding: Int = 0) -> String {
        """
        {"eventType":"com.okta.event_hook","eventId":"\(id)","eventTime":"2026-06-01T12:00:01.000Z",\
        "x":"\(String(repeating: "x", count: padding))","data":{"events":[{"uuid":"u-\(id)",\
        "published":"2026-06-01T12:00:00.000Z","eventType":"group.lifecycle.create","target":null}]}}
        """
    }

    func stored() async throws -> [String] {
        try await store.engine.read { connection in
            try connection.query("SELECT event_id FROM hook_deliveries ORDER BY event_id") { $0.text(0) }
        }
    }
}

@Suite struct HookRoutesTests {
    @Test("both addresses are open to everyone by rule, and are all there are")
    func rules() {
        #expect(
            HookRoutes.rules.map { "\($0.method.rawValue) \($0.path)" } == [
                "GET /hooks/okta/:id", "POST /hooks/okta/:id",
            ])
        #expect(HookRoutes.rules.allSatisfy { $0.access == .everyone && !$0.title.isEmpty })
    }

    @Test("Okta's question is answered with its own words, and remembered", arguments: TestEngine.available)
    func verification(_ engine: TestEngine) async throws {
        try await HookFixture.with(engine) { fixture in
            let challenge = try #require(HTTPField.Name("X-Okta-Verification-Challenge"))
            let words = "my \"challenge\" <b>\\"
            let answer = try await fixture.client.executeRequest(
                uri: fixture.path, method: .get, headers: [challenge: words], body: nil)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/json")
            let object = try JSONDecoder().decode([String: String].self, from: Data(answer.body.readableBytesView))
            #expect(object == ["verification": words])
            let hook = try #require(try await fixture.store.eventHook(of: fixture.integration.id))
            #expect(hook.verifiedAt != nil)
            let silent = try await fixture.client.executeRequest(
                uri: fixture.path, method: .get, headers: [:], body: nil)
            #expect(silent.status == .badRequest)
            let unknown = try await fixture.client.executeRequest(
                uri: fixture.path + "x", method: .get, headers: [challenge: words], body: nil)
            #expect(unknown.status == .notFound)
        }
    }

    @Test("a delivery is stored before it is answered, once, and rings", arguments: TestEngine.available)
    func delivery(_ engine: TestEngine) async throws {
        try await HookFixture.with(engine) { fixture in
            let tenant = TenantID(
                workspaceID: fixture.store.workspaceID, integrationID: fixture.integration.id)
            var rings = fixture.bells.bell(of: tenant).makeAsyncIterator()
            let first = try await fixture.post(HookFixture.delivery("one"))
            #expect(first.status == .noContent)
            #expect(try await fixture.stored() == ["one"])
            #expect(await rings.next() != nil)
            #expect(try await fixture.post(HookFixture.delivery("one")).status == .noContent)
            #expect(try await fixture.stored() == ["one"])
        }
    }

    @Test("whoever does not know the secret or the address stores nothing", arguments: TestEngine.available)
    func refusals(_ engine: TestEngine) async throws {
        try await HookFixture.with(engine) { fixture in
            let body = HookFixture.delivery("one")
            let secret = fixture.made.secret
            for wrong in ["", "x", "Bearer \(secret)", String(secret.dropLast()), String(repeating: "s", count: 4_000)]
            {
                #expect(try await fixture.post(body, secret: wrong).status == .unauthorized)
            }
            let missing = try await fixture.client.executeRequest(
                uri: fixture.path, method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: body))
            #expect(missing.status == .unauthorized)
            let random = String(repeating: "a", count: 22)
            for path in ["1-\(random)", "2-\(random)", "x", "1", "1-\(random)%27", "%2e%2e", random] {
                let answer = try await fixture.post(body, path: "/hooks/okta/\(path)")
                #expect(answer.status == .notFound, "\(path)")
                #expect(!String(buffer: answer.body).contains("acme"))
            }
            #expect(try await fixture.stored() == [])
            let hook = try #require(try await fixture.store.eventHook(of: fixture.integration.id))
            // The first is written down at once, the others with the next after a pause.
            #expect(hook.refused == 1)
            #expect(hook.refusedAt != nil)
        }
    }

    @Test("what is no delivery is refused and stored nowhere", arguments: TestEngine.available)
    func noDelivery(_ engine: TestEngine) async throws {
        try await HookFixture.with(engine) { fixture in
            for body in ["", "hello", "{}", "[]", "{\"eventId\":\"x\"}", "{\"eventId\":\"x\",\"data\":{\"events\":7}}"]
            {
                #expect(try await fixture.post(body).status == .badRequest, "\(body)")
            }
            let form = try await fixture.post(
                HookFixture.delivery("one"), type: "application/x-www-form-urlencoded")
            #expect(form.status == .badRequest)
            let fitting = HookFixture.delivery("fits", padding: HookDelivery.maxBytes - 1_000)
            #expect(try await fixture.post(fitting).status == .noContent)
            let large = HookFixture.delivery("large", padding: HookDelivery.maxBytes)
            #expect(try await fixture.post(large).status == .contentTooLarge)
            #expect(try await fixture.stored() == ["fits"])
        }
    }

    @Test("a hundred posts at once are each answered and each stored once", arguments: TestEngine.available)
    func manyAtOnce(_ engine: TestEngine) async throws {
        try await HookFixture.with(engine) { fixture in
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for number in 0..<100 {
                    // Every tenth comes twice.
                    let id = "d\(number % 90)"
                    group.addTask { try await fixture.post(HookFixture.delivery(id)).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count == 100)
            #expect(statuses.allSatisfy { $0 == .noContent })
            #expect(try await fixture.stored() == (0..<90).map { "d\($0)" }.sorted())
        }
    }

    @Test("more than can be stored is put off: Okta is told to try again", arguments: TestEngine.available)
    func flood(_ engine: TestEngine) async throws {
        try await HookFixture.with(engine) { fixture in
            let gate = Gate()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<203 {
                    group.addTask {
                        do {
                            try await fixture.store.engine.write(.deliveries) { _ in
                                gate.wait()
                                gate.open()
                            }
                            return true
                        } catch { return false }
                    }
                }
                // Who is refused is told at once: everybody else stands in line now.
                let first = try await group.next()
                #expect(first == false)
                let answer = try await fixture.post(HookFixture.delivery("one"))
                #expect(answer.status == .serviceUnavailable)
                #expect(answer.headers[.retryAfter] == "5")
                gate.open()
                for try await isIn in group { #expect(isIn) }
            }
            #expect(try await fixture.post(HookFixture.delivery("one")).status == .noContent)
            #expect(try await fixture.stored() == ["one"])
        }
    }

    @Test("a hook that is switched off is not there any more")
    func switchedOff() async throws {
        try await HookFixture.with(.sqlite) { fixture in
            _ = try await HookKeys(store: fixture.store).switchOff(fixture.integration, actor: "test")
            #expect(try await fixture.post(HookFixture.delivery("one")).status == .notFound)
        }
    }
}

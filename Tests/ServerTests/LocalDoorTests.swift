import Accounts
import DatabaseEngine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Problems
import Storage
import Sync
import Testing
import WebSupport

@testable import Server

@Suite("What is for this computer alone")
struct LocalDoorTests {
    /// Runs the whole server, with one tenant in its store, on a real port.
    private func run(
        _ settings: [String: String] = [:],
        _ body: @Sendable @escaping (any TestClientProtocol, Installation) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let resolved = try await ResolvedSettings.resolve(
            arguments: settings.merging(["data": folder.path]) { one, _ in one }, environment: [:])
        let installation = try await Installation.open(try ServerConfiguration(resolved))
        try await installation.store.engine.write { connection in
            try connection.execute(
                """
                INSERT INTO integrations (workspace_id, integration_id, name, base_url, org_id, credential_kind,
                    created_at) VALUES ($1, 1, 'acme', 'https://acme.okta.com', 'o', 'apiToken', 0)
                """, [.integer(installation.store.workspaceID)])
            try connection.execute(
                """
                INSERT INTO rate_gauges (workspace_id, integration_id, bucket, header_limit, remaining, allowed, used,
                    resets_at, updated_at) VALUES ($1, 1, '/api/v1/users', 600, 500, 300, 100, 0, 0)
                """, [.integer(installation.store.workspaceID)])
        }
        let logger = Logger(label: "doors") { _ in SwiftLogNoOpLogHandler() }
        let integrations = Integrations(installation, logger: logger)
        let scheduler = SyncScheduler(
            integrations: integrations, store: installation.store, interval: nil, logger: logger)
        let router = try await makeRouter(
            installation, integrations: integrations, scheduler: scheduler, logger: logger)
        try await Application(router: router, logger: logger).test(.live) { try await body($0, installation) }
    }

    private static let traces: [HTTPFields] = [
        "Forwarded: for=10.0.0.7", "X-Forwarded-For: 10.0.0.7", "X-Forwarded-Host: muster.example.com",
        "X-Forwarded-Proto: https", "X-Real-IP: 127.0.0.1", "Via: 1.1 proxy",
    ].map { line in
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        return HTTPField.Name(parts[0]).map { [$0: parts[1]] } ?? [:]
    }

    @Test("metrics are read from this computer, and by nobody whom a proxy passes on", arguments: traces)
    func metrics(trace: HTTPFields) async throws {
        try await run { client, _ in
            let here = try await client.executeRequest(uri: "/metrics", method: .get, headers: [:], body: nil)
            #expect(here.status == .ok)
            #expect(String(buffer: here.body).contains("muster_rate_used{integration=\"acme\""))
            let there = try await client.executeRequest(uri: "/metrics", method: .get, headers: trace, body: nil)
            #expect(there.status == .unauthorized)
            #expect(there.headers[.wwwAuthenticate] == "Bearer")
            #expect(!String(buffer: there.body).contains("acme"))
            let alive = try await client.executeRequest(uri: "/healthz", method: .get, headers: trace, body: nil)
            #expect(alive.status == .ok)
        }
    }

    @Test("a reader elsewhere needs the token, and behind a proxy everybody is elsewhere")
    func metricsToken() async throws {
        let settings = ["metrics.token": "0123456789abcdef", "http.public-url": "https://muster.example.com"]
        try await run(settings) { client, _ in
            func status(_ headers: HTTPFields) async throws -> HTTPResponse.Status {
                try await client.executeRequest(uri: "/metrics", method: .get, headers: headers, body: nil).status
            }
            let plain = try await status([:])
            let wrong = try await status([.authorization: "Bearer 0123456789abcdeF"])
            let empty = try await status([.authorization: "Bearer "])
            let right = try await status([.authorization: "Bearer 0123456789abcdef", .via: "1.1 proxy"])
            #expect([plain, wrong, empty, right] == [.unauthorized, .unauthorized, .unauthorized, .ok])
        }
    }

    @Test(
        "a request that names another host is not from here",
        arguments: [
            ("localhost", 200), ("127.0.0.1:8080", 200), ("[::1]:8080", 200), ("LOCALHOST:1", 200),
            ("muster.example.com", 401), ("localhost.example.com", 401), ("127.0.0.1.example.com:8080", 401),
            ("10.0.0.7", 401),
        ])
    func host(name: String, status: Int) async throws {
        try await run { client, _ in
            let stranger = TestClient(host: "localhost", port: try #require(client.port))
            stranger.connect()
            let answer = try await stranger.execute(TestClient.Request("/metrics", method: .get, authority: name))
            try await stranger.shutdown()
            #expect(answer.status.code == status)
        }
    }

    @Test("behind HTTPS, too, whoever opens the printed link here keeps the cookie that signs them in")
    func printedLinkBehindHTTPS() async throws {
        try await run(["http.public-url": "https://muster.example.com", "http.host": "0.0.0.0"]) {
            client, installation in
            func cookie(_ origin: String) async throws -> String {
                let token = try await installation.signInLinks.create()
                let answer = try await client.executeRequest(
                    uri: "/login", method: .post,
                    headers: [.contentType: "application/x-www-form-urlencoded", .origin: origin],
                    body: ByteBuffer(string: "link=\(token)"))
                return answer.headers[.setCookie] ?? ""
            }

            let plain = try await cookie("http://localhost")
            #expect(plain.hasPrefix("muster_session=") && !plain.contains("Secure"))
            let encrypted = try await cookie("https://localhost")
            #expect(encrypted.hasPrefix("muster_session=") && encrypted.contains("Secure"))
        }
    }

    @Test("a sign-in link lets nobody in whom a proxy passes on, and is not used up by the attempt", arguments: traces)
    func link(trace: HTTPFields) async throws {
        try await run { client, installation in
            let token = try await installation.signInLinks.create()
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            func redeem(_ headers: HTTPFields) async throws -> TestResponse {
                try await client.executeRequest(
                    uri: "/login", method: .post, headers: headers, body: ByteBuffer(string: "link=\(token)"))
            }
            var passedOn = form
            passedOn.append(contentsOf: trace)
            let refused = try await redeem(passedOn)
            #expect(refused.status == .forbidden)
            #expect(refused.headers[.setCookie] == nil)
            let here = try await redeem(form)
            #expect(here.status == .seeOther)
            #expect(here.headers[.setCookie] != nil)
        }
    }
}

import DatabaseEngine
import Directory
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Problems
import Storage
import Support
import Testing
import WebSupport

@testable import Server

@Suite struct ProbesTests {
    private func store(_ kind: TestEngine, in folder: TemporaryFolder) async throws -> Store {
        try await Store.open(
            try await kind.open(in: URL(fileURLWithPath: folder.path)), workspace: "default", now: .now)
    }

    private func application(_ store: Store) async throws -> some ApplicationProtocol {
        let router = Router(context: AppRequestContext.self)
        let times = RequestTimes()
        router.add(middleware: RequestTimer(times: times))
        let metrics = MetricsPage(store: store, times: times, calls: try await CallCounts(store: store))
        let access = MetricsAccess(token: "the-readers-own-token", isBehindProxy: false)
        Probes(store: store, metrics: metrics, access: access).addRoutes(to: router)
        return Application(router: router)
    }

    @Test("the probes answer, and the metrics count them", arguments: TestEngine.available)
    func answers(_ engine: TestEngine) async throws {
        let folder = try TemporaryFolder()
        let application = try await application(try await store(engine, in: folder))
        try await application.test(.router) { client in
            try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/readyz", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/nowhere", method: .get) { #expect($0.status == .notFound) }
            let reader: HTTPFields = [.authorization: "Bearer the-readers-own-token"]
            try await client.execute(uri: "/metrics", method: .get, headers: reader) { response in
                let text = String(buffer: response.body)
                #expect(text.contains("muster_http_request_seconds_count{status=\"2xx\"} 2\n"))
                #expect(text.contains("muster_http_request_seconds_count{status=\"4xx\"} 1\n"))
                #expect(text.contains("muster_store_bytes{file=\"main\"} "))
                let memory = text.split(separator: "\n").first { $0.hasPrefix("process_resident_memory_bytes ") }
                #expect(memory?.split(separator: " ").last.flatMap { Double($0) }.map { $0 > 1_000_000 } == true)
            }
        }
    }

    @Test("a store with another schema is not ready", arguments: TestEngine.available)
    func notReady(_ engine: TestEngine) async throws {
        let folder = try TemporaryFolder()
        let store = try await store(engine, in: folder)
        try await store.engine.write { try $0.execute("DELETE FROM schema_migrations WHERE number > 3") }
        let application = try await application(store)
        try await application.test(.router) { client in
            try await client.execute(uri: "/readyz", method: .get) { response in
                #expect(response.status == .serviceUnavailable)
                #expect(String(buffer: response.body).contains("schema is 3"))
            }
            try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
        }
    }

    @Test("calls to Okta are counted from the start of the process, each once", arguments: TestEngine.available)
    func calls(_ engine: TestEngine) async throws {
        let folder = try TemporaryFolder()
        let store = try await store(engine, in: folder)
        func insert(_ positions: ClosedRange<Int64>) async throws {
            try await store.engine.write { connection in
                for position in positions {
                    try connection.execute(
                        """
                        INSERT INTO calls (workspace_id, integration_id, position, called_at, method, path, call_class,
                            bucket, status, bytes, duration_us, retry, chain_sha256)
                        VALUES ($1, 1, $2, 0, 'GET', '/api/v1/users', 'users', 'users', 200, 1, 1, 0, $3)
                        """, [.integer(store.workspaceID), .integer(position), .blob([0])])
                }
            }
        }
        try await store.engine.write { connection in
            try connection.execute(
                """
                INSERT INTO integrations (workspace_id, integration_id, name, base_url, org_id, credential_kind,
                    created_at) VALUES ($1, 1, 'acme', 'https://acme.okta.com', 'o', 'apiToken', 0)
                """, [.integer(store.workspaceID)])
        }
        try await insert(1...5)
        let counts = try await CallCounts(store: store)
        #expect(try await counts.counts().isEmpty)
        try await insert(6...8)
        #expect(try await Array(counts.counts().values) == [3])
        try await insert(9...9)
        #expect(try await Array(counts.counts().values) == [4])
        #expect(try await Array(counts.counts().values) == [4])
    }

    @Test("labels cannot break out of their quotes")
    func escaping() {
        var metrics = MetricsText()
        metrics.sample("m", [("name", "a\"b\\c\nd")], 1.5)
        #expect(metrics.text == "m{name=\"a\\\"b\\\\c\\nd\"} 1.5\n")
    }
}

import Analysis
import DatabaseEngine
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@Suite(
    "What pages ask of PostgreSQL stays within its workspace",
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
struct RoutablePagesTests {
    @Test("every statement of every page names its workspace, for each of its tables")
    func pages() async throws {
        let server = TestServer.own()
        defer { server.stop() }
        let address = try await server.loggedAddress()
        try await PagesFixture.with(.postgresql, address: address) { fixture in
            // What is kept for pages to read, and then read.
            try await fixture.sample.store.keepUsage(now: SampleStore.now)
            for noun in ["usage-apps", "usage-departments", "usage-months"] {
                #expect(try await fixture.get("/\(noun).csv").status == .ok)
            }
            for path in try await fixture.examples() {
                let response = try await fixture.get(path)
                #expect(response.status.code < 400, "\(path)")
            }
            let tables = Set(try await fixture.sample.store.engine.read { try $0.tables().map(\.name) })
            let loose = RoutableStatement.loose(in: try server.statements(), tables: tables)
            #expect(loose == [], "\(loose.joined(separator: "\n\n"))")
        }
    }
}

import DatabaseEngine
import Directory
import OktaSimulator
import Storage
import Support
import Sync
import Testing

@Suite(
    "What a sync asks of PostgreSQL stays within its workspace",
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
struct RoutableTests {
    @Test(
        "every statement of a first and a second sync, of a reading of the past and of an erasure names its workspace")
    func sync() async throws {
        let server = TestServer.own()
        defer { server.stop() }
        let engine = try Engine(path: try await server.loggedAddress(), connections: 4)
        let fixture = try await TenantFixture(okta: TenantFixture.eager, engine: engine)
        defer { fixture.remove() }
        try await withSimulator(people: 60) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let first = try await fixture.integrations.sync(integration)
            #expect(first.run.status == .complete)
            let second = try await fixture.integrations.sync(integration)
            #expect(second.run.status == .complete)
            try await read(fixture.store, integration)
            try await fixture.store.erase(integration.id)
        }
        let tables = Set(try await engine.read { try $0.tables().map(\.name) })
        let statements = try server.statements()
        #expect(statements.count > 100)
        let loose = RoutableStatement.loose(in: statements, tables: tables)
        #expect(loose == [], "\(loose.joined(separator: "\n\n"))")
    }

    private func read(_ store: Store, _ integration: Integration) async throws {
        let now = Timestamp.now
        let past = Moment(asOf: .at(now.advanced(bySeconds: -86_400 * 7)), now: now)
        for moment in [Moment(now: now), past] {
            _ = try await store.stateHash(moment.asOf)
            _ = try await store.latestEvents(limit: 5, moment)
            _ = try await store.grade(of: moment.asOf)
            for noun in ["users", "groups", "apps", "assignments", "memberships", "roles"] {
                let list = try #require(ListDefinition.named(noun, moment))
                for request in [ListRequest(), ListRequest(search: "a")] { _ = try await store.list(list, request) }
            }
        }
        _ = try await store.coverage(of: integration.id)
        _ = try await store.latestRun(of: integration.id)
        _ = try await store.gauges(of: integration.id)
        _ = try await store.logGaps(of: integration.id)
    }

    @Test("a statement that leaves its workspace is noticed")
    func noticed() {
        let tables: Set<String> = ["users", "apps", "runs"]
        for (sql, loose) in [
            ("SELECT * FROM users", ["users"]), ("SELECT * FROM users WHERE workspace_id = $1", []),
            ("SELECT * FROM users u JOIN apps a ON a.workspace_id = u.workspace_id", []),
            ("SELECT * FROM users u JOIN apps a ON a.app_key = u.user_key WHERE u.workspace_id = $1", ["apps"]),
            ("SELECT * FROM users u, apps a WHERE u.workspace_id = $1", ["apps"]),
            ("SELECT * FROM users u WHERE u.workspace_id = $1 AND EXISTS (SELECT 1 FROM runs)", ["runs"]),
            ("SELECT * FROM users WHERE EXISTS (SELECT 1 FROM runs WHERE workspace_id = $1)", ["users"]),
            ("INSERT INTO users (workspace_id, user_key) VALUES ($1, $2)", []),
            ("INSERT INTO users (user_key) VALUES ($2)", ["users"]),
            ("UPDATE users SET status = 'workspace_id'", ["users"]),
            ("DELETE FROM runs WHERE workspace_id = $1 AND run_id = 2", []),
        ] {
            #expect(RoutableStatement(sql, tables: tables).loose == loose, "\(sql)")
        }
    }
}

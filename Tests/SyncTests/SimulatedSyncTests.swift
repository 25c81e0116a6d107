import DatabaseEngine
import Directory
import Foundation
import OktaAPI
import OktaSimulator
import Problems
import Storage
import Support
import Sync
import Testing

@Suite("A simulated tenant is synced")
struct SimulatedSyncTests {
    @Test("the store holds what the tenant says is true", arguments: TestEngine.available)
    func truth(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let outcome = try await fixture.integrations.sync(integration)
            #expect(outcome.problem == nil)
            #expect(outcome.run.status == .complete)
            #expect(outcome.run.quarantined == 0)
            try await expect(
                "users", "SELECT okta_id, status FROM users WHERE valid_to IS NULL", ["id", "status"], simulator,
                fixture)
            try await expect(
                "groups", "SELECT okta_id, name FROM user_groups WHERE valid_to IS NULL", ["id", "name"], simulator,
                fixture)
            try await expect(
                "apps", "SELECT okta_id, label FROM apps WHERE valid_to IS NULL", ["id", "label"], simulator, fixture)
            try await expect(
                "memberships",
                """
                SELECT g.okta_id, u.okta_id FROM memberships m JOIN objects g ON g.object_key = m.group_key
                JOIN objects u ON u.object_key = m.user_key WHERE m.valid_to IS NULL
                """, ["group_id", "user_id"], simulator, fixture)
            try await expect(
                "assignments",
                """
                SELECT a.okta_id, u.okta_id, CASE x.scope WHEN 1 THEN 'USER' ELSE 'GROUP' END, coalesce(g.okta_id, '')
                FROM assignments x JOIN objects a ON a.object_key = x.app_key
                JOIN objects u ON u.object_key = x.user_key LEFT JOIN objects g ON g.object_key = x.group_key
                WHERE x.valid_to IS NULL
                """, ["app_id", "user_id", "scope", "group_id"], simulator, fixture)
        }
    }

    @Test("connecting again brings the address and the contact that were given then", arguments: TestEngine.available)
    func connectedAgain(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        func connect(_ contact: String?) async throws -> (Integration, Int) {
            try await withSimulator(people: 20) { simulator, port in
                let (integration, _) = try await fixture.integrations.connect(
                    name: "acme", contact: contact, domain: try OktaDomain(pasted: "http://127.0.0.1:\(port)"),
                    credential: .apiToken(simulator.token))
                #expect(try await fixture.integrations.sync(integration).problem == nil)
                return (integration, port)
            }
        }
        let (first, _) = try await connect("ann@acme.example")
        let (second, port) = try await connect("bob@acme.example")
        #expect(second.id == first.id && second.contact == "bob@acme.example")
        #expect(second.baseURL == "http://127.0.0.1:\(port)" && second.baseURL != first.baseURL)
        #expect(try await connect(nil).0.contact == "bob@acme.example")
    }

    @Test("erasing a tenant leaves no row of it in any table", arguments: TestEngine.available)
    func erased(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            _ = try await fixture.integrations.sync(integration)
            try await fixture.store.erase(integration.id)
            let left = try await fixture.store.engine.read { connection in
                try connection.tables(having: "workspace_id").filter { table in
                    if ["workspaces", "workspace_counters", "audit_trail"].contains(table) { return false }
                    return try connection.first("SELECT 1 FROM \(table) LIMIT 1", [], { _ in true }) ?? false
                }
            }
            #expect(left == [])
        }
    }

    @Test(
        "a second sync of an unchanged tenant changes nothing, and asks as many calls as it predicted",
        arguments: TestEngine.available)
    func secondSync(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            _ = try await fixture.integrations.sync(integration)
            let before = try await contents(of: fixture.store)
            let second = try await fixture.integrations.sync(integration).run
            #expect(try await contents(of: fixture.store) == before)
            #expect(second.counts.allSatisfy { $0.added == 0 && $0.changed == 0 && $0.closed == 0 })
            #expect(second.predictedCalls == second.totalCalls)
        }
    }

    @Test(
        "a run that is cancelled again and again ends with the store of an unbroken one, and reads no page twice",
        arguments: TestEngine.available, [(people: 120, apps: 12, groups: 15), (people: 30, apps: 60, groups: 50)])
    func interrupted(_ engine: TestEngine, _ size: (people: Int, apps: Int, groups: Int)) async throws {
        let whole = try await TenantFixture(engine, okta: TenantFixture.eager)
        let broken = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer {
            whole.remove()
            broken.remove()
        }
        try await withSimulator(people: size.people, apps: size.apps, groups: size.groups) { simulator, port in
            let integration = try await whole.connect(port: port, token: simulator.token)
            let unbroken = try await whole.integrations.sync(integration).run
            let second = try await broken.connect(port: port, token: simulator.token)
            var run: RunRecord?
            var interruptions = 0
            while run?.finishedAt == nil {
                let stopAfter = 3 + interruptions * 2
                run = try await Self.syncStopping(second, afterPages: stopAfter, broken).run
                if run?.status == .interrupted { interruptions += 1 }
                try #require(interruptions < 60)
            }
            #expect(interruptions > 2)
            // Small tenants with many apps are read from people's side, in every attempt.
            let choices = try #require(run).choices
            #expect(choices.map(\.way) == unbroken.choices.map(\.way))
            #expect(choices.contains { $0.way == "person" } == (size.people < size.apps))
            #expect(run?.status == .complete)
            #expect(try await contents(of: broken.store) == contents(of: whole.store))
            #expect(try await broken.store.stateHash(.now) == whole.store.stateHash(.now))
            let repeated = try await broken.rows(
                """
                SELECT path FROM calls WHERE run_id IS NOT NULL AND status = 200 AND call_class <> 'token'
                GROUP BY path HAVING count(*) > 1
                """)
            #expect(repeated == [])
            #expect(run?.totalCalls ?? 0 >= unbroken.totalCalls)
        }
    }

    /// Syncs until some calls were made, then stops as if the process had been told to.
    static func syncStopping(
        _ integration: Integration, afterPages pages: Int, _ fixture: TenantFixture
    ) async throws -> SyncOutcome {
        try await withThrowingTaskGroup(of: SyncOutcome?.self) { group in
            group.addTask { try await fixture.integrations.sync(integration) }
            group.addTask {
                let begin = try await fixture.store.callCount(of: integration.id)
                while try await fixture.store.callCount(of: integration.id) < begin + pages {
                    try await Task.sleep(for: .milliseconds(1))
                }
                return nil
            }
            var result = try await group.next() ?? nil
            group.cancelAll()
            while result == nil, let next = try await group.next() { result = next }
            return try #require(result)
        }
    }

    private func expect(
        _ table: String, _ sql: String, _ columns: [String], _ simulator: Simulator, _ fixture: TenantFixture
    ) async throws {
        let truth = try simulator.print(table, asOf: nil)
        let indexes = columns.compactMap { truth.columns.firstIndex(of: $0) }
        try #require(indexes.count == columns.count)
        let expected = truth.rows.map { row in indexes.map { row[$0] }.joined(separator: "|") }.sorted()
        let stored = try await fixture.rows(sql).map { row in
            row.map { if case .text(let text) = $0 { text } else { "" } }.joined(separator: "|")
        }.sorted()
        #expect(!expected.isEmpty)
        #expect(stored == expected, "\(table) differ from the tenant's truth")
    }
}

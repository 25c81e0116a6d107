import DatabaseEngine
import OktaSimulator
import Storage
import Sync
import Testing

@Suite("The ledger holds every call")
struct JournalTests {
    @Test(
        "the calls of pages that could not be written are in the ledger all the same",
        arguments: [("memberships", "group_users"), ("log_events", "logs"), ("assignments", "app_users")])
    func failedWrite(_ table: String, _ callClass: String) async throws {
        let fixture = try await TenantFixture(okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            try await fixture.store.engine.write { connection in
                try connection.execute(
                    "CREATE TRIGGER full BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'no room'); END")
            }
            let failed = try await fixture.integrations.sync(integration)
            #expect(failed.problem != nil)
            let read = try await fixture.rows(
                "SELECT count(*) FROM calls WHERE call_class = '\(callClass)' AND items > 1")
            #expect(read != [[0]])
            // Mended, the run goes on and asks once more for what was not written.
            try await fixture.store.engine.write { try $0.execute("DROP TRIGGER full") }
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.status == .complete && run.attempts == 2)
            let calls = try await fixture.rows("SELECT count(*) FROM calls WHERE run_id IS NOT NULL")
            #expect(calls == [[.integer(Int64(run.totalCalls))]])
        }
    }
}

import DatabaseEngine
import OktaSimulator
import Storage
import Support
import Sync
import Testing

@Suite("The ledger holds every call")
struct JournalTests {
    @Test(
        "the calls of pages that could not be written are in the ledger all the same",
        arguments: TestEngine.available,
        [("memberships", "group_users"), ("log_events", "logs"), ("assignments", "app_users")])
    func failedWrite(_ engine: TestEngine, _ wanted: (String, String)) async throws {
        let (table, callClass) = wanted
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            try await fixture.store.engine.write { connection in
                try connection.refuseRows(into: table)
            }
            let failed = try await fixture.integrations.sync(integration)
            #expect(failed.problem != nil)
            let read = try await fixture.rows(
                "SELECT count(*) FROM calls WHERE call_class = '\(callClass)' AND items > 1")
            #expect(read != [[0]])
            // Mended, the run goes on and asks once more for what was not written.
            try await fixture.store.engine.write { try $0.acceptRows(into: table) }
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.status == .complete && run.attempts == 2)
            let calls = try await fixture.rows("SELECT count(*) FROM calls WHERE run_id IS NOT NULL")
            #expect(calls == [[.integer(Int64(run.totalCalls))]])
        }
    }
}

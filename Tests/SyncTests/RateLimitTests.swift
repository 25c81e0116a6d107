import DatabaseEngine
import OktaAPI
import OktaSimulator
import Storage
import Sync
import Testing

@Suite("Rate limits are kept")
struct RateLimitTests {
    @Test("under a tenant's limits, no call is refused by our own fault, and the prediction holds within 2 %")
    func workforce() async throws {
        let fixture = try await TenantFixture(okta: OktaClientConfiguration())
        defer { fixture.remove() }
        try await withSimulator(people: 200, apps: 40, groups: 40, limits: .workforce, limitWindow: 1) {
            simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.status == .complete)
            #expect(run.rateLimited == 0)
            let predicted = try #require(run.predictedCalls)
            #expect(
                abs(predicted - run.totalCalls) * 50 <= run.totalCalls,
                "\(run.calls.filter { $0.calls != $0.predicted }), \(run.retries) repeated")
        }
    }

    @Test("factors of others are read beside the slowest limit, those never read first, until everybody's are")
    func factorsWithinBudget() async throws {
        let fixture = try await TenantFixture(okta: OktaClientConfiguration())
        defer { fixture.remove() }
        try await withSimulator(people: 600, apps: 70, groups: 20, limits: .workforce, limitWindow: 1) {
            simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let plan = try await fixture.integrations.plan(integration)
            let planned = try #require(plan.choices.first { $0.list == "factors" }).calls
            #expect(planned > 100)
            var read: Int64 = 0
            for isFirst in [true, false] {
                let run = try await fixture.integrations.sync(integration).run
                #expect(run.status == .complete && run.rateLimited == 0)
                let calls = try #require(run.calls.first { $0.callClass == "factors" })
                let others = try #require(run.choices.first { $0.list == "factors" }).calls
                #expect(calls.calls >= others)
                // A first sync fills what is left when it has counted the tenant, which may be little.
                if !isFirst {
                    #expect(others > 100)
                    #expect(calls.predicted == calls.calls)
                }
                let reads = try await fixture.rows("SELECT count(*) FROM factor_reads")
                guard case .integer(let now)? = reads.first?.first else { throw CancellationError() }
                let people = try await fixture.rows(
                    "SELECT count(*) FROM users WHERE valid_to IS NULL AND status <> 'DEPROVISIONED'")
                // Nobody is read a second time while others wait for their first.
                #expect(now - read >= Int64(others) || people == [[.integer(now)]])
                read = now
            }
        }
    }
}

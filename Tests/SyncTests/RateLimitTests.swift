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
            #expect(abs(predicted - run.totalCalls) * 50 <= run.totalCalls)
        }
    }
}

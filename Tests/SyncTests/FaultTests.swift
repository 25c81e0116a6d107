import Directory
import Foundation
import OktaAPI
import OktaSimulator
import Problems
import Storage
import Support
import Sync
import Testing

/// What a tenant can do to a sync, and what the sync makes of it.
struct FaultCase: Sendable, CustomTestStringConvertible {
    let faults: [String]
    let status: RunStatus
    var problem: String?
    var coverage: [Resource: Coverage] = [:]

    var testDescription: String { faults.joined(separator: " + ") }

    static let cases: [FaultCase] = [
        FaultCase(faults: ["429-minute=5"], status: .complete),
        FaultCase(faults: ["429-concurrency=5"], status: .complete),
        FaultCase(faults: ["500=0.1"], status: .complete),
        FaultCase(faults: ["truncate=0.1"], status: .complete),
        FaultCase(faults: ["html=0.1"], status: .complete),
        FaultCase(faults: ["slow=0.1:40"], status: .complete),
        FaultCase(faults: ["expired-cursor=2"], status: .complete),
        FaultCase(faults: ["loop-next"], status: .partial, problem: "okta.paging.loop"),
        FaultCase(faults: ["delete-mid-sync=3"], status: .complete),
        FaultCase(faults: ["revoke-after=30"], status: .interrupted, problem: "okta.token.rejected"),
        FaultCase(
            faults: ["forbid=roles"], status: .partial, coverage: [.roles: .forbidden(code: "E0000006")]),
        FaultCase(
            faults: ["forbid=memberships"], status: .partial, coverage: [.memberships: .forbidden(code: "E0000006")]),
        FaultCase(
            faults: ["unavailable=logs"], status: .partial, coverage: [.logs: .unavailable(code: "E0000015")]),
        FaultCase(faults: ["500=0.05", "429-minute=3", "expired-cursor=1"], status: .complete),
        FaultCase(faults: ["html=0.05", "429-concurrency=3", "delete-mid-sync=2"], status: .complete),
        FaultCase(
            faults: ["truncate=0.05", "slow=0.05:30", "forbid=api_tokens"], status: .partial,
            coverage: [.apiTokens: .forbidden(code: "E0000006")]),
    ]
}

@Suite("Bad days")
struct FaultTests {
    @Test(
        "each fault ends in the right status, and a clean run afterwards in the store of a tenant without faults",
        arguments: TestEngine.available, FaultCase.cases)
    func fault(_ engine: TestEngine, _ fault: FaultCase) async throws {
        let clean = try await TenantFixture(engine, okta: TenantFixture.eager)
        let faulty = try await TenantFixture(engine, okta: TenantFixture.eager, closureShare: 1)
        defer {
            clean.remove()
            faulty.remove()
        }
        // Connected while all is well: the faults meet the sync.
        let integration = try await withSimulator(people: 250) { simulator, port in
            let integration = try await clean.connect(port: port, token: simulator.token)
            _ = try await clean.integrations.sync(integration)
            return try await faulty.connect(port: port, token: simulator.token)
        }
        try await withSimulator(people: 250, faults: fault.faults, limitWindow: 1) { simulator, port in
            try await faulty.move(integration, to: port)
            let run = try await faulty.integrations.sync(faulty.integration(integration)).run
            #expect(run.status == fault.status)
            #expect(run.problem?.id == fault.problem)
            for (resource, coverage) in fault.coverage { #expect(run.coverage[resource] == coverage) }
            #expect(run.quarantined == 0)
        }
        try await withSimulator(people: 250) { simulator, port in
            try await faulty.move(integration, to: port)
            var run = try await faulty.integrations.sync(faulty.integration(integration)).run
            // A run that was interrupted goes on first; what it read before the fault is read again by the next.
            run = try await faulty.integrations.sync(faulty.integration(integration)).run
            #expect(run.status == .complete)
            let (ended, expected) = (try await openContents(of: faulty.store), try await openContents(of: clean.store))
            #expect(differences(ended, expected) == [])
        }
    }

    @Test(
        "a tenant that shows no users is refused with its remedy, and nothing is closed",
        arguments: TestEngine.available)
    func emptyUsers(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        let integration = try await withSimulator(people: 250) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            _ = try await fixture.integrations.sync(integration)
            return integration
        }
        let before = try await contents(of: fixture.store)
        try await withSimulator(people: 250, faults: ["empty-users"]) { simulator, port in
            try await fixture.move(integration, to: port)
            let outcome = try await fixture.integrations.sync(fixture.integration(integration))
            #expect(outcome.run.status == .failed)
            #expect(outcome.problem?.id == "okta.users.empty")
            #expect(outcome.problem?.remedy.isEmpty == false)
            #expect(try await contents(of: fixture.store) == before)
            let newcomer = try await TenantFixture(engine, okta: TenantFixture.eager)
            defer { newcomer.remove() }
            await #expect(throws: Problem.self) { try await newcomer.connect(port: port, token: simulator.token) }
            #expect(try await newcomer.store.integrations().isEmpty)
        }
    }
}

import Directory
import Foundation
import Logging
import OktaSimulator
import Problems
import Storage
import Support
import Synchronization
import Testing

@testable import Sync

@Suite("Several processes share the work", .timeLimit(.minutes(10)))
struct FleetTests {
    @Test(
        "a run stops when another process took over, and that one ends it with the same store",
        arguments: TestEngine.available)
    func takenOver(_ engine: TestEngine) async throws {
        let (clean, shared) = (
            try await TenantFixture(engine), try await TenantFixture(engine, okta: TenantFixture.eager)
        )
        defer {
            clean.remove()
            shared.remove()
        }
        try await withSimulator { simulator, port in
            let whole = try await clean.connect(port: port, token: simulator.token)
            _ = try await clean.integrations.sync(whole)
            let integration = try await shared.connect(port: port, token: simulator.token)
            let store = shared.store
            let (pages, page) = AsyncStream<Void>.makeStream()
            let integrations = shared.integrations
            async let stopped = outcome { () async throws(Problem) in
                try await integrations.sync(integration) { _ in page.finish() }
            }
            for await _ in pages {}
            // As if the first one had been silent for longer than its lease; between two of its writes.
            var taken: Lease?
            while taken == nil {
                taken = try await store.takeLease(
                    of: integration.id, owner: "another", for: .work, seconds: 30, evenIfHeld: true)
            }
            let other = try #require(taken)
            let result = await stopped
            #expect(throws: Problem.self) { try result.get() }
            if case .failure(let problem) = result { #expect(problem.id == "sync.lease.lost") }
            #expect(try await store.latestRun(of: integration.id)?.status == .running)
            let ended = try await integrations.sync(integration, under: other, full: false) { _ in }
            #expect(ended.run.status == .complete && ended.run.id == 1 && ended.run.attempts == 2)
            let (left, right) = (try await contents(of: store), try await contents(of: clean.store))
            #expect(left == right, "\(differences(left, right))")
        }
    }

    @Test(
        "a process that only shows pages asks the one that works, and sees how far it is",
        arguments: TestEngine.available)
    func asked(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            try await fixture.store.schedule(integration.id, .onRequest)
            let web = fixture.scheduler(works: false)
            try await web.request(integration.id)
            #expect(await web.isBusy(integration.id))
            // Twice is once.
            try await web.request(integration.id)
            let worker = fixture.scheduler()
            try await fixture.working(worker) {
                while await web.isBusy(integration.id) { try await Task.sleep(for: .milliseconds(20)) }
                let runs = try await fixture.store.runs(of: integration.id)
                #expect(runs.map(\.status) == [.complete])
                // A command that finds the tenant taken asks too, and waits for the end.
                let outcome = try await fixture.integrations.sync(integration)
                #expect(outcome.run.id == 2 && outcome.run.status == .complete)
            }
            #expect(try await fixture.store.leaseHolder(of: integration.id) == nil)
        }
    }

    @Test(
        "two workers share the tenants of several workspaces; when one ends, the other has all",
        arguments: [TestEngine.postgresql].filter(TestEngine.available.contains))
    func shared(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        let store = fixture.store
        for name in ["one", "two", "three", "four"] {
            let workspace = try await Store.open(store.engine, workspace: name, now: .now)
            let added = try await workspace.addIntegration(
                name: name, baseURL: "https://\(name).okta.com", organization: Organization(id: name), contact: nil,
                credentialKind: "apiToken", sealedCredential: [], now: .now)
            try await workspace.schedule(added.id, .onRequest)
        }
        func held() async throws -> Int {
            try await store.engine.tenantDuties().count { !$0.isFree }
        }
        // Half of four are two: neither takes more while the other lives.
        _ = try await store.engine.noteWorker("the other", tenants: 2, seconds: 30)
        let first = fixture.scheduler()
        try await fixture.working(first) {
            while try await held() < 2 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await held() == 2)
            try await store.engine.forgetWorker("the other")
            while try await held() < 4 { try await Task.sleep(for: .milliseconds(100)) }
        }
        #expect(try await held() == 0)
    }

    @Test(
        "a tenant that is disconnected and erased in the middle of a run is let go first",
        arguments: TestEngine.available)
    func disconnected(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator(faults: ["slow=1:50"]) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let worker = fixture.scheduler()
            try await fixture.working(worker) {
                while await worker.progress(of: integration.id) == nil {
                    try await Task.sleep(for: .milliseconds(20))
                }
                try await fixture.integrations.disconnect(integration, eraseData: true)
            }
            #expect(try await fixture.store.integrations().isEmpty)
            #expect(try await fixture.rows("SELECT 1 FROM runs").isEmpty)
        }
    }
}

extension TenantFixture {
    fileprivate func scheduler(works: Bool = true) -> SyncScheduler {
        SyncScheduler(
            integrations: integrations, store: store, interval: .seconds(3600), works: works,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Lets a scheduler work for the length of a body.
    fileprivate func working(_ scheduler: SyncScheduler, _ body: () async throws -> Void) async throws {
        let work = Task { await scheduler.run() }
        do { try await body() } catch {
            work.cancel()
            await work.value
            throw error
        }
        work.cancel()
        await work.value
    }
}

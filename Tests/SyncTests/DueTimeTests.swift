import Directory
import Foundation
import Logging
import OktaAPI
import OktaSimulator
import Problems
import Support
import Testing

@testable import Storage
@testable import Sync

@Suite("When a tenant is synced without anybody asking")
struct DueTimeTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let due = DueTime(usualSeconds: 3600)

    @Test("a tenant that was never synced is due at once, unless it is synced on request only")
    func never() async throws {
        #expect(due.of(try await integration(), after: nil, now: now) == now)
        #expect(due.of(try await integration(.onRequest), after: nil, now: now) == nil)
    }

    @Test("the next sync comes as long after the last one's beginning as the schedule says")
    func schedule() async throws {
        let began = now.advanced(bySeconds: -600)
        let run = run(.complete, startedAt: began)
        #expect(due.of(try await integration(), after: run, now: now) == began.advanced(bySeconds: 3600))
        #expect(
            due.of(try await integration(.every(minutes: 15)), after: run, now: now) == began.advanced(bySeconds: 900))
        #expect(due.of(try await integration(.onRequest), after: run, now: now) == nil)
    }

    @Test("a run that was stopped or killed goes on at once, also where syncs are on request only")
    func stopped() async throws {
        for schedule in [SyncSchedule.usual, .onRequest] {
            let integration = try await integration(schedule)
            #expect(due.of(integration, after: run(.running), now: now) == now)
            #expect(due.of(integration, after: run(.interrupted, problem: "okta.cancelled"), now: now) == now)
        }
    }

    @Test("after an outage the pauses double up to an hour, and differ between tenants")
    func outage() async throws {
        let store = try await self.store()
        defer { store.remove() }
        var pauses: [[Int64]] = []
        for name in ["one", "two", "three", "four"] {
            let integration = try await store.add(name)
            var time = now
            pauses.append([])
            for attempt in 1...12 {
                let run = run(
                    .interrupted, startedAt: now, heartbeatAt: time, failures: attempt, problem: "okta.unreachable")
                let next = try #require(due.of(integration, after: run, now: time))
                let doubled = min(3600, 60 << Int64(attempt - 1))
                let pause = next.seconds - time.seconds
                #expect(pause >= doubled * 4 / 5 && pause <= doubled * 6 / 5)
                pauses[pauses.count - 1].append(pause)
                time = next
            }
        }
        #expect(pauses.allSatisfy { $0[0] <= 72 && $0[11] >= 2880 })
        #expect(Set(pauses.map { $0[0] }).count > 1 && Set(pauses.map { $0[11] }).count == pauses.count)
    }

    @Test("when Okta answers again, whoever asks, a run that nothing answered goes on; one that a list stops waits")
    func answeredAgain() async throws {
        let store = try await self.store()
        defer { store.remove() }
        let added = try await store.add("one")
        try await store.store.noteHealth(of: added.id, answeredAt: now.advanced(bySeconds: 600), problem: nil)
        let integration = try await store.store.integration(named: "one")
        func next(_ problem: OktaProblem, inSilence: Bool = false) -> Int64? {
            var run = run(.interrupted, failures: 9, problem: problem.rawValue)
            run.inSilence = inSilence
            return due.of(integration, after: run, now: now)?.seconds
        }
        let early = try #require(next(.unreachable, inSilence: true))
        #expect(early > now.seconds + 600 && early <= now.seconds + 672)
        #expect(try #require(next(.answerMalformed, inSilence: true)) >= now.seconds + 2880)
        // One list that Okta fails to give while it answers whoever follows the log.
        #expect(try #require(next(.unreachable)) >= now.seconds + 2880)
    }

    @Test(
        "failures in a row are counted: stops and kills are none, and hours of answers end the row",
        arguments: TestEngine.available)
    func counted(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine)
        defer { fixture.remove() }
        let id = try await fixture.add("one").id
        let store = fixture.store
        var time = now
        let failure = RecordedProblem(id: OktaProblem.unreachable.rawValue, title: "", remedy: "")
        let stop = RecordedProblem(id: OktaProblem.cancelled.rawValue, title: "", remedy: "")
        func attempt(lasting seconds: Int64, _ problem: RecordedProblem?) async throws -> Int? {
            let (context, _) = try await store.beginRun(
                of: id, kind: "full", resume: true, now: time, closureShare: 0.2)
            time = time.advanced(bySeconds: seconds)
            if let problem {
                try await store.endRun(context, status: .interrupted, coverage: [:], problem: problem, now: time)
            }
            return try await store.latestRun(of: id)?.failures
        }
        #expect(try await attempt(lasting: 100, failure) == 1)
        #expect(try await attempt(lasting: 100, nil) == 1)
        #expect(try await attempt(lasting: 100, stop) == 1)
        #expect(try await attempt(lasting: 100, failure) == 2)
        #expect(try await attempt(lasting: 7200, failure) == 1)
        #expect(try await store.latestRun(of: id)?.inSilence == true)
        try await store.noteHealth(of: id, answeredAt: time.advanced(bySeconds: 90), problem: nil)
        #expect(try await attempt(lasting: 100, failure) == 2)
        #expect(try await store.latestRun(of: id)?.inSilence == false)
    }

    @Test("a rejected token is not tried again before the next turn, and a disconnected tenant never")
    func stuck() async throws {
        let store = try await self.store()
        defer { store.remove() }
        let added = try await store.add("one")
        let problem = RecordedProblem(id: OktaProblem.tokenRejected.rawValue, title: "", remedy: "")
        try await store.store.noteHealth(of: added.id, answeredAt: nil, problem: problem)
        let interrupted = run(.interrupted, problem: problem.id)
        let stuck = try await store.store.integration(named: "one")
        #expect(due.of(stuck, after: interrupted, now: now) == now.advanced(bySeconds: 3600))
        try await store.store.disconnect(added.id, now: now)
        let all = try await store.store.integrations()
        #expect(all.map { due.of($0, after: interrupted, now: now) } == [nil])
    }

    @Test("an API token that no sync uses is used before Okta ends it", .timeLimit(.minutes(10)))
    func keptAlive() async throws {
        let fixture = try await TenantFixture(okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            try await fixture.store.schedule(integration.id, .onRequest)
            let longAgo = Timestamp.now.advanced(bySeconds: -25 * 86_400)
            try await fixture.store.noteHealth(of: integration.id, answeredAt: longAgo, problem: nil)
            let scheduler = SyncScheduler(
                integrations: fixture.integrations, store: fixture.store, interval: .seconds(3600),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let working = Task { await scheduler.run() }
            while try await fixture.store.integration(named: integration.name).lastCallAt == longAgo {
                try await Task.sleep(for: .milliseconds(20))
            }
            working.cancel()
            await working.value
            #expect(try await fixture.store.latestRun(of: integration.id) == nil)
        }
    }

    // MARK: parts

    private func run(
        _ status: RunStatus, startedAt: Timestamp? = nil, heartbeatAt: Timestamp? = nil, failures: Int = 0,
        problem: String? = nil
    ) -> RunRecord {
        RunRecord(
            id: 1, integrationID: 1, kind: "full", status: status, startedAt: startedAt ?? now,
            heartbeatAt: heartbeatAt ?? now,
            finishedAt: nil, predictedCalls: nil, attempts: 1, failures: failures, retries: 0, rateLimited: 0,
            problem: problem.map { RecordedProblem(id: $0, title: "", remedy: "") }, coverage: [:], counts: [],
            calls: [], choices: [], quarantined: 0, held: 0, drift: nil)
    }

    private func integration(_ schedule: SyncSchedule = .usual) async throws -> Integration {
        let store = try await store()
        defer { store.remove() }
        let added = try await store.add("one")
        try await store.store.schedule(added.id, schedule)
        return try await store.store.integration(named: "one")
    }

    private func store() async throws -> TenantFixture { try await TenantFixture() }
}

extension TenantFixture {
    /// Adds a tenant that is never called.
    fileprivate func add(_ name: String) async throws -> Integration {
        try await store.addIntegration(
            name: name, baseURL: "https://\(name).okta.com", organization: Organization(id: name), contact: nil,
            credentialKind: "apiToken", sealedCredential: [], now: Timestamp(seconds: 1_800_000_000))
    }
}

import DatabaseEngine
import Directory
import Dispatch
import Problems
import Storage
import Support
import Testing

@Suite("One process at a time works for a tenant")
struct LeaseTests {
    @Test("who is first has the tenant, until it is given up or its holder is silent", arguments: TestEngine.available)
    func taken(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        let first = try #require(try await fixture.take("one"))
        #expect(first.fence == 1)
        #expect(try await fixture.take("two") == nil)
        let holder = try #require(try await fixture.store.leaseHolder(of: fixture.integrationID))
        #expect(holder.owner == "one" && holder.purpose == .work && (28...30).contains(holder.secondsLeft))
        try await fixture.store.release(first)
        let second = try #require(try await fixture.take("two"))
        #expect(second.fence == 2)
        // What was given up cannot be given up, or kept, once more.
        try await fixture.store.release(first)
        #expect(try await fixture.store.renew(first, seconds: 30) == .lost)
        #expect(try await fixture.store.renew(second, seconds: 30) == .held)
        try await fixture.silence()
        #expect(try await fixture.store.leaseHolder(of: fixture.integrationID) == nil)
        let third = try #require(try await fixture.take("three"))
        #expect(third.fence == 3)
        #expect(try await fixture.store.renew(second, seconds: 30) == .lost)
        try await fixture.store.disconnect(fixture.integrationID, now: RecordingFixture.start)
        #expect(try await fixture.store.renew(third, seconds: 30) == .unwanted)
    }

    @Test("there is no lease of a tenant that does not exist, and none is left of one that was erased")
    func gone() async throws {
        let fixture = try await RecordingFixture()
        defer { fixture.remove() }
        let none = try await fixture.store.takeLease(of: 99, owner: "one", for: .work, seconds: 30)
        #expect(none == nil)
        let lease = try await fixture.take("one")
        try await fixture.store.erase(fixture.integrationID, under: lease)
        #expect(try await fixture.rows("SELECT count(*) FROM leases") == [[.integer(0)]])
    }

    @Test("nothing is written by a run whose tenant another process took over", arguments: TestEngine.available)
    func fenced(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        let lease = try #require(try await fixture.take("one"))
        let store = fixture.store
        let (context, _) = try await store.beginRun(
            of: fixture.integrationID, kind: "full", resume: true, now: RecordingFixture.start, closureShare: 0.2,
            under: lease)
        _ = try await store.record(context) { writer in try writer.key(of: "00u1") }
        try await fixture.silence()
        // Silent, but nobody took over: it may go on.
        _ = try await store.record(context) { writer in try writer.key(of: "00u2") }
        let other = try #require(try await fixture.take("two"))
        func expectLost(_ what: String, _ body: () async throws -> Void) async {
            let problem = await #expect(throws: Problem.self, "\(what)") { try await body() }
            #expect(problem?.id == "sync.lease.lost" && problem?.kind == .resumable, "\(what)")
        }
        await expectLost("a page") { _ = try await store.record(context) { try $0.key(of: "00u3") } }
        await expectLost("a prediction") { try await store.notePrediction(["users": 1], total: 1, of: context) }
        await expectLost("departments") { try await store.keepDepartments(of: context) }
        await expectLost("the log's beginning") {
            try await store.beginLog(of: fixture.integrationID, since: RecordingFixture.start, under: lease)
        }
        await expectLost("the end") {
            try await store.endRun(
                context, status: .complete, coverage: [:], problem: nil, now: RecordingFixture.start)
        }
        await expectLost("a new run") {
            _ = try await store.beginRun(
                of: fixture.integrationID, kind: "full", resume: true, now: RecordingFixture.start, closureShare: 0.2,
                under: lease)
        }
        let keys = try await fixture.rows("SELECT okta_id FROM objects ORDER BY okta_id")
        #expect(keys == [[.text("00u1")], [.text("00u2")]])
        #expect(try await store.run(context.runID)?.status == .running)
        // The one who took over goes on with the same run.
        let (next, resumed) = try await store.beginRun(
            of: fixture.integrationID, kind: "full", resume: true, now: RecordingFixture.start, closureShare: 0.2,
            under: other)
        #expect(resumed && next.runID == context.runID)
    }

    @Test(
        "a tenant cannot be taken from a holder that is just writing, however long it was silent",
        .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
    func writing() async throws {
        let fixture = try await RecordingFixture(.postgresql)
        defer { fixture.remove() }
        let lease = try #require(try await fixture.take("one"))
        try await fixture.silence()
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        async let holding: Void = fixture.store.write(under: lease) { _ in
            begin.finish()
            gate.wait()
        }
        for await _ in begun {}
        #expect(try await fixture.take("two") == nil)
        // Its own sign of life does not wait for what it writes.
        #expect(try await fixture.store.renew(lease, seconds: 30) == .held)
        gate.signal()
        try await holding
    }

    @Test(
        "a sync is asked for once, however often, and the run that begins fulfils it", arguments: TestEngine.available)
    func requests(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        let (store, id) = (fixture.store, fixture.integrationID)
        try await store.requestSync(of: id, now: RecordingFixture.start)
        try await store.requestSync(of: id, afresh: true, now: RecordingFixture.time(day: 1))
        try await store.requestSync(of: id, now: RecordingFixture.time(day: 2))
        let request = try #require(try await store.syncRequest(of: id))
        #expect(request.requestedAt == RecordingFixture.start && request.isAfresh)
        #expect(try await store.engine.tenantDuties().map(\.isRequested) == [true])
        try await fixture.run(day: 3) { _ in }
        #expect(try await store.syncRequest(of: id) == nil)
        try await store.requestSync(of: id, now: RecordingFixture.start)
        try await store.withdrawSyncRequest(of: id)
        #expect(try await store.syncRequest(of: id) == nil)
    }

    @Test(
        "a worker sees the connected tenants of all workspaces, and the workers that live",
        arguments: TestEngine.available)
    func duties(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        let other = try await Store.open(fixture.store.engine, workspace: "other", now: RecordingFixture.start)
        for name in ["one", "two"] {
            _ = try await other.addIntegration(
                name: name, baseURL: "https://\(name).okta.com", organization: Organization(id: name), contact: nil,
                credentialKind: "apiToken", sealedCredential: [1], now: RecordingFixture.start)
        }
        try await other.disconnect(2, now: RecordingFixture.start)
        _ = try await fixture.take("me")
        let duties = try await fixture.store.engine.tenantDuties()
        #expect(duties.map(\.tenant.workspaceID) == [fixture.store.workspaceID, other.workspaceID])
        #expect(duties.map(\.isFree) == [false, true])
        #expect(duties.map(\.owner) == ["me", nil])
        #expect(try await other.engine.noteWorker("me", tenants: 1, seconds: 30) == 1)
        #expect(try await other.engine.noteWorker("you", tenants: 0, seconds: 30) == 2)
        #expect(try await other.engine.noteWorker("me", tenants: 2, seconds: 30) == 2)
        try await other.engine.forgetWorker("you")
        #expect(try await other.engine.noteWorker("me", tenants: 1, seconds: 0) == 0)
    }
}

extension RecordingFixture {
    fileprivate func take(_ owner: String) async throws -> Lease? {
        try await store.takeLease(of: integrationID, owner: owner, for: .work, seconds: 30)
    }

    /// Nobody has heard of the holder for longer than its lease.
    fileprivate func silence() async throws {
        try await store.engine.write { try $0.execute("UPDATE leases SET expires_at = 1") }
    }
}

import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite("A run goes on where it stopped")
struct ResumeTests {
    typealias Fixture = RecordingFixture

    private func begin(_ fixture: Fixture, _ integrationID: Int64, day: Int64) async throws -> (RunContext, Bool) {
        try await fixture.store.beginRun(
            of: integrationID, kind: "full", resume: true, now: Fixture.time(day: day), closureShare: 0.2)
    }

    @Test("a run that ends leaves the list of work of another tenant's run alone", arguments: TestEngine.available)
    func otherTenant(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let other = try await fixture.store.addIntegration(
            name: "other", baseURL: "https://other.okta.com", organization: Organization(id: "00o2"), contact: nil,
            credentialKind: "apiToken", sealedCredential: [1], now: Fixture.start)
        let (large, _) = try await begin(fixture, fixture.integrationID, day: 0)
        try await fixture.store.record(large) { writer in
            try writer.expect("group_users", subject: try writer.key(of: "00g1"))
        }
        let (small, _) = try await begin(fixture, other.id, day: 0)
        try await fixture.store.endRun(small, status: .complete, coverage: [:], problem: nil, now: Fixture.start)
        let waiting = try await fixture.store.pendingListings("group_users", of: large, after: 0, limit: 10)
        #expect(waiting.map(\.oktaID) == ["00g1"])
    }

    @Test(
        "a list that was refused half-way begins again from its first page, so that its first half is not missed",
        arguments: TestEngine.available)
    func refusedHalfway(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let (context, _) = try await begin(fixture, fixture.integrationID, day: 0)
        try await fixture.store.record(context) { writer in
            var refused = ListingState(stage: "users")
            refused.progress = .unreadable
            refused.cursor = "/api/v1/users?after=2"
            refused.pages = 1
            try writer.save(refused)
            var done = ListingState(stage: "apps")
            done.progress = .complete
            done.pages = 1
            try writer.save(done)
        }
        try await fixture.store.endRun(context, status: .interrupted, coverage: [:], problem: nil, now: Fixture.start)
        let (again, resumed) = try await begin(fixture, fixture.integrationID, day: 0)
        #expect(resumed && again.runID == context.runID)
        let users = try await fixture.store.listing("users", of: again)
        #expect(users.progress == .pending && users.cursor == nil && users.pages == 0)
    }

    @Test(
        "a run that is older than a day is not gone on with; one that read nothing begins now",
        arguments: TestEngine.available, [0, 1])
    func tooOld(_ engine: TestEngine, _ pages: Int) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let (context, _) = try await begin(fixture, fixture.integrationID, day: 0)
        try await fixture.store.record(context) { writer in
            var listing = ListingState(stage: "users")
            listing.pages = pages
            listing.progress = .walking
            try writer.save(listing)
        }
        let (next, resumed) = try await begin(fixture, fixture.integrationID, day: 2)
        #expect(resumed == (pages == 0))
        #expect((next.runID == context.runID) == (pages == 0))
        #expect(next.seenAt == Fixture.time(day: 2))
        #expect(try await fixture.store.run(context.runID)?.status == (pages == 0 ? .running : .interrupted))
    }

    @Test("a tenant whose apps are all gone at once is held, however few they were", arguments: TestEngine.available)
    func everythingGone(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let apps = ["0oa1", "0oa2"].map { App(id: $0, name: $0, label: $0, status: "ACTIVE") }
        try await fixture.run(day: 0) { try await fixture.walk(AppRecorder(), "apps", apps, in: $0) }
        try await fixture.run(day: 1, status: .held) { context in
            let state = try await fixture.walk(AppRecorder(), "apps", [], in: context)
            #expect(state.progress == .held)
        }
        #expect(try await fixture.rows("SELECT count(*) FROM apps WHERE valid_to IS NULL") == [[2]])
    }

    @Test("an admin who is gone takes the roles along", arguments: TestEngine.available)
    func adminGone(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let role = AdminRole(
            id: "r1", type: "SUPER_ADMIN", label: "Super Administrator", status: "ACTIVE", assignmentType: "USER")
        try await fixture.run(day: 0) { context in
            let users = [Fixture.user("00u1"), Fixture.user("00u2")]
            try await fixture.walk(UserRecorder(), "users", users, in: context)
            try await fixture.walk(RoleRecorder(), "user_roles", subject: "00u1", [role], in: context)
        }
        try await fixture.run(day: 1) { context in
            try await fixture.walk(UserRecorder(), "users", [Fixture.user("00u2")], in: context)
        }
        #expect(try await fixture.rows("SELECT count(*) FROM admin_roles WHERE valid_to IS NULL") == [[0]])
    }
}

import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite("Nothing is deleted because it was absent")
struct ClosureGuardTests {
    typealias Fixture = RecordingFixture

    private func ids(_ count: Int) -> [String] { (0..<count).map { "00u\($0)" } }

    @Test(
        "a walk that misses more than a fifth, and at least ten, is held; a person's accept lets the next one close",
        arguments: TestEngine.available)
    func held(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ids(40), in: $0)
        }
        let second = try await fixture.run(day: 1, status: .held) { context in
            let state = try await fixture.walk(
                MembershipRecorder(), "group_users", subject: "00g1", ids(25), in: context)
            #expect(state.progress == .held)
        }
        let open = "SELECT count(*) FROM memberships WHERE valid_to IS NULL"
        #expect(try await fixture.rows(open) == [[40]])
        let held = try await fixture.store.heldClosures(in: second.id)
        #expect(held.map(\.wouldClose) == [15])
        #expect(held.map(\.openRows) == [40])
        try await fixture.store.acceptHeldClosures(in: second.id, now: Fixture.time(day: 2))
        try await fixture.run(day: 2) { context in
            let state = try await fixture.walk(
                MembershipRecorder(), "group_users", subject: "00g1", ids(25), in: context)
            #expect(state.progress == .complete)
        }
        #expect(try await fixture.rows(open) == [[25]])
    }

    @Test(
        "nine missing rows close at once, however small the list", arguments: TestEngine.available,
        [(9, true), (10, false)])
    func threshold(_ engine: TestEngine, _ wanted: (Int, Bool)) async throws {
        let (missing, closes) = wanted
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ids(12), in: $0)
        }
        try await fixture.run(day: 1) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ids(12 - missing), in: $0)
        }
        let open = try await fixture.rows("SELECT count(*) FROM memberships WHERE valid_to IS NULL")
        #expect(open == [[.integer(closes ? Int64(12 - missing) : 12)]])
    }

    @Test(
        "one group that takes most memberships of the tenant along is held, though it is one of many",
        arguments: TestEngine.available)
    func membersOfOneGroup(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let groups = (0..<30).map { Group(id: "00g\($0)", name: "Group \($0)", type: "OKTA_GROUP") }
        try await fixture.run(day: 0) { context in
            try await fixture.walk(GroupRecorder(), "groups", groups, in: context)
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g0", ids(40), in: context)
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ids(30), in: context)
        }
        let run = try await fixture.run(day: 1, status: .held) { context in
            let state = try await fixture.walk(GroupRecorder(), "groups", Array(groups.dropFirst()), in: context)
            #expect(state.progress == .held)
        }
        let held = try await fixture.store.heldClosures(in: run.id)
        #expect(held.map(\.wouldClose) == [41] && held.map(\.openRows) == [100])
        let open = "SELECT count(*) FROM memberships WHERE valid_to IS NULL"
        #expect(try await fixture.rows(open) == [[70]])
        try await fixture.store.acceptHeldClosures(in: run.id, now: Fixture.time(day: 2))
        try await fixture.run(day: 2) { context in
            try await fixture.walk(GroupRecorder(), "groups", Array(groups.dropFirst()), in: context)
        }
        #expect(try await fixture.rows(open) == [[30]])
    }

    @Test(
        "one app that takes most assignments of the tenant along is held; one with few is ended at once",
        arguments: TestEngine.available)
    func peopleOfOneApp(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let apps = (0..<20).map { App(id: "0oa\($0)", name: "app", label: "App \($0)", status: "ACTIVE") }
        func people(_ count: Int) -> [AppAssignment] {
            ids(count).map { AppAssignment(userID: $0, scope: .user, status: "ACTIVE", assignedAt: nil) }
        }
        try await fixture.run(day: 0) { context in
            try await fixture.walk(AppRecorder(), "apps", apps, in: context)
            try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa0", people(50), in: context)
            try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa1", people(9), in: context)
        }
        try await fixture.run(day: 1) { context in
            let state = try await fixture.walk(AppRecorder(), "apps", apps.filter { $0.id != "0oa1" }, in: context)
            #expect(state.progress == .complete)
        }
        try await fixture.run(day: 2, status: .held) { context in
            let state = try await fixture.walk(AppRecorder(), "apps", Array(apps.dropFirst(2)), in: context)
            #expect(state.progress == .held)
        }
        #expect(try await fixture.rows("SELECT count(*) FROM assignments WHERE valid_to IS NULL") == [[50]])
    }
}

import DatabaseEngine
import Directory
import Problems
import Support
import Testing

@testable import Storage

@Suite("What following the System Log must not end")
struct TailGuardTests: TailFixture {
    @Test(
        "what the log told of is ended though the rest of a list is held, and factors that were not read stay marked",
        arguments: TestEngine.available)
    func toldThoughHeld(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let members = (10..<60).map { "00u\($0)" }
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", members, in: $0)
        }
        let gone = event("group.user_membership.remove", 1, day: 1, [("User", "00u59"), ("UserGroup", "00g1")])
        let enrolled = event("user.mfa.factor.activate", 2, day: 1, [("User", "00u10")])
        try await log([gone, enrolled], fixture, day: 1)
        let run = try await fixture.run(day: 2, status: .held) { context in
            let state = try await fixture.walk(
                MembershipRecorder(), "group_users", subject: "00g1", Array(members.prefix(5)), in: context)
            #expect(state.progress == .held)
            try await fixture.store.tellPassed(context)
        }
        let held = try await fixture.store.heldClosures(in: run.id)
        #expect(held.map(\.wouldClose) == [44])
        let ended = try await fixture.rows(
            """
            SELECT o.okta_id, m.valid_to FROM memberships m JOIN objects o ON o.object_key = m.user_key
            WHERE m.valid_to IS NOT NULL
            """)
        #expect(ended == [["00u59", .integer(Fixture.time(day: 1).rawValue)]])
        #expect(try await marks(fixture).map(\.kind) == [.factors])
    }

    @Test(
        "who is gone loses the roles that the tail learnt of a moment before", arguments: TestEngine.available)
    func goneWithRoles(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let people = (1...30).map { Fixture.user("00u\($0)") }
        try await fixture.run(day: 0) { try await fixture.walk(UserRecorder(), "users", people, in: $0) }
        let context = try await tail(fixture, day: 1)
        try await fixture.store.record(context) { writer in
            var state = ListingState(stage: "user_roles", subject: try writer.key(of: "00u1"))
            let role = AdminRole(
                id: "ra1", type: "SUPER_ADMIN", label: "Super Administrator", status: "ACTIVE", assignmentType: "USER")
            try RoleRecorder().record([role], writer, &state)
            try RoleRecorder().complete(writer, &state)
        }
        #expect(try await fixture.rows("SELECT count(*) FROM admin_roles WHERE valid_to IS NULL") == [[1]])
        try await fixture.run(day: 1) {
            try await fixture.walk(UserRecorder(), "users", Array(people.dropFirst()), in: $0)
        }
        #expect(try await fixture.rows("SELECT count(*) FROM admin_roles WHERE valid_to IS NULL") == [[0]])
    }

    @Test(
        "what the tail learnt a moment before a full sync is not ended by a list that lags",
        arguments: TestEngine.available)
    func lists(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(UserRecorder(), "users", [Fixture.user("00u1")], in: $0)
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1"], in: $0)
        }
        let context = try await tail(fixture, day: 1)
        try await fixture.store.record(context) { writer in
            var state = ListingState(stage: "user", subject: try writer.key(of: "00u2"))
            try OneObjectRecorder<User>.user.record([Fixture.user("00u2")], writer, &state)
            state = ListingState(stage: "user_groups", subject: try writer.key(of: "00u2"))
            try PersonMembershipRecorder().record(["00g1"], writer, &state)
        }
        let open =
            "SELECT (SELECT count(*) FROM users WHERE valid_to IS NULL), count(*) FROM memberships WHERE valid_to IS NULL"
        for (day, left) in [(1, 2), (2, 1)] as [(Int64, Int64)] {
            try await fixture.run(day: day) {
                try await fixture.walk(UserRecorder(), "users", [Fixture.user("00u1")], in: $0)
                try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1"], in: $0)
            }
            #expect(try await fixture.rows(open) == [[.integer(left), .integer(left)]])
        }
    }

    @Test(
        "more than a fifth of a list that no event tells of is left to the next full sync",
        arguments: TestEngine.available)
    func guardAsksNobody(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let members = (10..<60).map { "00u\($0)" }
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", members, in: $0)
        }
        try await log(
            [event("group.user_membership.remove", 1, day: 1, [("User", "00u59"), ("UserGroup", "00g1")])], fixture,
            day: 1)
        let context = try await tail(fixture, day: 1)
        let state = try await fixture.walk(
            MembershipRecorder(), "group_users", subject: "00g1", Array(members.prefix(5)), in: context)
        #expect(state.progress == .complete)
        let open = try await fixture.rows("SELECT count(*) FROM memberships WHERE valid_to IS NULL")
        #expect(open == [[49]])
        #expect(try await fixture.rows("SELECT run_id FROM held_closures") == [])
    }

    @Test(
        "a person's list that is suddenly empty ends only what the log told of", arguments: TestEngine.available)
    func guardOfPeoplesLists(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let groups = (10..<30).map { "00g\($0)" }
        let apps = (10..<30).map { "0oa\($0)" }
        try await fixture.run(day: 0) { context in
            for group in groups {
                try await fixture.walk(
                    MembershipRecorder(), "group_users", subject: group, ["00u1", "00u2"], in: context)
            }
            try await fixture.walk(
                AppRecorder(), "apps", apps.map { App(id: $0, name: "app", label: $0, status: "ACTIVE") }, in: context)
            for app in apps {
                try await fixture.walk(
                    AssignmentRecorder(), "app_users", subject: app,
                    [AppAssignment(userID: "00u1", scope: .user, status: "ACTIVE", assignedAt: nil)], in: context)
            }
        }
        try await log(
            [
                event("group.user_membership.remove", 1, day: 1, [("User", "00u1"), ("UserGroup", "00g10")]),
                event("application.user_membership.remove", 2, day: 1, [("User", "00u1"), ("AppInstance", "0oa10")]),
            ], fixture, day: 1)
        let context = try await tail(fixture, day: 1)
        try await fixture.walk(PersonMembershipRecorder(), "user_groups", subject: "00u1", [], in: context)
        try await fixture.walk(PersonAssignmentRecorder(), "user_apps", subject: "00u1", [], in: context)
        func open(_ table: String) async throws -> [[Value]] {
            try await fixture.rows(
                """
                SELECT count(*) FROM \(table) t JOIN objects o ON o.object_key = t.user_key AND o.okta_id = '00u1'
                WHERE t.valid_to IS NULL
                """)
        }
        #expect(try await open("memberships") == [[19]])
        #expect(try await open("assignments") == [[19]])
        // Some missing ones are nothing to be afraid of.
        let left = groups.dropFirst(4)
        try await fixture.walk(PersonMembershipRecorder(), "user_groups", subject: "00u1", Array(left), in: context)
        #expect(try await open("memberships") == [[16]])
    }

    @Test("what is open of a person is found through the index, not by reading the workspace")
    func peoplesLinksPlan() async throws {
        let fixture = try await Fixture()
        defer { fixture.remove() }
        for table in [MembershipRecorder.table, AssignmentRecorder.table, AppGroupRecorder.table] {
            let plan = try await fixture.store.engine.read {
                try $0.explain(table.openOfObject(among: "TRUE"), [1, 1])
            }
            #expect(plan == ["SEARCH t USING INDEX \(table.byObject) (workspace_id=? AND \(table.object)=?)"])
        }
    }
}

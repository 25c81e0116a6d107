import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite("History is kept as intervals")
struct HistoryTests {
    typealias Fixture = RecordingFixture

    @Test(
        "a member who left has the interval closed at the sync that missed her, and nobody else is touched",
        arguments: TestEngine.available)
    func memberLeaves(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1", "00u2"], in: $0)
        }
        let second = try await fixture.run(day: 1) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u2", "00u3"], in: $0)
        }
        let rows = try await fixture.rows(
            """
            SELECT o.okta_id, m.valid_from, m.valid_to, m.from_how, m.to_how FROM memberships m
            JOIN objects o ON o.object_key = m.user_key ORDER BY o.okta_id
            """)
        let (zero, one) = (Fixture.time(day: 0).rawValue, Fixture.time(day: 1).rawValue)
        #expect(
            rows == [
                ["00u1", .integer(zero), .integer(one), .integer(4), .integer(3)],
                ["00u2", .integer(zero), nil, .integer(4), nil],
                ["00u3", .integer(one), nil, .integer(3), nil],
            ])
        #expect(second.count("memberships") == RunCount(noun: "memberships", seen: 2, added: 1, closed: 1))
        let changes = try await fixture.store.changes(in: second.id)
        #expect(changes.map { "\($0.change) \($0.object)" } == ["added 00u3", "closed 00u1"])
    }

    @Test("an unchanged second sync writes no row and reports no change", arguments: TestEngine.available)
    func nothingChanged(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let users = [Fixture.user("00u1"), Fixture.user("00u2", .suspended)]
        let assignment = AppAssignment(
            userID: "00u1", scope: .user, status: "ACTIVE", assignedAt: Fixture.time(day: -9))
        for day in 0...1 as ClosedRange<Int64> {
            let run = try await fixture.run(day: day) { context in
                try await fixture.walk(UserRecorder(), "users", users, in: context)
                try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa1", [assignment], in: context)
            }
            if day == 1 {
                #expect(run.count("users") == RunCount(noun: "users", seen: 2))
                #expect(run.count("assignments") == RunCount(noun: "assignments", seen: 1))
            }
        }
        let rows = try await fixture.rows("SELECT count(*) FROM users UNION ALL SELECT count(*) FROM assignments")
        #expect(rows == [[2], [1]])
    }

    @Test(
        "a change of status begins at Okta's own date, a change of profile at the sync that saw it",
        arguments: TestEngine.available)
    func userChanges(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(
                UserRecorder(), "users", [Fixture.user("00u1"), Fixture.user("00u2", department: "Sales")], in: $0)
        }
        try await fixture.run(day: 7) {
            let changed = [
                Fixture.user("00u1", .deprovisioned, since: 3), Fixture.user("00u2", department: "Finance"),
            ]
            try await fixture.walk(UserRecorder(), "users", changed, in: $0)
        }
        let rows = try await fixture.rows(
            "SELECT okta_id, status, department, valid_from, valid_to, to_how FROM users ORDER BY okta_id, valid_from")
        let began = Value.integer(Fixture.time(day: -100).rawValue)
        let left = Value.integer(Fixture.time(day: 3).rawValue)
        let moved = Value.integer(Fixture.time(day: 7).rawValue)
        #expect(
            rows == [
                ["00u1", "ACTIVE", nil, began, left, .integer(1)],
                ["00u1", "DEPROVISIONED", nil, left, nil, nil],
                ["00u2", "ACTIVE", "Sales", began, moved, .integer(3)],
                ["00u2", "ACTIVE", "Finance", moved, nil, nil],
            ])
    }

    @Test(
        "an assignment made again begins at its new date; one that only changed its path keeps its date of assignment",
        arguments: TestEngine.available)
    func assignmentChanges(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        func assignment(_ user: String, _ scope: AppAssignment.Scope, since: Int64, group: String? = nil)
            -> AppAssignment
        {
            AppAssignment(
                userID: user, scope: scope, status: "ACTIVE", assignedAt: Fixture.time(day: since), groupID: group)
        }
        try await fixture.run(day: 0) {
            try await fixture.walk(
                AssignmentRecorder(), "app_users", subject: "0oa1",
                [assignment("00u1", .user, since: -50), assignment("00u2", .group, since: -40, group: "00g1")], in: $0)
        }
        try await fixture.run(day: 5) {
            try await fixture.walk(
                AssignmentRecorder(), "app_users", subject: "0oa1",
                [assignment("00u1", .user, since: 2), assignment("00u2", .group, since: -40, group: "00g2")], in: $0)
        }
        let rows = try await fixture.rows(
            """
            SELECT u.okta_id, x.valid_from, x.valid_to, x.assigned_at, coalesce(g.okta_id, '') FROM assignments x
            JOIN objects u ON u.object_key = x.user_key LEFT JOIN objects g ON g.object_key = x.group_key
            ORDER BY u.okta_id, x.valid_from
            """)
        func at(_ day: Int64) -> Value { .integer(Fixture.time(day: day).rawValue) }
        #expect(
            rows == [
                ["00u1", at(-50), at(2), at(-50), ""], ["00u1", at(2), nil, at(2), ""],
                ["00u2", at(-40), at(5), at(-40), "00g1"], ["00u2", at(5), nil, at(-40), "00g2"],
            ])
    }

    @Test(
        "a removed assignment that comes back with its old date begins again when it was seen",
        arguments: TestEngine.available)
    func assignmentReturns(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let item = AppAssignment(userID: "00u1", scope: .user, status: "ACTIVE", assignedAt: Fixture.time(day: -9))
        for (day, items) in [(0, [item]), (1, []), (2, [item])] as [(Int64, [AppAssignment])] {
            try await fixture.run(day: day) {
                try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa1", items, in: $0)
            }
        }
        let rows = try await fixture.rows("SELECT valid_from, valid_to FROM assignments ORDER BY valid_from")
        func at(_ day: Int64) -> Value { .integer(Fixture.time(day: day).rawValue) }
        #expect(rows == [[at(-9), at(1)], [at(2), nil]])
    }

    @Test("a group that is gone takes its memberships with it", arguments: TestEngine.available)
    func groupGone(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) { context in
            let groups = [
                Group(id: "00g1", name: "A", type: "OKTA_GROUP"), Group(id: "00g2", name: "B", type: "OKTA_GROUP"),
            ]
            try await fixture.walk(GroupRecorder(), "groups", groups, in: context)
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1"], in: context)
        }
        try await fixture.run(day: 1) {
            try await fixture.walk(
                GroupRecorder(), "groups", [Group(id: "00g2", name: "B", type: "OKTA_GROUP")], in: $0)
        }
        let open = try await fixture.rows(
            """
            SELECT okta_id FROM user_groups WHERE valid_to IS NULL
            UNION ALL SELECT 'member' FROM memberships WHERE valid_to IS NULL
            """)
        #expect(open == [["00g2"]])
    }

    @Test("before the day Okta made somebody nobody says that they were there", arguments: TestEngine.available)
    func beforeMade(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        var user = Fixture.user("00u1")
        user.statusChanged = nil
        user.created = Fixture.time(day: -50)
        var group = Group(id: "00g1", name: "Sales", type: "OKTA_GROUP")
        let users = [user]
        let undated = [group]
        group.created = Fixture.time(day: -50)
        group.id = "00g2"
        let groups = undated + [group]
        try await fixture.run(day: 0) {
            try await fixture.walk(UserRecorder(), "users", users, in: $0)
            try await fixture.walk(GroupRecorder(), "groups", groups, in: $0)
        }
        let past = Moment(asOf: .at(Fixture.time(day: -60)), now: Fixture.time(day: 0))
        let somebody = await #expect(throws: Problem.self) { _ = try await fixture.store.user("00u1", past) }
        #expect(somebody?.explanation.contains("at that date") == true)
        let made = await #expect(throws: Problem.self) { _ = try await fixture.store.group("00g2", past) }
        #expect(made?.explanation.contains("at that date") == true)
        let unknown = await #expect(throws: Problem.self) { _ = try await fixture.store.group("00g1", past) }
        #expect(unknown?.explanation.contains("It was there before") == true)
    }
}

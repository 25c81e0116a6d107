import Crypto
import DatabaseEngine
import Directory
import Foundation
import Support
import Synchronization
import Testing

@testable import Storage

@Suite struct StateHashTests {
    private static let groups = [
        Group(id: "00g1", name: "Engineers", type: "OKTA_GROUP"), Group(id: "00g2", name: "Sales", type: "OKTA_GROUP"),
    ]
    private static let role = AdminRole(
        id: "irb1", type: "APP_ADMIN", label: "App Admin", status: "ACTIVE", assignmentType: "USER")

    private static func assignment(_ user: String, status: String = "ACTIVE") -> AppAssignment {
        AppAssignment(
            userID: user, scope: .user, status: status, assignedAt: RecordingFixture.time(day: -3), groupID: nil)
    }

    /// What a tenant holds, in two orders.
    private static func record(_ fixture: RecordingFixture, backwards: Bool) async throws {
        let people = ["00u1", "00u2", "00u3"].map { RecordingFixture.user($0) }
        try await fixture.run(day: 0) { context in
            if backwards {
                try await fixture.walk(
                    AssignmentRecorder(), "app_users", subject: "0oa1",
                    [assignment("00u2"), assignment("00u1")], in: context)
                try await fixture.walk(
                    MembershipRecorder(), "group_users", subject: "00g1", ["00u3", "00u1"], in: context)
                try await fixture.walk(GroupRecorder(), "groups", Self.groups.reversed(), in: context)
                try await fixture.walk(UserRecorder(), "users", people.reversed(), in: context)
            } else {
                try await fixture.walk(UserRecorder(), "users", people, in: context)
                try await fixture.walk(GroupRecorder(), "groups", Self.groups, in: context)
                try await fixture.walk(
                    MembershipRecorder(), "group_users", subject: "00g1", ["00u1", "00u3"], in: context)
                try await fixture.walk(
                    AssignmentRecorder(), "app_users", subject: "0oa1",
                    [assignment("00u1"), assignment("00u2")], in: context)
            }
            try await fixture.walk(RoleRecorder(), "user_roles", subject: "00u1", [Self.role], in: context)
        }
    }

    @Test(
        "the order in which a tenant was read, and so the keys it got, make no difference",
        arguments: TestEngine.available)
    func orderIndependent(_ engine: TestEngine) async throws {
        let (one, other) = (try await RecordingFixture(engine), try await RecordingFixture(engine))
        defer {
            one.remove()
            other.remove()
        }
        try await Self.record(one, backwards: false)
        try await Self.record(other, backwards: true)
        let (left, right) = (try await one.store.stateHash(.now), try await other.store.stateHash(.now))
        #expect(left == right)
        #expect(left.hash.count == 64)
        #expect(
            left.lines.map { "\($0.noun) \($0.count)" } == [
                "users 3", "groups 2", "apps 0", "rules 0", "memberships 2", "app_groups 0", "assignments 2", "roles 1",
            ])
    }

    @Test(
        "any change of a membership, an assignment, a role or a status changes it, and undoing it brings it back",
        arguments: TestEngine.available)
    func changes(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        try await Self.record(fixture, backwards: false)
        let first = try await fixture.store.stateHash(.now).hash
        var seen: Set<String> = [first]
        for (day, change) in [
            (1, "UPDATE memberships SET valid_to = $1 WHERE user_key = 1"), (2, "UPDATE assignments SET scope = 2"),
            (3, "UPDATE admin_roles SET type = 'SUPER_ADMIN'"),
            (4, "UPDATE users SET status = 'SUSPENDED' WHERE user_key = 2"),
            (5, "UPDATE assignments SET group_key = 4"),
            (6, "UPDATE users SET department = 'Sales' WHERE user_key = 3"),
        ] as [(Int64, String)] {
            let at = Value.integer(RecordingFixture.time(day: day).rawValue)
            try await fixture.store.engine.write { connection in
                try connection.execute(change, change.contains("$1") ? [at] : [])
            }
            #expect(seen.insert(try await fixture.store.stateHash(.now).hash).inserted, "\(change)")
        }
        try await fixture.store.engine.write { connection in
            for undo in [
                "UPDATE memberships SET valid_to = NULL", "UPDATE assignments SET scope = 1, group_key = NULL",
                "UPDATE admin_roles SET type = 'APP_ADMIN'", "UPDATE users SET status = 'ACTIVE', department = NULL",
            ] { try connection.execute(undo) }
        }
        #expect(try await fixture.store.stateHash(.now).hash == first)
    }

    @Test("the hash of a date is the hash of what was true then, and stays", arguments: TestEngine.available)
    func pastDates(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        try await Self.record(fixture, backwards: false)
        let before = try await fixture.store.stateHash(.now).hash
        try await fixture.run(day: 9) { context in
            try await fixture.walk(
                MembershipRecorder(), "group_users", subject: "00g1", ["00u1", "00u2", "00u3"], in: context)
        }
        let after = try await fixture.store.stateHash(.now).hash
        #expect(before != after)
        #expect(try await fixture.store.stateHash(.at(RecordingFixture.time(day: 8))).hash == before)
        #expect(try await fixture.store.stateHash(.at(RecordingFixture.time(day: 9))).hash == after)
    }

    @Test(
        "it is the SHA-256 of the lines it prints, and a text cannot pass for two fields",
        arguments: TestEngine.available)
    func lines(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        try await Self.record(fixture, backwards: false)
        try await fixture.store.engine.write { connection in
            try connection.execute("UPDATE user_groups SET name = $1 WHERE okta_id = '00g2'", [.text("a\tb\\\nc")])
        }
        let lines = Mutex<[String]>([])
        try await fixture.store.eachStateLine(.now) { line in
            lines.withLock { $0.append(line) }
            return true
        }
        let all = lines.withLock { $0 }
        let hash = SHA256.hash(data: Data(all.map { $0 + "\n" }.joined().utf8))
        let state = try await fixture.store.stateHash(.now)
        #expect(hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == state.hash)
        #expect(all.first == "muster-state\t1" && all.contains("tenant\t00o1"))
        #expect(all.contains("group\t00g2\ta\\tb\\\\\\nc\tOKTA_GROUP\t\\N"))
        #expect(all.contains("membership\t00u3\t00g1"))
        #expect(all.contains { $0.hasPrefix("assignment\t00u1\t0oa1\t1\t\\N\tACTIVE\t2025-") })
    }

    @Test("no kind of line takes a pass over a table for each object")
    func plans() async throws {
        try await SampleStore.with(people: 10) { sample in
            let moments: [AsOf] = [.now, .at(SampleStore.now.advanced(bySeconds: -86_400))]
            for (section, moment) in StateLines.sections.flatMap({ section in moments.map { (section, $0) } }) {
                let steps = try await sample.store.engine.read { connection in
                    try connection.explain(section.sql(moment), [.integer(1), .integer(1)])
                }
                #expect(!steps.contains { $0.contains("SCAN") || $0.hasSuffix("(workspace_id=?)") }, "\(steps)")
            }
        }
    }

    @Test("lines come in the order of Okta's ids without a sort of the whole", arguments: TestEngine.available)
    func streams(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 90) { sample in
            let lines = Mutex<[String]>([])
            try await sample.store.eachStateLine(.now) { line in
                lines.withLock { $0.append(line) }
                return true
            }
            for kind in ["user", "membership", "assignment"] {
                let some = lines.withLock { $0.filter { $0.hasPrefix(kind + "\t") } }
                let ids = some.map { $0.split(separator: "\t").prefix(3).joined(separator: "\t") }
                #expect(ids == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } && ids.count > 50, "\(kind)")
            }
        }
    }
}

import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite("The System Log is replayed into a store")
struct ReplayTests {
    typealias Fixture = RecordingFixture

    private static let readable: Set<Resource> = [
        .users, .groups, .apps, .memberships, .assignments, .appGroups, .roles, .logs,
    ]

    private static func event(
        _ number: Int, _ type: String, day: Int64, _ targets: [(String, String, String)], result: String = "SUCCESS",
        detail: String? = nil
    ) -> SystemLogEvent {
        var event = SystemLogEvent(
            uuid: "00000000-0000-4000-8000-0000000000\(number + 10)",
            published: Fixture.time(day: day).advanced(bySeconds: Int64(number)), eventType: type,
            targets: targets.map { SystemLogEvent.Target(id: $0.0, type: $0.1, displayName: $0.2) })
        event.result = result
        event.detail = detail
        return event
    }

    private static let ann = ("00u1", "User", "Ann")
    private static let bob = ("00u2", "User", "Bob")
    private static let old = ("00u9", "User", "Old Hand")
    private static let team = ("00g1", "UserGroup", "Team")
    private static let gone = ("00g9", "UserGroup", "Gone Project")
    private static let wiki = ("0oa1", "AppInstance", "Wiki")

    private static let events: [SystemLogEvent] = [
        event(1, "group.user_membership.add", day: -50, [ann, team]),
        event(2, "group.user_membership.add", day: -40, [bob, team]),
        event(3, "group.user_membership.remove", day: -30, [bob, team]),
        event(4, "group.user_membership.remove", day: -20, [bob, team], result: "FAILURE"),
        event(5, "group.user_membership.add", day: -60, [ann, gone]),
        event(6, "group.lifecycle.delete", day: -10, [gone]),
        event(7, "application.user_membership.remove", day: -35, [old, wiki]),
        event(8, "user.lifecycle.deactivate", day: -35, [old]),
        event(9, "user.lifecycle.delete.initiated", day: -34, [old]),
        event(
            10, "user.account.privilege.grant", day: -45, [ann], detail: "Super administrator, Report Administrator"),
        event(11, "user.account.privilege.revoke", day: -15, [ann]),
        event(12, "group.application_assignment.add", day: -25, [team, wiki]),
    ]

    /// A first sync of two people, a group and an app, with the log in pages of some size.
    private func sync(_ fixture: Fixture, _ context: RunContext, pages: [[SystemLogEvent]]) async throws {
        try await fixture.store.beginLog(of: fixture.integrationID, since: Fixture.time(day: -90))
        for page in pages {
            try await fixture.store.record(context) { writer in
                try SystemLogRecorder().record(page, at: nil, writer)
            }
        }
        try await fixture.walk(
            UserRecorder(), "users", [Fixture.user("00u1"), Fixture.user("00u2"), Fixture.user("00u3")], in: context)
        try await fixture.walk(GroupRecorder(), "groups", [group("00g1", "Team", made: -300)], in: context)
        try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1", "00u3"], in: context)
    }

    private func group(_ id: String, _ name: String, made day: Int64) -> Group {
        var group = Group(id: id, name: name, type: "OKTA_GROUP")
        group.created = Fixture.time(day: day)
        return group
    }

    private static let history = """
        SELECT 'member ' || g.okta_id || ' ' || u.okta_id, (t.valid_from - \(start)) / 86400000000,
            t.from_how, (t.valid_to - \(start)) / 86400000000, t.to_how FROM memberships t
        JOIN objects g ON g.object_key = t.group_key JOIN objects u ON u.object_key = t.user_key
        UNION ALL
        SELECT 'assigned ' || g.okta_id || ' ' || u.okta_id, (t.valid_from - \(start)) / 86400000000,
            t.from_how, (t.valid_to - \(start)) / 86400000000, t.to_how FROM assignments t
        JOIN objects g ON g.object_key = t.app_key JOIN objects u ON u.object_key = t.user_key
        UNION ALL
        SELECT 'gives ' || u.okta_id || ' ' || g.okta_id, (t.valid_from - \(start)) / 86400000000,
            t.from_how, (t.valid_to - \(start)) / 86400000000, t.to_how FROM app_groups t
        JOIN objects g ON g.object_key = t.app_key JOIN objects u ON u.object_key = t.group_key
        UNION ALL
        SELECT 'role ' || u.okta_id || ' ' || t.type, (t.valid_from - \(start)) / 86400000000,
            t.from_how, (t.valid_to - \(start)) / 86400000000, t.to_how FROM admin_roles t
        JOIN objects u ON u.object_key = t.holder_key
        UNION ALL
        SELECT 'user ' || okta_id || ' ' || status || ' ' || coalesce(display_name, ''),
            (valid_from - \(start)) / 86400000000, from_how, (valid_to - \(start)) / 86400000000, to_how FROM users
        UNION ALL
        SELECT 'group ' || okta_id || ' ' || name, (valid_from - \(start)) / 86400000000, from_how,
            (valid_to - \(start)) / 86400000000, to_how FROM user_groups
        UNION ALL
        SELECT 'app ' || okta_id || ' ' || label, (valid_from - \(start)) / 86400000000, from_how,
            (valid_to - \(start)) / 86400000000, to_how FROM apps
        ORDER BY 1, 2
        """
    // Whole days, counted from long before, so that division rounds down.
    private static let start = Fixture.time(day: -1000).rawValue

    @Test(
        "memberships, assignments, roles, deleted people and groups get the past that the log tells",
        arguments: TestEngine.available)
    func told(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) { context in
            try await sync(fixture, context, pages: [Self.events])
            try await fixture.store.replayLog(context, readable: Self.readable)
        }
        let rows = try await fixture.rows(Self.history)
        let expected: [[Value]] = [
            ["app 0oa1 Wiki", 910, 5, 1000, 3],
            ["assigned 0oa1 00u9", 910, 5, 965, 2],
            ["gives 00g1 0oa1", 975, 2, 1000, 3],
            ["group 00g1 Team", 700, 1, .null, .null],
            ["group 00g9 Gone Project", 910, 5, 990, 2],
            ["member 00g1 00u1", 950, 2, .null, .null],
            ["member 00g1 00u2", 960, 2, 970, 2],
            ["member 00g1 00u3", 910, 5, .null, .null],
            ["member 00g9 00u1", 940, 2, 990, 2],
            ["role 00u1 REPORT_ADMIN", 955, 2, 985, 2],
            ["role 00u1 SUPER_ADMIN", 955, 2, 985, 2],
            ["user 00u1 ACTIVE ", 900, 1, .null, .null],
            ["user 00u2 ACTIVE ", 900, 1, .null, .null],
            ["user 00u3 ACTIVE ", 900, 1, .null, .null],
            ["user 00u9 ACTIVE Old Hand", 910, 5, 965, 2],
            ["user 00u9 DEPROVISIONED Old Hand", 965, 2, 966, 2],
        ]
        #expect(rows == expected)
    }

    @Test(
        "the order of pages, small pieces and a replay stopped halfway change nothing; nor does a second one",
        arguments: TestEngine.available)
    func deterministic(_ engine: TestEngine) async throws {
        let whole = try await Fixture(engine)
        let broken = try await Fixture(engine)
        defer {
            whole.remove()
            broken.remove()
        }
        try await whole.run(day: 0) { context in
            try await sync(whole, context, pages: [Self.events])
            try await whole.store.replayLog(context, readable: Self.readable)
        }
        try await broken.run(day: 0) { context in
            try await sync(broken, context, pages: Self.events.reversed().map { [$0] })
            var stops = 0
            while try await broken.rows("SELECT 1 FROM replays WHERE list = 'roles'").isEmpty {
                let store = broken.store
                let replay = Task { try await store.replayLog(context, readable: Self.readable, piece: 1) }
                try await Task.sleep(for: .milliseconds(70))
                replay.cancel()
                if case .failure = await replay.result { stops += 1 }
                try #require(stops < 200)
            }
            #expect(stops > 2)
        }
        let once = try await whole.rows(Self.history)
        #expect(try await broken.rows(Self.history) == once)
        try await whole.run(day: 1) { context in
            try await whole.store.replayLog(context, readable: Self.readable)
        }
        #expect(try await whole.rows(Self.history) == once)
    }

    @Test(
        "members that a first run presumes to be as old as the log begin at first sight where no replay follows",
        arguments: TestEngine.available)
    func takenBack(_ engine: TestEngine) async throws {
        let told = try await Fixture(engine)
        let untold = try await Fixture(engine)
        defer {
            told.remove()
            untold.remove()
        }
        for (fixture, readable) in [(told, Self.readable), (untold, Self.readable.subtracting([.memberships]))] {
            try await fixture.run(day: 0) { context in
                try await sync(fixture, context, pages: [Self.events])
                let groups = [group("00g1", "Team", made: -300), group("00g2", "Young", made: -20)]
                try await fixture.walk(GroupRecorder(), "groups", groups, in: context)
                try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g2", ["00u1"], in: context)
                #expect(try await members(fixture).allSatisfy { $0[1] == 910 && $0[2] == 5 })
                try await fixture.store.replayLog(context, readable: readable)
            }
        }
        #expect(
            try await members(told).filter { $0[3] == .null } == [
                ["member 00g1 00u1", 950, 2, .null, .null], ["member 00g1 00u3", 910, 5, .null, .null],
                ["member 00g2 00u1", 980, 1, .null, .null],
            ])
        #expect(
            try await members(untold) == [
                ["member 00g1 00u1", 1000, 4, .null, .null], ["member 00g1 00u3", 1000, 4, .null, .null],
                ["member 00g2 00u1", 1000, 4, .null, .null],
            ])
    }

    @Test(
        "members whom a first run reads after the past of memberships was told begin when they were seen",
        arguments: TestEngine.available)
    func readAfter(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0, status: .interrupted) { context in
            try await sync(fixture, context, pages: [Self.events])
            try await fixture.store.replayLog(context, readable: Self.readable)
        }
        try await fixture.run(day: 3) { context in
            try await fixture.walk(GroupRecorder(), "groups", [group("00g8", "Late", made: -300)], in: context)
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g8", ["00u1"], in: context)
            try await fixture.store.replayLog(context, readable: Self.readable)
        }
        let late = try await members(fixture).filter { $0[0] == "member 00g8 00u1" }
        #expect(late == [["member 00g8 00u1", 1003, 4, .null, .null]])
    }

    @Test(
        "a member whom a first run saw and then missed has the same past, told or not", arguments: TestEngine.available)
    func missed(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) { context in
            try await sync(fixture, context, pages: [[]])
            try await fixture.store.record(context) { writer in
                try GroupRecorder.closeGone(writer, try writer.key(of: "00g1"))
            }
            try await fixture.store.replayLog(context, readable: Self.readable)
        }
        // One microsecond behind the moment it was seen: it ended after the first sync looked.
        let ends = try await fixture.rows("SELECT DISTINCT valid_to FROM memberships")
        #expect(ends == [[.integer(Fixture.time(day: 0).rawValue + 1)]])
        #expect(try await members(fixture).map { $0[1] } == [910, 910])
    }

    private func members(_ fixture: Fixture) async throws -> [[Value]] {
        try await fixture.rows(Self.history).filter { row in
            if case .text(let text) = row[0] { text.hasPrefix("member") } else { false }
        }
    }

    @Test("done again from the beginning, the work changes nothing", arguments: TestEngine.available)
    func again(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0, status: .failed) { context in
            try await sync(fixture, context, pages: [Self.events])
            try await fixture.store.replayLog(context, readable: Self.readable)
        }
        let once = try await fixture.rows(Self.history)
        try await fixture.store.engine.write { try $0.execute("DELETE FROM replays") }
        try await fixture.run(day: 0) { context in
            try await fixture.store.replayLog(context, readable: Self.readable)
        }
        #expect(try await fixture.rows(Self.history) == once)
    }

    @Test(
        "a log that becomes readable later tells the time before the first sync, and leaves later times alone",
        arguments: TestEngine.available)
    func later(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) { context in
            try await fixture.walk(UserRecorder(), "users", [Fixture.user("00u1"), Fixture.user("00u2")], in: context)
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1", "00u2"], in: context)
        }
        try await fixture.run(day: 5) { context in
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1"], in: context)
            try await fixture.store.beginLog(of: fixture.integrationID, since: Fixture.time(day: -60))
            try await fixture.store.record(context) { writer in
                try SystemLogRecorder().record(
                    [
                        Self.event(1, "group.user_membership.add", day: -50, [Self.ann, Self.team]),
                        Self.event(2, "group.user_membership.add", day: -40, [Self.bob, Self.team]),
                        Self.event(3, "group.user_membership.remove", day: 3, [Self.bob, Self.team]),
                    ], at: nil, writer)
            }
            try await fixture.store.replayLog(context, readable: [.users, .memberships])
        }
        #expect(
            try await members(fixture) == [
                ["member 00g1 00u1", 950, 2, .null, .null], ["member 00g1 00u2", 960, 2, 1005, 3],
            ])
    }

    @Test(
        "each date has its grade: full since the first sync, from the log before it, a gap before that",
        arguments: TestEngine.available)
    func grades(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        func grade(_ day: Int64) async throws -> Completeness.Grade {
            try await fixture.store.grade(of: .at(Fixture.time(day: day))).grade
        }
        #expect(try await grade(0) == .gap)
        try await fixture.run(day: 0) { context in
            try await sync(fixture, context, pages: [Self.events])
        }
        #expect(try await grade(-10) == .gap)
        try await fixture.run(day: 2) { context in
            try await fixture.store.replayLog(context, readable: Self.readable)
            try await fixture.store.noteLogGap(
                LogGap(from: Fixture.time(day: 0).advanced(bySeconds: 3600), to: Fixture.time(day: 1)), context)
        }
        #expect(try await fixture.store.grade(of: .now).grade == .full)
        #expect(try await grade(2) == .full)
        #expect(try await grade(0) == .full)
        #expect(try await fixture.store.grade(of: .at(Fixture.time(day: 0).advanced(bySeconds: 7200))).grade == .gap)
        #expect(try await grade(-89) == .inferred)
        #expect(try await grade(-91) == .gap)
        #expect(try await grade(9) == .gap)
    }
}

import DatabaseEngine
import Directory
import Problems
import Support
import Testing

@testable import Storage

@Suite("What following the System Log writes")
struct TailRecordingTests: TailFixture {
    private func memberships(_ fixture: Fixture) async throws -> [[Value]] {
        try await fixture.rows(
            """
            SELECT o.okta_id, m.valid_from, m.from_how, m.valid_to, m.to_how FROM memberships m
            JOIN objects o ON o.object_key = m.user_key ORDER BY o.okta_id, m.valid_from
            """)
    }

    @Test(
        "an event marks what it touched, once however many come, and never during a first sync",
        arguments: TestEngine.available)
    func marking(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let join = event("group.user_membership.add", 1, day: 2, [("User", "00u1"), ("UserGroup", "00g1")])
        try await fixture.run(day: 0) { context in
            _ = try await fixture.store.record(context) { writer in
                try SystemLogRecorder().record(
                    [event("user.lifecycle.suspend", 9, day: -1, [("User", "00u1")])], at: nil, writer)
            }
        }
        #expect(try await marks(fixture) == [])
        var failed = event("application.user_membership.add", 4, day: 3, [("User", "00u1"), ("AppInstance", "0oa1")])
        failed.result = "FAILURE"
        try await log([join, join, failed], fixture, day: 3)
        try await log(
            [
                event("group.user_membership.remove", 2, day: 3, [("User", "00u1"), ("UserGroup", "00g1")]),
                event("group.application_assignment.add", 3, day: 4, [("UserGroup", "00g1"), ("AppInstance", "0oa1")]),
            ], fixture, day: 4)
        let found = try await marks(fixture)
        #expect(found.map(\.kind) == [.membership, .assignment, .appGroup])
        #expect(found[0].addedAt == Fixture.time(day: 2) && found[0].removedAt == Fixture.time(day: 3))
        #expect(found[0].subjectID == "00g1" && found[0].objectID == "00u1" && found[0].revision == 2)
        #expect(found[1].object == 0 && found[1].subjectID == "0oa1")
        #expect(try await marks(fixture, since: Fixture.time(day: 4)).count == 2)
    }

    @Test(
        "a lock-out is marked though its sign-in failed, and so is what happens after a first sync began",
        arguments: TestEngine.available)
    func markedAllTheSame(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) { context in
            _ = try await fixture.store.record(context) { writer in
                try SystemLogRecorder().record(
                    [
                        event("user.lifecycle.suspend", 1, day: -1, [("User", "00u1")]),
                        event("user.lifecycle.suspend", 2, day: 1, [("User", "00u2")]),
                    ], at: nil, writer)
            }
        }
        var lock = event("user.account.lock", 3, day: 2, [("User", "00u3")])
        lock.result = "FAILURE"
        try await log([lock], fixture, day: 2)
        #expect(try await marks(fixture).map(\.subjectID) == ["00u2", "00u3"])
    }

    @Test(
        "what was taken away and given back while nobody looked was not there in between",
        arguments: TestEngine.available)
    func takenAndGivenBack(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        func assignment(_ day: Int64) -> AppAssignment {
            AppAssignment(userID: "00u1", scope: .user, status: "ACTIVE", assignedAt: Fixture.time(day: day))
        }
        try await fixture.run(day: 0) {
            try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa1", [assignment(-5)], in: $0)
            try await fixture.walk(
                AppGroupRecorder(), "app_groups", subject: "0oa1", [AppGroupAssignment(groupID: "00g1", priority: 3)],
                in: $0)
        }
        let app = ("AppInstance", "0oa1")
        try await log(
            [
                event("application.user_membership.remove", 1, day: 1, [("User", "00u1"), app]),
                event("group.application_assignment.remove", 2, day: 1, [("UserGroup", "00g1"), app]),
                event("application.user_membership.add", 3, day: 5, [("User", "00u1"), app]),
                event("group.application_assignment.add", 4, day: 5, [("UserGroup", "00g1"), app]),
            ], fixture, day: 6)
        try await fixture.run(day: 6) { context in
            try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa1", [assignment(5)], in: context)
            try await fixture.walk(
                AppGroupRecorder(), "app_groups", subject: "0oa1", [AppGroupAssignment(groupID: "00g1", priority: 3)],
                in: context)
            try await fixture.store.tellPassed(context)
        }
        func day(_ day: Int64) -> Value { .integer(Fixture.time(day: day).rawValue) }
        let assignments = try await fixture.rows(
            "SELECT valid_from, valid_to, to_how FROM assignments ORDER BY valid_from")
        #expect(assignments == [[day(-5), day(1), 2], [day(5), nil, nil]])
        let groups = try await fixture.rows(
            "SELECT valid_from, valid_to, to_how, priority FROM app_groups ORDER BY valid_from")
        #expect(groups == [[day(0), day(1), 2, 3], [day(5), nil, nil, 3]])
    }

    @Test(
        "a status that changed while a sync was on has Okta's date, and later changes of the profile do not take it",
        arguments: TestEngine.available)
    func statusDate(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(UserRecorder(), "users", [Fixture.user("00u1")], in: $0)
        }
        // Suspended on day 2, a moment after the sync of day 1 began and before its page was read.
        for (day, department) in [(1, nil), (9, "Legal")] as [(Int64, String?)] {
            try await fixture.run(day: day) {
                try await fixture.walk(
                    UserRecorder(), "users", [Fixture.user("00u1", .suspended, department: department, since: 2)],
                    in: $0)
            }
        }
        func day(_ day: Int64) -> Value { .integer(Fixture.time(day: day).rawValue) }
        let rows = try await fixture.rows(
            "SELECT status, department, valid_from, from_how FROM users ORDER BY valid_from")
        #expect(rows.dropFirst() == [["SUSPENDED", nil, day(2), 1], ["SUSPENDED", "Legal", day(9), 3]])
    }

    @Test("a mark that another event joined while it was read stays", arguments: TestEngine.available)
    func revision(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) { _ in }
        try await log([event("user.lifecycle.suspend", 1, day: 1, [("User", "00u1")])], fixture, day: 1)
        let taken = try await marks(fixture)
        try await log([event("user.lifecycle.unsuspend", 2, day: 2, [("User", "00u1")])], fixture, day: 2)
        let context = try await tail(fixture, day: 2)
        try await fixture.store.drop(taken, context)
        let left = try await marks(fixture)
        #expect(left.map(\.revision) == [2])
        try await fixture.store.drop(left, context)
        #expect(try await marks(fixture) == [])
    }

    @Test(
        "beginnings and ends have the dates of their events, in the tail and in a full sync",
        arguments: TestEngine.available)
    func dates(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1", "00u2"], in: $0)
        }
        try await log(
            [
                event("group.user_membership.add", 1, day: 2, [("User", "00u3"), ("UserGroup", "00g1")]),
                event("group.user_membership.remove", 2, day: 3, [("User", "00u1"), ("UserGroup", "00g1")]),
                event("group.user_membership.add", 3, day: 3, [("User", "00u4"), ("UserGroup", "00g1")]),
                event("group.user_membership.remove", 4, day: 4, [("User", "00u4"), ("UserGroup", "00g1")]),
            ], fixture, day: 5)
        let taken = try await marks(fixture)
        try await fixture.store.record(try await tail(fixture, day: 5)) { writer in
            let recorder = MarkedRecorder(MembershipRecorder(), answering: taken, now: { Fixture.time(day: 5) })
            var state = ListingState(stage: "group_users", subject: try writer.key(of: "00g1"))
            try recorder.record(["00u2", "00u3"], writer, &state)
            try recorder.complete(writer, &state)
            try recorder.count(writer, state)
        }
        func day(_ day: Int64) -> Value { .integer(Fixture.time(day: day).rawValue) }
        #expect(
            try await memberships(fixture) == [
                ["00u1", day(0), 4, day(3), 2], ["00u2", day(0), 4, nil, nil], ["00u3", day(2), 2, nil, nil],
                // Nobody could have read it: the log alone tells of it.
                ["00u4", day(3), 2, day(4), 2],
            ])
        #expect(try await marks(fixture) == [])
    }

    @Test("a run never undoes what a later run wrote", arguments: TestEngine.available)
    func neverUndoes(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let (mia, old) = (Fixture.user("00u1", department: "Sales"), Fixture.user("00u1"))
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1"], in: $0)
            try await fixture.walk(UserRecorder(), "users", [old], in: $0)
        }
        let full = try await fixture.store.beginRun(
            of: fixture.integrationID, kind: "full", resume: false, now: Fixture.time(day: 1), closureShare: 0.2
        ).context
        // While the full sync reads its pages, Mia leaves the group, Noa joins it, and Mia's profile changes.
        let later = try await tail(fixture, day: 2)
        #expect(later.runID > full.runID)
        try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u2"], in: later)
        try await fixture.walk(UserRecorder(), "users", [mia], in: later)
        let after = try await memberships(fixture)
        let users = try await fixture.rows("SELECT department, valid_to FROM users ORDER BY valid_from")
        // Then it writes what it had read before.
        try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1"], in: full)
        try await fixture.walk(UserRecorder(), "users", [old], in: full)
        #expect(try await memberships(fixture) == after)
        #expect(try await fixture.rows("SELECT department, valid_to FROM users ORDER BY valid_from") == users)
    }

    @Test("a first sync stays one, whatever the tail wrote before it ended", arguments: TestEngine.available)
    func staysFirst(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        _ = try await tail(fixture, day: 0)
        let context = try await fixture.store.beginRun(
            of: fixture.integrationID, kind: "full", resume: true, now: Fixture.time(day: 1), closureShare: 0.2
        ).context
        #expect(context.isFirst)
    }

    @Test("an answer that contradicts a fresh event is asked for again, for a minute", arguments: TestEngine.available)
    func contradicted(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 0) { _ in }
        try await log(
            [event("group.user_membership.add", 1, day: 1, [("User", "00u1"), ("UserGroup", "00g1")])], fixture, day: 1)
        let context = try await tail(fixture, day: 1)
        for (seconds, left) in [(10, 1), (61, 0)] as [(Int64, Int)] {
            let taken = try await marks(fixture)
            try await fixture.store.record(context) { writer in
                // Okta's list does not show her yet.
                let now = { @Sendable in Fixture.time(day: 1).advanced(bySeconds: seconds) }
                let recorder = MarkedRecorder(MembershipRecorder(), answering: taken, now: now)
                try recorder.count(writer, ListingState(stage: "group_users", subject: try writer.key(of: "00g1")))
            }
            #expect(try await marks(fixture).count == left)
        }
    }

    @Test(
        "what the tail learns within a minute is one run, and full syncs are counted without it",
        arguments: TestEngine.available)
    func runs(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let first = try await fixture.run(day: 0) { _ in }
        func tailRun(_ second: Int64) async throws -> Int64 {
            try await fixture.store.tailRun(
                of: fixture.integrationID, now: Fixture.start.advanced(bySeconds: second), closureShare: 0.2
            ).runID
        }
        let (one, same, next) = (try await tailRun(100), try await tailRun(150), try await tailRun(161))
        #expect(one == same && next > one && one > first.id)
        #expect(try await fixture.store.latestRun(of: fixture.integrationID)?.id == first.id)
        #expect(try await fixture.store.runs(of: nil).map(\.id) == [first.id])
        // A full sync goes on as the next one, not as the tail's.
        let second = try await fixture.run(day: 1) { _ in }
        #expect(second.id > next && second.kind == "full" && second.attempts == 1)
    }
}

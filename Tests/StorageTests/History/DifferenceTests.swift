import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite struct DifferenceTests {
    private static let from = SampleStore.now.advanced(bySeconds: -40 * 86_400)
    private static let to = SampleStore.now.advanced(bySeconds: -2 * 86_400)
    private static let everything = Set(Difference.Change.allCases)

    private static func rows(
        _ store: Store, _ difference: Difference, batch: Int = 2000
    ) async throws -> [ListRow] {
        var rows: [ListRow] = []
        try await store.each(difference, everything, batch: batch) { rows += $0 }
        return rows
    }

    /// The pairs of a list at a date.
    private static func pairs(
        _ store: Store, _ noun: String, _ columns: [String], at time: Timestamp
    ) async throws -> Set<String> {
        var pairs: Set<String> = []
        let list = try #require(ListDefinition.named(noun, Moment(asOf: .at(time), now: SampleStore.now)))
        try await store.each(list, ListRequest()) { rows in
            for row in rows { pairs.insert(columns.map { row.text($0) }.joined(separator: " ")) }
        }
        return pairs
    }

    @Test(
        "what was gained, lost and kept is what the lists of both dates say",
        arguments: [
            ("memberships", ["group_id", "user_id"]), ("assignments", ["app_id", "user_id"]),
            ("roles", ["user_id", "role"]),
            ("users", ["id"]),
        ])
    func agreesWithLists(noun: String, columns: [String]) async throws {
        try await SampleStore.with(people: 240) { sample in
            let before = try await Self.pairs(sample.store, noun, columns, at: Self.from)
            let after = try await Self.pairs(sample.store, noun, columns, at: Self.to)
            let difference = try Difference(from: Self.from, to: Self.to)
            let rows = try await Self.rows(sample.store, difference).filter { $0.text("noun") == noun }
            func found(_ changes: [String]) -> Set<String> {
                let keys = noun == "users" ? ["user_id"] : columns
                return Set(
                    rows.filter { changes.contains($0.text("change")) }
                        .map { row in keys.map { row.text($0) }.joined(separator: " ") })
            }
            // People who were there before the first date that anything is known of them are no new people.
            let older = noun == "users" ? found(["changed"]).subtracting(before) : []
            #expect(found(["lost"]) == before.subtracting(after))
            #expect(found(["gained", "first_seen"]) == after.subtracting(before).subtracting(older))
            #expect(found(["kept", "changed"]).subtracting(older) == before.intersection(after))
            let counts = try await sample.store.count(
                difference, try #require(Difference.Noun(rawValue: noun)))
            for change in Difference.Change.allCases {
                #expect(counts[change] == rows.count { $0.text("change") == change.rawValue }, "\(change)")
            }
            #expect(!rows.isEmpty)
        }
    }

    @Test(
        "one person, one group and one app are the rows of the whole that name them, however they are cut into batches",
        arguments: TestEngine.available)
    func subjects(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let whole = try await Self.rows(sample.store, try Difference(from: Self.from, to: Self.to))
            func lines(_ rows: [ListRow]) -> Set<String> { Set(rows.map { ListDefinition.differences.jsonObject($0) }) }
            let moment = Moment(now: SampleStore.now)
            let app = try #require(try await sample.store.list(.apps(moment), ListRequest(limit: 3)).rows.first)
            let group = try #require(
                try await sample.store.list(.groups(moment), ListRequest(sort: "members", descending: true)).rows.first
                { $0.text("type") != "BUILT_IN" })
            let person = try #require(whole.first { $0.text("noun") == "roles" })
            for (noun, id, column) in [
                ("app", app.text("id"), "app_id"), ("group", group.text("id"), "group_id"),
                ("user", person.text("user_id"), "user_id"),
            ] {
                let subject = try await sample.store.historySubject(noun, id, at: [Self.to]).subject
                let difference = try Difference(from: Self.from, to: Self.to, subject: subject)
                let rows = try await Self.rows(sample.store, difference)
                let nouns = difference.nouns.map(\.rawValue)
                let expected = whole.filter { row in
                    row.text(column) == id && nouns.contains(row.text("noun"))
                }
                #expect(lines(rows) == lines(expected), "\(noun)")
                #expect(!rows.isEmpty && rows.count == expected.count)
                let cut = try await Self.rows(sample.store, difference, batch: 3)
                #expect(cut.map(\.cells) == rows.map(\.cells), "\(noun)")
            }
        }
    }

    @Test(
        "a path that changed, a status, and a person whose earlier status nobody knows are told apart",
        arguments: TestEngine.available)
    func changes(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        func assigned(_ scope: AppAssignment.Scope, group: String? = nil) -> AppAssignment {
            AppAssignment(
                userID: "00u1", scope: scope, status: "ACTIVE", assignedAt: RecordingFixture.time(day: -9),
                groupID: group)
        }
        var hired = RecordingFixture.user("00u2", .suspended, since: 4)
        hired.created = RecordingFixture.time(day: -300)
        let people = [RecordingFixture.user("00u1"), hired]
        try await fixture.run(day: 0) {
            try await fixture.walk(
                GroupRecorder(), "groups", [Group(id: "00g1", name: "Engineers", type: "OKTA_GROUP")], in: $0)
            try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa1", [assigned(.user)], in: $0)
        }
        try await fixture.run(day: 5) {
            try await fixture.walk(UserRecorder(), "users", people, in: $0)
            try await fixture.walk(
                AssignmentRecorder(), "app_users", subject: "0oa1", [assigned(.group, group: "00g1")], in: $0)
        }
        let difference = try Difference(
            from: RecordingFixture.time(day: 1), to: RecordingFixture.time(day: 6))
        let rows = try await Self.rows(fixture.store, difference)
        let assignment = try #require(rows.first { $0.text("noun") == "assignments" })
        #expect(assignment.text("change") == "changed")
        #expect(assignment.text("from_path") == "direct" && assignment.text("to_path") == "via Engineers")
        #expect(assignment.text("group_id") == "00g1" && assignment.text("login") == "00u1@acme.example")
        #expect(assignment.time("changed_at") == RecordingFixture.time(day: 5))
        #expect(assignment.text("changed_at_source") == "between syncs")
        let suspended = try #require(rows.first { $0.text("user_id") == "00u2" })
        #expect(suspended.text("change") == "changed" && suspended["from_status"] == .null)
        #expect(suspended.text("to_status") == "SUSPENDED" && suspended.text("changed_at_source") == "okta")
        let kept = try #require(rows.first { $0.text("user_id") == "00u1" && $0.text("noun") == "users" })
        #expect(kept.text("change") == "kept")
    }

    @Test(
        "a role that comes through a group is gained with the membership, and one held both ways is one thing",
        arguments: TestEngine.available)
    func roles(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        let helper = AdminRole(
            id: "irb1", type: "HELP_DESK_ADMIN", label: "Help Desk", status: "ACTIVE", assignmentType: "USER")
        try await fixture.run(day: 0) {
            try await fixture.walk(UserRecorder(), "users", [RecordingFixture.user("00u1")], in: $0)
            try await fixture.walk(
                GroupRecorder(), "groups", [Group(id: "00g1", name: "Admins", type: "OKTA_GROUP")], in: $0)
            try await fixture.walk(RoleRecorder(), "group_roles", subject: "00g1", [helper], in: $0)
        }
        try await fixture.run(day: 3) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1"], in: $0)
        }
        try await fixture.run(day: 6) {
            try await fixture.walk(RoleRecorder(), "user_roles", subject: "00u1", [helper], in: $0)
        }
        func role(_ from: Int64, _ to: Int64) async throws -> [String] {
            let difference = try Difference(
                from: RecordingFixture.time(day: from), to: RecordingFixture.time(day: to))
            return try await Self.rows(fixture.store, difference).filter { $0.text("noun") == "roles" }.map { row in
                ["change", "from_path", "to_path", "changed_at_source"].map { row.text($0) }.joined(separator: "|")
            }
        }
        #expect(try await role(1, 2) == [])
        #expect(try await role(1, 4) == ["gained||via Admins|between syncs"])
        #expect(try await role(4, 5) == ["kept|via Admins|via Admins|"])
        #expect(try await role(4, 7) == ["changed|via Admins|direct, via Admins|between syncs"])
    }

    @Test("dates the wrong way round are refused, and a thing nobody knows too", arguments: TestEngine.available)
    func refused(_ engine: TestEngine) async throws {
        let wrong = #expect(throws: Problem.self) { try Difference(from: Self.to, to: Self.from) }
        #expect(wrong?.id == "difference.dates.reversed")
        try await SampleStore.with(engine, people: 20) { sample in
            for noun in Store.historyNouns {
                let unknown = await #expect(throws: Problem.self) {
                    _ = try await sample.store.historySubject(noun, "nobody", at: [Self.to])
                }
                #expect(unknown?.id == "\(noun).unknown")
            }
            // A person's id is no app's.
            let other = await #expect(throws: Problem.self) {
                _ = try await sample.store.historySubject("app", "00u0000000000000000u", at: [Self.to])
            }
            #expect(other?.id == "app.unknown")
        }
    }

    @Test("one person, group or app is compared through indexes alone, and so is its timeline")
    func plans() async throws {
        try await SampleStore.with(people: 60) { sample in
            for subject in [Difference.Subject.user(7), .group(62), .app(80)] {
                let difference = try Difference(from: Self.from, to: Self.to, subject: subject)
                var plan = try await sample.store.explain(difference)
                plan += try await sample.store.explainTimeline(of: subject, Moment(now: SampleStore.now))
                #expect(plan.contains { $0.hasPrefix("SEARCH x ") })
                for step in plan where step.hasPrefix("SCAN") {
                    // What is scanned was put together before, by key.
                    #expect(
                        ["SCAN h", "SCAN d", "SCAN e"].contains { step == $0 || step.hasPrefix($0 + " ") },
                        "\(subject): \(step)")
                }
                for step in plan where step.hasPrefix("SEARCH") {
                    #expect(step.contains(" AND "), "\(subject): \(step)")
                }
            }
        }
    }
}

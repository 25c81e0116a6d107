import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite struct TimelineTests {
    private static let moment = Moment(now: SampleStore.now)

    private static func all(
        _ store: Store, _ subject: Difference.Subject, _ moment: Moment, limit: Int
    ) async throws -> [TimelineEvent] {
        var events: [TimelineEvent] = []
        var cursor: String?
        repeat {
            let page = try await store.timeline(of: subject, moment, after: cursor, limit: limit)
            events += page.events
            cursor = page.next
        } while cursor != nil
        return events
    }

    @Test(
        "a person's timeline tells what began, ended and changed, with the run that learned it",
        arguments: TestEngine.available)
    func person(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        func assigned(_ scope: AppAssignment.Scope, _ group: String?) -> AppAssignment {
            AppAssignment(
                userID: "00u1", scope: scope, status: "ACTIVE", assignedAt: RecordingFixture.time(day: -9),
                groupID: group)
        }
        try await fixture.run(day: 0) { context in
            try await fixture.walk(
                UserRecorder(), "users", [RecordingFixture.user("00u1", department: "Sales")], in: context)
            try await fixture.walk(
                GroupRecorder(), "groups", [Group(id: "00g1", name: "Engineers", type: "OKTA_GROUP")], in: context)
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u1", "00u9"], in: context)
            try await fixture.walk(
                AssignmentRecorder(), "app_users", subject: "0oa1", [assigned(.user, nil)], in: context)
        }
        let last = try await fixture.run(day: 4) { context in
            try await fixture.walk(
                UserRecorder(), "users", [RecordingFixture.user("00u1", .suspended, department: "Finance", since: 3)],
                in: context)
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ["00u9"], in: context)
            try await fixture.walk(
                AssignmentRecorder(), "app_users", subject: "0oa1", [assigned(.group, "00g1")], in: context)
        }
        let user = try await fixture.store.historySubject("user", "00u1", at: [RecordingFixture.time(day: 5)])
        let moment = Moment(now: RecordingFixture.time(day: 5))
        let page = try await fixture.store.timeline(of: user.subject, moment)
        let words = page.events.map { event in
            [
                "\(event.kind) \(event.edge)", event.other?.name, event.path, event.before, event.word,
                event.notes.isEmpty ? nil : event.notes.joined(separator: ";"), event.evidence.text,
            ].compactMap { $0 }.joined(separator: "|")
        }
        #expect(
            words == [
                "assignment changed|0oa1|via Engineers|direct|ACTIVE|between syncs",
                "membership ended|Engineers|between syncs",
                "version changed|ACTIVE|SUSPENDED|department: Sales → Finance|okta",
                "membership began|Engineers|first sight", "assignment began|0oa1|direct|ACTIVE|okta",
                "version began|ACTIVE|okta",
            ])
        #expect(page.events.first?.run?.id == last.id && page.events.first?.run?.integration == "acme")
        let past = try await fixture.store.timeline(
            of: user.subject, Moment(asOf: .at(RecordingFixture.time(day: 1)), now: moment.now))
        #expect(past.events.map(\.kind) == [.membership, .assignment, .version])
    }

    @Test(
        "a timeline is newest first, whole, and the same however it is cut into pages", arguments: TestEngine.available)
    func pages(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let app = try await sample.store.historySubject("app", "Salesforce", at: [SampleStore.now])
            let group = try await sample.store.historySubject(
                "group", "Finance team 1", at: [SampleStore.now])
            let person = try await sample.store.historySubject("user", "00u0000000000000000u", at: [SampleStore.now])
            for subject in [app.subject, group.subject, person.subject] {
                let whole = try await Self.all(sample.store, subject, Self.moment, limit: 5000)
                let cut = try await Self.all(sample.store, subject, Self.moment, limit: 7)
                func line(_ event: TimelineEvent) -> String {
                    "\(event.at) \(event.kind) \(event.edge) \(event.other?.id ?? "") \(event.word ?? "")"
                }
                #expect(whole.map(line) == cut.map(line))
                #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.at >= $1.at })
                #expect(whole.count > 8)
            }
        }
    }

    @Test(
        "the access path names the group Okta used first, with its rule, dates and the other groups",
        arguments: TestEngine.available)
    func accessPath(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 240) { sample in
            let store = sample.store
            var found = 0
            for row in try await store.list(.assignments(Self.moment), ListRequest(limit: 400)).rows {
                let user = try #require(row.number("user_key"))
                let app = try #require(row.number("app_key"))
                let path = try await store.accessPath(user: user, app: app, Self.moment)
                let link = try #require(path.link)
                #expect(link.isDirect == (row.text("scope") == "USER"))
                #expect((link.groupID ?? "") == row.text("group_id"))
                let granting = try await store.grantingGroups(user: user, Self.moment)[app] ?? []
                #expect(Set(path.steps.map(\.id)) == Set(granting.map(\.id)))
                if let first = path.steps.first, first.id == link.groupID, !first.rules.isEmpty { found += 1 }
            }
            #expect(found > 0)
            let nothing = try await store.accessPath(user: 1, app: 1, Self.moment)
            #expect(nothing.link == nil && nothing.steps.isEmpty)
        }
    }
}

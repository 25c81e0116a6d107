import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite("What was believed is kept apart from what was true")
struct BeliefTests {
    typealias Fixture = RecordingFixture

    private static func members(_ fixture: Fixture, asOf: Int64?, believed: Int64?) async throws -> [String] {
        let now = Fixture.time(day: 30)
        let at = asOf.map { AsOf.at(Fixture.time(day: $0)) } ?? .now
        let moment =
            if let believed {
                try await fixture.store.moment(at, believed: Fixture.time(day: believed), now: now)
            } else {
                try await fixture.store.moment(at, now: now)
            }
        let page = try await fixture.store.list(.assignments(moment), ListRequest(limit: 100))
        return page.rows.map { row in
            let path = row.text("scope") == "USER" ? "direct" : "via \(row.text("group_id"))"
            return "\(row.text("user_id")) \(path)\(row["valid_to"] == .null ? "" : " ended")"
        }.sorted()
    }

    @Test(
        "before the first sync nothing was believed, whatever is known of that day now", arguments: TestEngine.available
    )
    func beforeFirstSync(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.run(day: 5) {
            try await fixture.walk(UserRecorder(), "users", [Fixture.user("00u1")], in: $0)
        }
        let now = Fixture.time(day: 30)
        func believed(_ day: Int64) async throws -> Moment {
            try await fixture.store.moment(.at(Fixture.time(day: 3)), believed: Fixture.time(day: day), now: now)
        }
        let early = try await believed(4)
        let grade = try await fixture.store.grade(of: early.asOf)
        #expect(grade == Completeness(.gap, "No sync had finished by then."))
        let unread = try await fixture.store.unread([.users], early)
        #expect(unread.map(\.sentence) == ["Nothing of acme had been read by then."])
        let later = try await believed(6)
        #expect(try await fixture.store.grade(of: later.asOf).reason != grade.reason)
        let read = try await fixture.store.unread([.users], later)
        #expect(!read.contains { $0.reason == .notYet })
    }

    @Test(
        "an assignment that began before anybody knew is true of its date, and was not believed then",
        arguments: TestEngine.available)
    func learntLater(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        func assigned(_ user: String, since: Int64, _ group: String? = nil) -> AppAssignment {
            AppAssignment(
                userID: user, scope: group == nil ? .user : .group, status: "ACTIVE",
                assignedAt: Fixture.time(day: since), groupID: group)
        }
        for (day, items) in [
            (0, [assigned("00u1", since: -9), assigned("00u2", since: -9)]),
            // Okta tells on day 10 that 00u3 was assigned on day 4, and that 00u1 was assigned anew on day 6.
            (10, [assigned("00u1", since: 6, "00g1"), assigned("00u2", since: -9), assigned("00u3", since: 4)]),
            (20, [assigned("00u1", since: 6, "00g1"), assigned("00u3", since: 4)]),
        ] as [(Int64, [AppAssignment])] {
            try await fixture.run(day: day) {
                try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa1", items, in: $0)
            }
        }
        // Of day 7, as known now and as believed on days 7 and 12.
        let true7 = try await Self.members(fixture, asOf: 7, believed: nil)
        #expect(true7 == ["00u1 via 00g1", "00u2 direct ended", "00u3 direct"])
        #expect(try await Self.members(fixture, asOf: 7, believed: 7) == ["00u1 direct", "00u2 direct"])
        #expect(
            try await Self.members(fixture, asOf: 7, believed: 12) == ["00u1 via 00g1", "00u2 direct", "00u3 direct"])
        // Without a date of its own, the question is about the time of the belief.
        #expect(try await Self.members(fixture, asOf: nil, believed: 7) == ["00u1 direct", "00u2 direct"])
        #expect(try await Self.members(fixture, asOf: nil, believed: -1) == [])
        // What was believed last is what is known.
        for day: Int64 in [-5, 3, 5, 9, 15, 25] {
            #expect(
                try await Self.members(fixture, asOf: day, believed: 29)
                    == Self.members(fixture, asOf: day, believed: nil), "\(day)")
        }
    }

    /// A person who is active from day 0 on, suspended since day 3, and gone since day 6, as syncs on days 0, 5 and 8 learn.
    private static func suspended(_ engine: TestEngine) async throws -> Fixture {
        let fixture = try await Fixture(engine)
        for (day, status, since) in [(0, .active, -3), (5, .suspended, 3), (8, .deprovisioned, 6)]
            as [(Int64, UserStatus, Int64)]
        {
            try await fixture.run(day: day) { context in
                try await fixture.walk(
                    UserRecorder(), "users", [Fixture.user("00u1", status, since: since)], in: context)
                let apps =
                    day == 0
                    ? [
                        AppAssignment(
                            userID: "00u1", scope: .user, status: "ACTIVE", assignedAt: Fixture.time(day: -3),
                            groupID: nil)
                    ] : []
                try await fixture.walk(AssignmentRecorder(), "app_users", subject: "0oa1", apps, in: context)
            }
        }
        return fixture
    }

    @Test(
        "what was true when ends at the date that is looked at, and tells what was believed",
        arguments: TestEngine.available
    )
    func stretches(_ engine: TestEngine) async throws {
        let fixture = try await Self.suspended(engine)
        defer { fixture.remove() }
        let now = Fixture.time(day: 30)
        func history(_ asOf: Int64?, believed: Int64? = nil) async throws -> [String] {
            let at = asOf.map { AsOf.at(Fixture.time(day: $0)) } ?? .now
            let moment =
                if let believed {
                    try await fixture.store.moment(at, believed: Fixture.time(day: believed), now: now)
                } else {
                    try await fixture.store.moment(at, now: now)
                }
            return try await fixture.store.user("00u1", moment).history.map {
                "\($0.status)\($0.to == nil ? " still" : "")"
            }
        }
        #expect(try await history(nil) == ["DEPROVISIONED still", "SUSPENDED", "ACTIVE"])
        #expect(try await history(10) == ["DEPROVISIONED still", "SUSPENDED", "ACTIVE"])
        #expect(try await history(4) == ["SUSPENDED still", "ACTIVE"])
        #expect(try await history(1) == ["ACTIVE still"])
        // On day 4 nobody knew of the suspension.
        #expect(try await history(4, believed: 4) == ["ACTIVE still"])
        #expect(try await history(4, believed: 6) == ["SUSPENDED still", "ACTIVE"])
        #expect(try await history(7, believed: 6) == ["SUSPENDED still", "ACTIVE"])
    }

    @Test("a timeline tells only what was believed", arguments: TestEngine.available)
    func timelines(_ engine: TestEngine) async throws {
        let fixture = try await Self.suspended(engine)
        defer { fixture.remove() }
        let now = Fixture.time(day: 30)
        let subject = try await fixture.store.historySubject("user", "00u1", at: [now]).subject
        func events(_ asOf: Int64, believed: Int64?) async throws -> [String] {
            let at = AsOf.at(Fixture.time(day: asOf))
            let moment =
                if let believed {
                    try await fixture.store.moment(at, believed: Fixture.time(day: believed), now: now)
                } else {
                    try await fixture.store.moment(at, now: now)
                }
            return try await fixture.store.timeline(of: subject, moment).events.map {
                "\($0.kind) \($0.edge) \($0.word ?? "")"
            }
        }
        let known = try await events(7, believed: nil)
        #expect(known.filter { $0.hasPrefix("version") }.first == "version changed DEPROVISIONED")
        #expect(known.contains("assignment ended ACTIVE"))
        let then = try await events(7, believed: 4)
        #expect(then == ["assignment began ACTIVE", "version began ACTIVE"])
        let later = try await events(7, believed: 6)
        #expect(later.filter { $0.hasPrefix("version") } == ["version changed SUSPENDED", "version began ACTIVE"])
        #expect(try await events(7, believed: 29) == known)
    }

    @Test(
        "every list answers with what was believed, people through the indexes of now and the past",
        arguments: TestEngine.available)
    func everyList(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        for (day, status) in [(0, UserStatus.active), (5, .suspended)] as [(Int64, UserStatus)] {
            try await fixture.run(day: day) {
                let people = ["00u1", "00u2"].map { Fixture.user($0, status, since: day - 3) }
                try await fixture.walk(UserRecorder(), "users", people, in: $0)
            }
        }
        let now = Fixture.time(day: 9)
        let at = AsOf.at(Fixture.time(day: 3))
        let believed = try await fixture.store.moment(at, believed: Fixture.time(day: 3), now: now)
        let known = try await fixture.store.moment(at, now: now)
        for (moment, status) in [(believed, "ACTIVE"), (known, "SUSPENDED")] {
            let rows = try await fixture.store.list(.users(moment), ListRequest()).rows
            #expect(rows.map { $0.text("status") } == [status, status])
            let detail = try await fixture.store.user("00u1@acme.example", moment)
            #expect(detail.user.status.rawValue == status)
            for noun in ListDefinition.nouns {
                let list = try #require(ListDefinition.named(noun, moment))
                _ = try await fixture.store.list(list, ListRequest(search: "a"))
            }
        }
    }
}

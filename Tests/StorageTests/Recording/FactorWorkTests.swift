import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite("Whose factors are read")
struct FactorWorkTests {
    typealias Fixture = RecordingFixture

    private let push = Factor(id: "f1", type: "push", provider: "OKTA", status: "ACTIVE")

    private func pending(_ context: RunContext, _ fixture: Fixture) async throws -> [String] {
        try await fixture.store.pendingListings("factors", of: context, after: 0, limit: 50).map(\.oktaID)
    }

    @Test(
        "those never read come first, then those read longest ago; nobody twice in a run, nobody who has left",
        arguments: TestEngine.available)
    func order(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let people = (1...5).map { Fixture.user("00u\($0)") } + [Fixture.user("00u6", .deprovisioned)]
        try await fixture.run(day: 0) { context in
            try await fixture.walk(UserRecorder(), "users", people, in: context)
            try await fixture.walk(FactorRecorder(), "factors", subject: "00u1", [push], in: context)
        }
        try await fixture.run(day: 1) { context in
            try await fixture.walk(FactorRecorder(), "factors", subject: "00u2", [], in: context)
        }
        try await fixture.run(day: 2) { context in
            try await fixture.walk(FactorRecorder(), "factors", subject: "00u3", [], in: context)
            try await fixture.store.expectMoreFactors(2, of: context, marking: "more")
            #expect(try await pending(context, fixture) == ["00u4", "00u5"])
            try await fixture.store.expectMoreFactors(1, of: context, marking: "more")
            #expect(try await pending(context, fixture) == ["00u1", "00u4", "00u5"])
            try await fixture.store.expectMoreFactors(50, of: context, marking: "more")
            #expect(try await pending(context, fixture) == ["00u1", "00u2", "00u4", "00u5"])
        }
    }

    @Test(
        "before a person's factors were first read nobody can say that there were none", arguments: TestEngine.available
    )
    func beforeTheFirstReading(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        var old = push
        old.created = Fixture.time(day: -30)
        let people = ["00u1", "00u2"].map { Fixture.user($0) }
        try await fixture.run(day: 0) { try await fixture.walk(UserRecorder(), "users", people, in: $0) }
        for day: Int64 in [4, 8] {
            try await fixture.run(day: day) { context in
                try await fixture.walk(FactorRecorder(), "factors", subject: "00u1", [], in: context)
                try await fixture.walk(FactorRecorder(), "factors", subject: "00u2", [old], in: context)
            }
        }
        func factors(_ person: String, _ asOf: Int64?, believed: Int64? = nil) async throws -> Int? {
            let at = asOf.map { AsOf.at(Fixture.time(day: $0)) } ?? .now
            let now = Fixture.time(day: 30)
            let moment =
                if let believed {
                    try await fixture.store.moment(at, believed: Fixture.time(day: believed), now: now)
                } else {
                    try await fixture.store.moment(at, now: now)
                }
            return try await fixture.store.user(person, moment).factors?.count
        }
        #expect(try await factors("00u1", nil) == 0)
        #expect(try await factors("00u1", 9) == 0)
        #expect(try await factors("00u1", 2) == nil)
        #expect(try await factors("00u1", 9, believed: 2) == nil)
        #expect(try await factors("00u1", 9, believed: 9) == 0)
        // Okta's own date tells of one that is there still.
        #expect(try await factors("00u2", 2) == 1)
        #expect(try await factors("00u2", 6, believed: 5) == 1)
        #expect(try await factors("00u2", 2, believed: 2) == nil)
    }

    @Test("who is admin no longer keeps the factors that were read", arguments: TestEngine.available)
    func formerAdmin(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let role = AdminRole(
            id: "r1", type: "SUPER_ADMIN", label: "Super Administrator", status: "ACTIVE", assignmentType: "USER")
        try await fixture.run(day: 0) { context in
            try await fixture.walk(UserRecorder(), "users", [Fixture.user("00u1")], in: context)
            try await fixture.walk(RoleRecorder(), "user_roles", subject: "00u1", [role], in: context)
            try await fixture.store.expectFactors(of: context)
            #expect(try await pending(context, fixture) == ["00u1"])
            try await fixture.walk(FactorRecorder(), "factors", subject: "00u1", [push], in: context)
        }
        try await fixture.run(day: 1) { context in
            try await fixture.walk(RoleRecorder(), "user_roles", subject: "00u1", [], in: context)
            try await fixture.store.expectFactors(of: context)
            #expect(try await pending(context, fixture) == [])
        }
        #expect(try await fixture.rows("SELECT type, valid_to FROM factors") == [["push", nil]])
    }
}

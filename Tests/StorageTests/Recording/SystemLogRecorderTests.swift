import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite("Sign-ins are rolled up exactly once")
struct SystemLogRecorderTests {
    typealias Fixture = RecordingFixture

    private func signOn(_ number: Int, result: String = "SUCCESS", day: Int64 = 0, user: String = "00u1")
        -> SystemLogEvent
    {
        var event = SystemLogEvent(
            uuid: "00000000-0000-4000-8000-00000000000\(number)",
            published: Fixture.time(day: day).advanced(bySeconds: Int64(number)), eventType: "user.authentication.sso",
            targets: [SystemLogEvent.Target(id: "0oa1", type: "AppInstance", displayName: "Wiki")])
        event.result = result
        event.actorID = user
        event.actorType = "User"
        return event
    }

    @Test("replaying a page changes nothing, and failed sign-ons never count", arguments: TestEngine.available)
    func replay(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let page = [signOn(1), signOn(2), signOn(3, result: "FAILURE"), signOn(4, day: 1), signOn(5, user: "00u2")]
        try await fixture.run(day: 2) { context in
            for _ in 0..<2 {
                try await fixture.store.record(context) { writer in
                    try SystemLogRecorder().record(
                        page, at: LogPlace(from: nil, to: "/api/v1/logs?after=1"), writer)
                }
            }
        }
        let daily = try await fixture.rows(
            """
            SELECT o.okta_id, d.day - \(Fixture.start.day), d.sign_ins, d.last_at FROM usage_daily d
            JOIN objects o ON o.object_key = d.user_key ORDER BY 1, 2
            """)
        let last = Fixture.start.advanced(bySeconds: 2).rawValue
        let next = Fixture.time(day: 1).advanced(bySeconds: 4).rawValue
        #expect(
            daily == [
                ["00u1", 0, 2, .integer(last)], ["00u1", 1, 1, .integer(next)],
                ["00u2", 0, 1, .integer(Fixture.start.advanced(bySeconds: 5).rawValue)],
            ])
        #expect(try await fixture.rows("SELECT sum(sign_ins) FROM usage_monthly") == [[4]])
        // The first page begins at 08:53, and so does each day of it.
        let hours = try await fixture.rows(
            "SELECT day - \(Fixture.start.day), h8, \(Self.allHours) FROM usage_hours ORDER BY 1")
        #expect(hours == [[0, 3, 3], [1, 1, 1]])
        let firsts = try await fixture.rows("SELECT first_day - \(Fixture.start.day) FROM last_uses ORDER BY 1")
        #expect(firsts == [[0], [0]])
        #expect(try await fixture.rows("SELECT name FROM log_names") == [["Wiki"]])
        #expect(try await fixture.store.logPosition(of: fixture.integrationID).cursor == "/api/v1/logs?after=1")
    }

    private func read(
        _ events: [SystemLogEvent], _ place: LogPlace?, _ fixture: Fixture
    ) async throws {
        let context = fixture.store.logContext(of: fixture.integrationID, now: Fixture.time(day: 9))
        try await fixture.store.record(context) { writer in
            _ = try SystemLogRecorder().record(events, at: place, writer)
        }
    }

    private static let allHours = (0..<24).map { "h\($0)" }.joined(separator: " + ")

    private func usage(_ fixture: Fixture) async throws -> [[Value]] {
        let name = "(SELECT okta_id FROM objects o WHERE o.object_key = u.user_key)"
        return try await fixture.rows("SELECT \(name), day, sign_ins, last_at FROM usage_daily u ORDER BY 1, 2")
            + (try await fixture.rows("SELECT \(name), last_at, first_day, 0 FROM last_uses u ORDER BY 1"))
            + (try await fixture.rows("SELECT * FROM usage_hours WHERE \(Self.allHours) > 0 ORDER BY 1, 2, 3"))
            + (try await fixture.rows("SELECT 'month', month, sign_ins, 0 FROM usage_monthly ORDER BY 2"))
    }

    @Test(
        "days that are read again because Okta forgot the place count once, with what was not read before",
        arguments: TestEngine.available)
    func readAgain(_ engine: TestEngine) async throws {
        let first = [
            signOn(1, day: -40), signOn(2), signOn(3, day: 1), signOn(4, day: 2), signOn(5, day: 2, user: "00u2"),
        ]
        let rest = [signOn(6, day: 2), signOn(7, day: 3)]
        let whole = try await Fixture(engine)
        defer { whole.remove() }
        try await read(first + rest, LogPlace(from: nil, to: "a"), whole)
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await read(first, LogPlace(from: nil, to: "a"), fixture)
        let restart = Fixture.start.day + 1
        // An answer without events changes nothing: what was counted stays until there is something to count anew.
        let before = try await usage(fixture)
        try await read([], LogPlace(from: "a", to: "b", restart: restart), fixture)
        #expect(try await usage(fixture) == before)
        try await read([first[2], first[1], first[3]], LogPlace(from: "b", to: "c", restart: restart), fixture)
        try await read([first[4]] + rest, LogPlace(from: "c", to: "d"), fixture)
        #expect(try await usage(fixture) == usage(whole))
    }

    @Test(
        "a sign-on that is read late moves the first day back, and no later one forward",
        arguments: TestEngine.available)
    func firstDay(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        for (page, place) in [([signOn(1, day: 5)], "a"), ([signOn(2, day: 3)], "b"), ([signOn(3, day: 7)], "c")] {
            let from = try await fixture.store.logPosition(of: fixture.integrationID).cursor
            try await read(page, LogPlace(from: from, to: place), fixture)
        }
        let day = Fixture.start.day
        let rows = try await fixture.rows("SELECT first_day - \(day), last_at / 86400000000 - \(day) FROM last_uses")
        #expect(rows == [[3, 7]])
    }

    @Test(
        "sign-ons without an app, without a person, of a machine or of another age harm no other",
        arguments: TestEngine.available)
    func oddSignOns(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        var nowhere = signOn(1)
        nowhere.targets = []
        var nobody = signOn(2)
        nobody.actorID = nil
        var machine = signOn(3)
        machine.actorType = "PublicClientApp"
        var unfinished = signOn(4)
        unfinished.result = nil
        var old = signOn(5)
        old.published = Timestamp(seconds: -1)
        var far = signOn(6)
        far.published = Timestamp(seconds: 9_000_000_000)
        let odd = [nowhere, nobody, machine, unfinished]
        try await read(odd + [old, far, signOn(7)], LogPlace(from: nil, to: "a"), fixture)
        #expect(try await fixture.rows("SELECT count(*), sum(sign_ins) FROM usage_daily") == [[3, 3]])
        let hours = try await fixture.rows("SELECT day, h8, h16, h23 FROM usage_hours ORDER BY day")
        #expect(hours == [[-1, 0, 0, 1], [.integer(Int64(Fixture.start.day)), 1, 0, 0], [104_166, 0, 1, 0]])
    }

    @Test(
        "a page that was asked from another place than the one stored is not written", arguments: TestEngine.available)
    func otherPlace(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await read([signOn(1)], LogPlace(from: nil, to: "a"), fixture)
        let before = try await usage(fixture)
        let refusal = await #expect(throws: Problem.self) {
            try await read([signOn(2)], LogPlace(from: "x", to: "y"), fixture)
        }
        #expect(refusal?.id == "sync.log.moved")
        #expect(try await usage(fixture) == before)
        #expect(try await fixture.store.logPosition(of: fixture.integrationID).cursor == "a")
    }

    @Test(
        "without a place behind it the log begins again, and sign-ons that a hook told of are left to it",
        arguments: TestEngine.available)
    func noPlace(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await read([signOn(1)], LogPlace(from: nil, to: "a"), fixture)
        let before = try await usage(fixture)
        try await read([signOn(2)], nil, fixture)
        #expect(try await usage(fixture) == before)
        try await read([signOn(2)], LogPlace(from: "a", to: nil), fixture)
        #expect(try await fixture.store.logPosition(of: fixture.integrationID).cursor == nil)
        #expect(try await fixture.rows("SELECT sum(sign_ins) FROM usage_daily") == [[2]])
    }
}

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

    private func usage(_ fixture: Fixture) async throws -> [[Value]] {
        let name = "(SELECT okta_id FROM objects o WHERE o.object_key = u.user_key)"
        return try await fixture.rows("SELECT \(name), day, sign_ins, last_at FROM usage_daily u ORDER BY 1, 2")
            + (try await fixture.rows("SELECT \(name), last_at, 0, 0 FROM last_uses u ORDER BY 1"))
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

import DatabaseEngine
import Directory
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
                    try SystemLogRecorder().record(page, cursor: "/api/v1/logs?after=1", writer)
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
}

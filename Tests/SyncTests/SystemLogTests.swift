import DatabaseEngine
import Directory
import OktaSimulator
import Storage
import Support
import Sync
import Testing

@Suite("The System Log goes on where it stopped")
struct SystemLogTests {
    @Test(
        "a cursor that Okta refuses begins again from the day before the last event written, on a first read too",
        arguments: TestEngine.available)
    func refusedCursor(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator(people: 200, days: 60) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let whole = try await fixture.integrations.sync(integration).run
            let known = whole.count("events").added
            let used = try await usage(fixture)
            // As if the first read had stopped half-way, at a place that Okta has forgotten since, and an Event Hook had
            // told of the newest event meanwhile.
            let middle = try await fixture.rows("SELECT published_at FROM log_events ORDER BY published_at")
            guard case .integer(let last)? = middle[middle.count / 2].first else { throw CancellationError() }
            let day = Timestamp(rawValue: last).day
            try await fixture.store.engine.write { connection in
                try connection.execute(
                    """
                    DELETE FROM log_events WHERE published_at > $1 AND published_at < (
                        SELECT max(published_at) FROM log_events)
                    """, [.integer(last)])
                try connection.execute("UPDATE integrations SET log_read_to = $1", [.integer(last)])
                try connection.execute("UPDATE integrations SET log_cursor = '/api/v1/logs?after=1_1'")
            }
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.status == .complete)
            let asked = try await fixture.store.calls(of: integration.id, run: run.id, limit: 200)
                .filter { $0.callClass == "logs" && $0.path.contains("since=") && !$0.path.contains("after=") }
            let since = Timestamp(day: day - 1).iso8601.replacing(":", with: "%3A")
            #expect(asked.map { $0.path.contains("since=\(since)") } == [true], "\(asked.map(\.path))")
            #expect(run.count("events").added > 0 && run.count("events").seen < known)
            #expect(try await fixture.rows("SELECT published_at FROM log_events ORDER BY published_at") == middle)
            // Every sign-on of the days that were read again counts once.
            #expect(try await usage(fixture) == used)
        }
    }

    @Test("what an Event Hook told before the log was read at all hides none of it", arguments: TestEngine.available)
    func toldBefore(_ engine: TestEngine) async throws {
        let noon = "2026-06-15T12:00:00Z"
        let now = try #require(Timestamp(iso8601: noon))
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager, clock: SyncClock { now })
        defer { fixture.remove() }
        try await withSimulator(people: 200, days: 60, now: noon) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let begin = now.advanced(bySeconds: -90 * 86_400)
            try await fixture.store.beginLog(of: integration.id, since: begin)
            let told = SystemLogEvent(
                uuid: "00000000-0000-0000-0000-100000000000", published: now.advanced(bySeconds: -60),
                eventType: "user.lifecycle.suspend", targets: [SystemLogEvent.Target(id: "00u1", type: "User")])
            try await fixture.store.record(fixture.store.logContext(of: integration.id, now: now)) { writer in
                _ = try SystemLogRecorder().record([told], at: nil, writer)
            }
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.status == .complete)
            let days = try await fixture.rows(
                "SELECT count(*) FROM usage_daily WHERE day < \(now.day - 30)")
            #expect(days != [[0]])
        }
    }

    private func usage(_ fixture: TenantFixture) async throws -> [[Value]] {
        let daily = try await fixture.rows("SELECT * FROM usage_daily ORDER BY 1, 2, 3, 4")
        let monthly = try await fixture.rows("SELECT * FROM usage_monthly ORDER BY 1, 2, 3")
        #expect(daily.count > 100 && monthly.count > 10)
        return daily + monthly
            + (try await fixture.rows("SELECT * FROM last_uses ORDER BY 1, 2, 3"))
    }

    @Test(
        "what Okta deleted while nobody read is a gap on record, noticed once, and reading goes on behind it",
        arguments: TestEngine.available)
    func gap(_ engine: TestEngine) async throws {
        let (before, after) = (Timestamp(iso8601: "2026-01-10T12:00:00Z"), Timestamp(iso8601: "2026-06-15T12:00:00Z"))
        let (first, second) = (try #require(before), try #require(after))
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager, clock: SyncClock { first })
        let later = try await TenantFixture(
            engine, okta: TenantFixture.eager, beside: fixture, clock: SyncClock { second }, closureShare: 1)
        defer { fixture.remove() }
        let integration = try await withSimulator(now: "2026-01-10T12:00:00Z") { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            _ = try await fixture.integrations.sync(integration)
            return integration
        }
        #expect(try await fixture.store.logGaps(of: integration.id) == [])
        try await withSimulator(days: 120, now: "2026-06-15T12:00:00Z") { simulator, port in
            try await later.move(integration, to: port)
            for _ in 0..<2 {
                let run = try await later.integrations.sync(later.integration(integration)).run
                #expect(run.status == .complete)
                let gaps = try await later.store.logGaps(of: integration.id)
                #expect(gaps.map(\.from) == [first])
                let to = try #require(gaps.first?.to)
                #expect(second.seconds - to.seconds >= 90 * 86_400 && second.seconds - to.seconds < 92 * 86_400)
            }
        }
    }

    @Test("a run whose log could not be read says so at once: the tail need not wait for its end")
    func unreadable() async throws {
        let fixture = try await TenantFixture(okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator(faults: ["forbid=logs"]) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            _ = try await fixture.integrations.sync(integration)
            let state = try await fixture.rows("SELECT state FROM listings WHERE call_class = 'logs'")
            #expect(state == [[3]])
        }
    }
}

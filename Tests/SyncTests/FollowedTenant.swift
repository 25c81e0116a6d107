import DatabaseEngine
import Directory
import OktaSimulator
import Problems
import Storage
import Support
import Testing

@testable import Sync

/// A tenant whose System Log is followed: what the suites about that share.
protocol FollowedTenant {}

extension FollowedTenant {
    static var began: String { "2026-06-15T12:00:00Z" }
    static var later: String { "2026-06-15T14:00:00Z" }

    /// A tenant synced at noon, that has lived on for two hours since; and nobody has looked yet.
    func withTenant(
        _ engine: TestEngine, faults: [String] = [], seed: UInt64 = 7,
        _ body: @Sendable @escaping (TenantFixture, Integration, Simulator) async throws -> Void
    ) async throws {
        let (first, second) = (Timestamp(iso8601: Self.began), Timestamp(iso8601: Self.later))
        let (noon, afternoon) = (try #require(first), try #require(second))
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager, clock: SyncClock { noon })
        let later = try await TenantFixture(
            engine, okta: TenantFixture.eager, beside: fixture, clock: SyncClock { afternoon })
        defer { fixture.remove() }
        let integration = try await withSimulator(people: 200, apps: 30, groups: 40, seed: seed, now: Self.began) {
            simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.status == .complete)
            return integration
        }
        try await withSimulator(
            people: 200, apps: 30, groups: 40, seed: seed, now: Self.later, since: Self.began, faults: faults
        ) { simulator, port in
            try await later.move(integration, to: port)
            try await body(later, try await later.integration(integration), simulator)
        }
    }

    /// Looks until nothing waits any more.
    func follow(_ tail: LogTail) async throws {
        for _ in 0..<20 {
            if try await !tail.work(askingLog: true).isBusy { return }
        }
        Issue.record("The tail finds something each time it looks.")
    }

    /// A person who left while nobody looked.
    func someoneGone() throws -> String {
        var configuration = SimulatorConfiguration()
        (configuration.people, configuration.apps, configuration.groups, configuration.days) = (200, 30, 40, 20)
        (configuration.seed, configuration.now, configuration.since) = (7, Self.later, Self.began)
        let simulator = try Simulator(configuration)
        func isGone(_ row: [String]) -> Bool { row[5] == "DEPROVISIONED" }
        let before = Set(try simulator.print("users", asOf: Self.began).rows.filter(isGone).map { $0[0] })
        let gone = try simulator.print("users", asOf: nil).rows.first { isGone($0) && !before.contains($0[0]) }
        return try #require(gone)[0]
    }

    /// No pause ends while a test runs.
    static var unhurried: LogTail.Pace {
        var pace = LogTail.Pace()
        pace.idle = .seconds(600)
        return pace
    }

    /// An event as an Event Hook may tell of it.
    func tell(
        _ type: String, _ user: String, _ number: Int, _ fixture: TenantFixture, _ integration: Integration
    ) async throws {
        try await tell(type, [("User", user)], number, fixture, integration)
    }

    /// An event about several things.
    func tell(
        _ type: String, _ targets: [(type: String, id: String)], _ number: Int, _ fixture: TenantFixture,
        _ integration: Integration
    ) async throws {
        let now = fixture.integrations.clock.now()
        var event = SystemLogEvent(
            uuid: "00000000-0000-0000-0000-\(String(number + 100_000_000_000))", published: now, eventType: type,
            targets: targets.map { SystemLogEvent.Target(id: $0.id, type: $0.type) })
        event.result = "SUCCESS"
        let told = event
        try await fixture.store.record(fixture.store.logContext(of: integration.id, now: now)) { writer in
            _ = try SystemLogRecorder().record([told], at: nil, writer)
        }
    }
}

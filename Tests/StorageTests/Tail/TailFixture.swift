import DatabaseEngine
import Directory
import Problems
import Support
import Testing

@testable import Storage

/// Events, marks and runs of the tail: what the suites about them share.
protocol TailFixture {}

extension TailFixture {
    typealias Fixture = RecordingFixture

    func event(_ type: String, _ number: Int, day: Int64, _ targets: [(String, String)]) -> SystemLogEvent {
        var event = SystemLogEvent(
            uuid: "00000000-0000-0000-0000-\(String(number + 100_000_000_000))", published: Fixture.time(day: day),
            eventType: type,
            targets: targets.map { SystemLogEvent.Target(id: $0.1, type: $0.0) })
        event.result = "SUCCESS"
        return event
    }

    func log(_ events: [SystemLogEvent], _ fixture: Fixture, day: Int64) async throws {
        let context = fixture.store.logContext(of: fixture.integrationID, now: Fixture.time(day: day))
        try await fixture.store.record(context) { writer in
            try SystemLogRecorder().record(events, at: nil, writer)
        }
    }

    func marks(_ fixture: Fixture, since: Timestamp? = nil) async throws -> [LogMark] {
        try await fixture.store.marks(of: fixture.integrationID, since: since, limit: 100)
    }

    func tail(_ fixture: Fixture, day: Int64) async throws -> RunContext {
        try await fixture.store.tailRun(
            of: fixture.integrationID, now: Fixture.time(day: day), closureShare: 0.2)
    }
}

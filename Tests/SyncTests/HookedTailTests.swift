import DatabaseEngine
import Directory
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OktaAPI
import OktaSimulator
import Storage
import Support
import Synchronization
import Testing

@testable import Sync

/// Takes deliveries as the server does, and knows which events have come.
private final class Intake: Sendable {
    let events = Mutex<Set<String>>([])
    private let inbox: HookInbox
    private let now: @Sendable () -> Timestamp

    init(_ store: Store, now: @escaping @Sendable () -> Timestamp) {
        inbox = HookInbox(store)
        self.now = now
    }

    /// Answers on a free port for the length of `body`.
    func serve(_ body: @Sendable @escaping (String) async throws -> Void) async throws {
        let router = Router()
        router.get("hook") { request, _ in
            let challenge = HTTPField.Name("x-okta-verification-challenge").flatMap { request.headers[$0] } ?? ""
            return Response(
                status: .ok, body: .init(byteBuffer: ByteBuffer(string: "{\"verification\":\"\(challenge)\"}")))
        }
        router.post("hook") { [inbox, now] request, _ -> Response in
            var request = request
            let body = Array(try await request.collectBody(upTo: 1 << 20).readableBytesView)
            let delivery = try HookDelivery(body)
            _ = try await inbox.receive(delivery.eventID, body: body, for: 1, now: now())
            self.events.withLock { $0.formUnion(delivery.events.map(\.uuid)) }
            return Response(status: .noContent)
        }
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "intake")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ready.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            let port = await ports.first { _ in true } ?? 0
            try await body("http://127.0.0.1:\(port)/hook")
            group.cancelAll()
        }
    }
}

@Suite("Event Hooks tell the tail before the log does")
struct HookedTailTests {
    private func memberships(_ fixture: TenantFixture) async throws -> Set<String> {
        let rows = try await fixture.rows(
            """
            SELECT g.okta_id || ' ' || u.okta_id FROM memberships m
            JOIN objects g ON g.workspace_id = m.workspace_id AND g.object_key = m.group_key
            JOIN objects u ON u.workspace_id = m.workspace_id AND u.object_key = m.user_key
            JOIN user_groups k ON k.workspace_id = m.workspace_id AND k.group_key = m.group_key AND k.type <> 'BUILT_IN'
            WHERE m.valid_to IS NULL AND k.valid_to IS NULL
            """)
        return Set(
            rows.compactMap { row in
                if case .text(let pair) = row[0] { return pair }
                return nil
            })
    }

    @Test(
        "what was delivered twice and out of order is read once; the log adds nothing, and a full sync finds nothing",
        arguments: TestEngine.available)
    func follows(_ engine: TestEngine) async throws {
        let began = try #require(Timestamp(iso8601: "2026-06-15T12:00:00Z"))
        let time = SharedTime(began)
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager, clock: SyncClock { time.now })
        defer { fixture.remove() }
        let intake = Intake(fixture.store, now: { time.now })
        try await intake.serve { url in
            try await withSimulator(
                people: 200, apps: 30, groups: 40, changesPerMinute: 30,
                faults: ["hook-duplicates=0.3", "hook-disorder=0.3"], hook: url
            ) { simulator, port in
                let integration = try await fixture.connect(port: port, token: simulator.token)
                let run = try await fixture.integrations.sync(integration).run
                #expect(run.status == .complete)
                while simulator.hookTally?.isVerified != true { try await Task.sleep(for: .milliseconds(20)) }
                simulator.advance(bySeconds: 240)
                time.advance(bySeconds: 240)
                let logged = try await logged(integration, fixture, since: began)
                #expect(logged.count > 100)
                while !intake.events.withLock({ logged.isSubset(of: $0) }) {
                    try await Task.sleep(for: .milliseconds(20))
                }
                let tail = LogTail(integration, fixture.integrations, pace: .init())
                while try await tail.work(askingLog: false).isBusy {}
                let truth = try simulator.print("memberships", asOf: nil).rows.map { "\($0[0]) \($0[2])" }
                #expect(try await memberships(fixture) == Set(truth))
                let told = "SELECT count(*) FROM log_events WHERE event_type IN (\(types))"
                let byHook = try await fixture.rows(told)
                while try await tail.work(askingLog: true).isBusy {}
                let byLog = try await fixture.rows(told)
                #expect(byLog == byHook)
                let full = try await fixture.integrations.sync(integration).run
                #expect(full.drift == 0)
            }
        }
    }

    @Test("nothing is taken before the log was first read", arguments: TestEngine.available)
    func beforeTheFirstRead(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let body = Array("{\"eventId\":\"one\",\"data\":{\"events\":[]}}".utf8)
            let inbox = HookInbox(fixture.store)
            _ = try await inbox.receive("one", body: body, for: integration.id, now: .now)
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            _ = try await tail.work(askingLog: false)
            #expect(try await inbox.isWaiting(for: integration.id))
            _ = try await fixture.integrations.sync(integration)
            _ = try await tail.work(askingLog: false)
            let waits = try await inbox.isWaiting(for: integration.id)
            #expect(!waits)
        }
    }

    @Test(
        "a tail that never asks for the log takes what was delivered; without a hook it asks for nothing at all",
        arguments: TestEngine.available)
    func neverAsksForTheLog(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            _ = try await fixture.integrations.sync(integration)
            let inbox = HookInbox(fixture.store)
            let body = Array("{\"eventId\":\"one\",\"data\":{\"events\":[]}}".utf8)
            _ = try await inbox.receive("one", body: body, for: integration.id, now: .now)
            let tail = LogTail(integration, fixture.integrations, pace: .init(everySeconds: 0))
            #expect(await tail.look() == .seconds(60))
            #expect(try await inbox.isWaiting(for: integration.id))
            try await fixture.store.engine.write { connection in
                _ = try fixture.store.keepHook(
                    of: integration.id, address: HookAddress(workspaceID: 1, random: String(repeating: "a", count: 22)),
                    secretSHA256: [1], now: .now, on: connection)
            }
            let calls = try await fixture.store.callCount(of: integration.id)
            _ = await tail.look()
            let waits = try await inbox.isWaiting(for: integration.id)
            let after = try await fixture.store.callCount(of: integration.id)
            #expect(!waits && after == calls)
        }
    }

    private var types: String { HookEventTypes.recommended.map { "'\($0)'" }.joined(separator: ", ") }

    /// The ids of what the log says happened since, as far as hooks are told of it.
    private func logged(
        _ integration: Integration, _ fixture: TenantFixture, since: Timestamp
    ) async throws -> Set<String> {
        let client = try await fixture.integrations.client(of: integration, ledger: NoLedger())
        let page = try await client.page(.logPolling(since: since, eventTypes: HookEventTypes.recommended))
        await client.shutdown()
        return Set(page.items.map(\.uuid))
    }
}

/// A clock that the test moves.
private final class SharedTime: Sendable {
    private let time: Mutex<Timestamp>

    init(_ time: Timestamp) { self.time = Mutex(time) }

    var now: Timestamp { time.withLock { $0 } }

    func advance(bySeconds seconds: Int64) { time.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}

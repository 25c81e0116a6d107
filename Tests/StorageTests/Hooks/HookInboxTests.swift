import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite("Deliveries of Event Hooks wait until they are taken")
struct HookInboxTests {
    typealias Fixture = RecordingFixture

    private static let now = Fixture.start

    private func receive(
        _ inbox: HookInbox, _ id: String, _ fixture: Fixture, at second: Int64 = 0, bytes: Int = 4
    ) async throws -> Bool {
        try await inbox.receive(
            id, body: [UInt8](repeating: 7, count: bytes), for: fixture.integrationID,
            now: Self.now.advanced(bySeconds: second))
    }

    @Test("a delivery is stored once, whatever else comes of it", arguments: TestEngine.available)
    func duplicates(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let inbox = HookInbox(fixture.store)
        #expect(try await inbox.isWaiting(for: fixture.integrationID) == false)
        #expect(try await receive(inbox, "one", fixture))
        #expect(try await receive(inbox, "one", fixture, at: 1) == false)
        #expect(try await receive(inbox, "two", fixture, at: 2))
        #expect(try await inbox.isWaiting(for: fixture.integrationID))
        var standing = try await inbox.standing(of: fixture.integrationID, now: Self.now.advanced(bySeconds: 5))
        let last = Self.now.advanced(bySeconds: 2)
        #expect(standing == HookInbox.Standing(lastAt: last, today: 2, waiting: 2))
        try await fixture.run(day: 0) { context in
            try await fixture.store.record(context) { writer in
                try writer.finish(try writer.waitingDeliveries(limit: 10), now: Self.now)
            }
        }
        // Taken, and still known: Okta may deliver it again.
        #expect(try await receive(inbox, "one", fixture, at: 3) == false)
        standing = try await inbox.standing(of: fixture.integrationID, now: Self.now.advanced(bySeconds: 5))
        #expect(standing == HookInbox.Standing(lastAt: last, today: 2, waiting: 0))
        #expect(try await fixture.rows("SELECT size, body FROM hook_deliveries") == [[0, .blob([])], [0, .blob([])]])
    }

    @Test(
        "deliveries are taken in the order they came, and stay when what they cause fails",
        arguments: TestEngine.available)
    func order(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let inbox = HookInbox(fixture.store)
        for (id, second) in [("c", 1), ("a", 3), ("b", 2), ("d", 4)] as [(String, Int64)] {
            _ = try await receive(inbox, id, fixture, at: second, bytes: Int(second))
        }
        try await fixture.run(day: 0) { context in
            struct Broken: Error {}
            await #expect(throws: (any Error).self) {
                try await fixture.store.record(context) { writer in
                    try writer.finish(try writer.waitingDeliveries(limit: 2), now: Self.now)
                    throw Broken()
                }
            }
            let first = try await fixture.store.record(context) { writer in
                let taken = try writer.waitingDeliveries(limit: 2)
                try writer.finish(taken, now: Self.now)
                return taken
            }
            #expect(first.map(\.eventID) == ["c", "b"])
            #expect(first.map(\.body.count) == [1, 2])
            #expect(first.map(\.receivedAt) == [1, 2].map { Self.now.advanced(bySeconds: $0) })
            let second = try await fixture.store.record(context) { writer in
                try writer.waitingDeliveries(limit: 10).map(\.eventID)
            }
            #expect(second == ["a", "d"])
        }
    }

    @Test("ids of taken deliveries are forgotten after two days", arguments: TestEngine.available)
    func forgets(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let inbox = HookInbox(fixture.store)
        _ = try await receive(inbox, "old", fixture)
        _ = try await receive(inbox, "waits", fixture, at: 1)
        try await fixture.run(day: 0) { context in
            try await fixture.store.record(context) { writer in
                try writer.finish(try writer.waitingDeliveries(limit: 1), now: Self.now)
                try writer.finish([], now: Self.now.advanced(bySeconds: 86_400))
            }
            #expect(try await fixture.rows("SELECT count(*) FROM hook_deliveries") == [[2]])
            try await fixture.store.record(context) { writer in
                try writer.finish([], now: Self.now.advanced(bySeconds: 3 * 86_400))
            }
        }
        #expect(try await fixture.rows("SELECT event_id FROM hook_deliveries") == [["waits"]])
    }

    @Test(
        "what nobody takes is bounded by number, by size and by age, the oldest going first",
        arguments: TestEngine.available)
    func bounds(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        try await fixture.hook()
        var bounds = HookInbox.Bounds()
        bounds.count = 5
        bounds.bytes = 1_000
        let inbox = HookInbox(fixture.store, bounds: bounds)
        func ids() async throws -> [[Value]] {
            try await fixture.rows("SELECT event_id FROM hook_deliveries ORDER BY received_at")
        }
        for second in 0..<8 { _ = try await receive(inbox, "d\(second)", fixture, at: Int64(second)) }
        let soon = Self.now.advanced(bySeconds: 10)
        #expect(try await inbox.trim(fixture.integrationID, now: soon) == 3)
        #expect(try await ids() == [["d3"], ["d4"], ["d5"], ["d6"], ["d7"]])
        _ = try await receive(inbox, "large", fixture, at: 9, bytes: 990)
        #expect(try await inbox.trim(fixture.integrationID, now: soon) == 3)
        #expect(try await ids() == [["d6"], ["d7"], ["large"]])
        #expect(try await inbox.trim(fixture.integrationID, now: soon) == 0)
        // One that is too large by itself is kept: it is the newest.
        _ = try await receive(inbox, "huge", fixture, at: 10, bytes: 2_000)
        _ = try await inbox.trim(fixture.integrationID, now: soon)
        #expect(try await ids() == [["huge"]])
        let later = Self.now.advanced(bySeconds: 8 * 86_400)
        #expect(try await inbox.trim(fixture.integrationID, now: later) == 1)
        #expect(try await ids() == [])
        let hook = try #require(try await fixture.store.eventHook(of: fixture.integrationID))
        #expect(hook.dropped == 10)
        #expect(hook.droppedAt == later)
    }

    @Test(
        "a hook is found by its address in its own workspace, and goes with the tenant", arguments: TestEngine.available
    )
    func address(_ engine: TestEngine) async throws {
        let fixture = try await Fixture(engine)
        defer { fixture.remove() }
        let address = try await fixture.hook()
        #expect(try await fixture.store.eventHook(at: address)?.integrationID == fixture.integrationID)
        let elsewhere = Store(engine: fixture.store.engine, workspaceID: 99)
        #expect(try await elsewhere.eventHook(at: address) == nil)
        _ = try await receive(HookInbox(fixture.store), "one", fixture)
        try await fixture.store.disconnect(fixture.integrationID, now: Self.now)
        #expect(try await fixture.store.eventHook(at: address) == nil)
        #expect(try await fixture.rows("SELECT count(*) FROM hook_deliveries") == [[0]])
    }

    @Test("only a text that can be an address is one")
    func addresses() {
        let random = String(repeating: "aB-_9", count: 5)
        #expect(HookAddress("7-\(random)")?.workspaceID == 7)
        #expect(HookAddress("7-\(random)") == HookAddress(workspaceID: 7, random: random))
        for wrong in [
            "", "7", "7-", "7-short", "-\(random)", "0-\(random)", "-7-\(random)", "07-\(random)", "x-\(random)",
            "7-\(random)'", "7-\(random)/..", "7-" + String(repeating: "a", count: 100),
            "99999999999999999999-\(random)",
        ] {
            #expect(HookAddress(wrong) == nil, "\(wrong)")
        }
    }
}

extension RecordingFixture {
    /// Switches the tenant's hook on.
    @discardableResult
    fileprivate func hook() async throws -> HookAddress {
        let address = HookAddress(workspaceID: store.workspaceID, random: String(repeating: "a", count: 22))
        return try await store.engine.write { connection in
            try store.keepHook(
                of: integrationID, address: address, secretSHA256: [1], now: Self.start, on: connection)
        }
    }
}

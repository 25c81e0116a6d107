import DatabaseEngine
import Support
import Testing

@Suite(
    "Writers on PostgreSQL wait for whom they must, in other processes too",
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)),
    .timeLimit(.minutes(2)))
struct WriteTurnTests {
    @Test("writers of different workspaces go side by side; of the same one, and of the store, one after the other")
    func turns() async throws {
        let address = try await TestServer.shared.freshAddress()
        let (one, other) = (try Engine(path: address), try Engine(path: address))
        try await one.makeThings()
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let gate = Gate()
        async let holding: Void = one.write(.workspace(1)) { connection in
            try connection.execute("INSERT INTO things (number) VALUES (1)")
            _ = try connection.first("SELECT 1") { $0.integer(0) }
            begin.finish()
            gate.wait()
        }
        for await _ in begun {}
        // By another process, and by the same one.
        for engine in [other, one] {
            for turn in [WriteTurn.workspace(2), .rows] {
                try await engine.write(turn) { _ = try $0.first("SELECT 1") { $0.integer(0) } }
            }
        }
        async let same = other.write(.workspace(1)) { try $0.first("SELECT count(*) FROM things") { $0.integer(0) } }
        async let whole = other.write { try $0.first("SELECT count(*) FROM things") { $0.integer(0) } }
        try await other.waitForLocks(2)
        gate.open()
        try await holding
        // They see what the one before them wrote.
        #expect(try await same == 1)
        #expect(try await whole == 1)
    }
}

extension Engine {
    /// Returns when this many sessions wait for an advisory lock.
    fileprivate func waitForLocks(_ count: Int64) async throws {
        while try await read({ connection in
            try connection.first("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") {
                $0.integer(0)
            }
        }) ?? 0 < count { try await Task.sleep(for: .milliseconds(10)) }
    }
}

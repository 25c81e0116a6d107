import DatabaseEngine
import Problems
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

    /// Begins a write of one engine and returns once the server has answered it and `then` is on.
    private func hold(
        _ engine: Engine, _ turn: WriteTurn, then: @escaping @Sendable (Connection) throws -> Void
    ) async -> Task<Void, any Error> {
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let holding = Task {
            try await engine.write(turn) { connection in
                try connection.execute("INSERT INTO things (number) VALUES (1)")
                _ = try connection.first("SELECT 1") { $0.integer(0) }
                begin.finish()
                try then(connection)
            }
        }
        for await _ in begun {}
        return holding
    }

    /// Whoever waits for a lock waits longer than somebody has to be silent to count as frozen.
    private var shortPatience: LockPatience {
        var patience = LockPatience()
        patience.wait = .seconds(1)
        patience.silence = .milliseconds(100)
        patience.confirmation = .milliseconds(300)
        return patience
    }

    @Test("a writer that froze in the middle is ended by the next one of its workspace, and wrote nothing")
    func frozen() async throws {
        let address = try await TestServer.shared.freshAddress()
        let (one, other) = (try Engine(path: address), try Engine(path: address, patience: shortPatience))
        try await one.makeThings()
        let gate = Gate()
        let holding = await hold(one, .workspace(1)) { _ in gate.wait() }
        let count = try await other.write(.workspace(1)) {
            try $0.first("SELECT count(*) FROM things") { $0.integer(0) }
        }
        #expect(count == 0)
        gate.open()
        let problem = await #expect(throws: Problem.self) { try await holding.value }
        #expect(problem?.id == "storage.server.lost")
    }

    @Test(
        "a frozen writer that nobody waits for is found by who looks, whatever its turn",
        arguments: [
            WriteTurn.rows, .deliveries, .store, .workspace(7),
        ])
    func frozenAlone(_ turn: WriteTurn) async throws {
        let address = try await TestServer.shared.freshAddress()
        let (one, other) = (try Engine(path: address), try Engine(path: address, patience: shortPatience))
        // Of another store on the same server.
        let foreign = try Engine(path: try await TestServer.shared.freshAddress(), patience: shortPatience)
        try await one.makeThings()
        let gate = Gate()
        let holding = await hold(one, turn) { _ in gate.wait() }
        var found = 0
        while found == 0 {
            #expect(try await foreign.endFrozenWriters() == 0)
            found = try await other.endFrozenWriters()
        }
        #expect(found == 1)
        gate.open()
        let problem = await #expect(throws: Problem.self) { try await holding.value }
        #expect(problem?.id == "storage.server.lost")
    }

    @Test("a writer that works at a long statement, and one that may be silent, are waited for and left alone")
    func working() async throws {
        let address = try await TestServer.shared.freshAddress()
        let (one, other) = (try Engine(path: address), try Engine(path: address, patience: shortPatience))
        try await one.makeThings()
        let busy = await hold(one, .workspace(1)) { _ = try $0.first("SELECT pg_sleep(60)") { _ in true } }
        var problem = await #expect(throws: Problem.self) { try await other.write(.workspace(1)) { _ in } }
        #expect(problem?.id == "storage.busy")
        busy.cancel()
        problem = await #expect(throws: Problem.self) { try await busy.value }
        #expect(problem?.id == "storage.cancelled")

        let gate = Gate()
        let silent = await hold(one, .workspace(1)) { connection in
            try connection.allowSilence()
            _ = try connection.first("SELECT 1") { $0.integer(0) }
            gate.wait()
        }
        problem = await #expect(throws: Problem.self) { try await other.write(.workspace(1)) { _ in } }
        #expect(problem?.id == "storage.busy")
        gate.open()
        try await silent.value
    }

    @Test("a flood of deliveries keeps nobody from work on rows, and what is too much is refused")
    func flood() async throws {
        let engine = try Engine(path: try await TestServer.shared.freshAddress())
        try await engine.makeThings()
        let gate = Gate()
        try await withThrowingTaskGroup(of: String?.self) { group in
            // Two write, two hundred wait, one is too many.
            for number in 0..<203 {
                group.addTask {
                    do throws(Problem) {
                        try await engine.write(.deliveries) { connection in
                            try connection.execute("INSERT INTO things (number) VALUES (\(number))")
                            gate.wait()
                            gate.open()
                        }
                        return nil
                    } catch { return error.id }
                }
            }
            let first = try await group.next()
            #expect(first == "storage.deliveries.crowded")
            try await engine.write(.rows) { try $0.execute("INSERT INTO things (number) VALUES (1000)") }
            gate.open()
            for try await one in group { #expect(one == nil) }
        }
        let count = try await engine.read { try $0.first("SELECT count(*) FROM things") { $0.integer(0) } }
        #expect(count == 203)
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

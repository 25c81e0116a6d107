import DatabaseEngine
import Problems
import Support
import Testing

@Suite(
    "A PostgreSQL server may be away, restarted or closed to us",
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
struct PostgreSQLServerTests {
    @Test("after a restart of the server the next use connects anew")
    func restart() async throws {
        let server = TestServer.own()
        defer { server.stop() }
        let engine = try Engine(path: try await server.freshAddress())
        try await engine.makeThings()
        try await engine.write { try $0.execute("INSERT INTO things (number) VALUES (1)") }
        server.restart()
        #expect(try await engine.countThings() == 1)
        server.restart()
        try await engine.write { try $0.execute("INSERT INTO things (number) VALUES (2)") }
        #expect(try await engine.countThings() == 2)
    }

    @Test("a server that goes away in the middle of a write is told about, and nothing of the write stays")
    func lost() async throws {
        let server = TestServer.own()
        defer { server.stop() }
        let engine = try Engine(path: try await server.freshAddress())
        try await engine.makeThings()
        let problem = await #expect(throws: Problem.self) {
            try await engine.write { connection in
                try connection.execute("INSERT INTO things (number) VALUES (1)")
                _ = try connection.first("SELECT count(*) FROM things") { $0.integer(0) }
                server.restart()
                try connection.execute("INSERT INTO things (number) VALUES (2)")
            }
        }
        #expect(problem?.id == "storage.server.lost" && problem?.kind == .resumable)
        #expect(try await engine.countThings() == 0)
        server.stop()
        let away = await #expect(throws: Problem.self) { try await engine.countThings() }
        #expect(away?.id == "storage.server.unreachable" && away?.kind.exitStatus == 69)
    }

    @Test("what is wrong with an address is told apart, and no password is shown")
    func addresses() async throws {
        let known = TestServer.shared.address()
        for (address, id) in [
            ("postgres://muster:hunter2@/?host=/nowhere", "storage.server.unreachable"),
            ("postgresql://muster:hunter2@127.0.0.1:1/x", "storage.server.unreachable"),
            (known.replacing("/postgres?", with: "/absent?"), "storage.server.noDatabase"),
            (known.replacing("muster@", with: "nobody:hunter2@"), "storage.server.signIn"),
            ("postgres://muster:hunter2@%zz/", "storage.server.address"),
        ] {
            let problem = await #expect(throws: Problem.self) {
                let engine = try Engine(path: address)
                #expect(!engine.path.contains("hunter2"))
                _ = try await engine.countThings()
            }
            #expect(problem?.id == id)
            let told = [problem?.explanation ?? "", problem?.remedy ?? ""] + (problem?.context.values.map { $0 } ?? [])
            #expect(!told.contains { $0.contains("hunter2") })
        }
    }

    @Test("who waits too long for another's lock is told that the database is busy")
    func busy() async throws {
        let address = try await TestServer.shared.freshAddress()
        let engine = try Engine(path: address)
        try await engine.makeThings()
        let schema = try #require(address.split(separator: "D").last)
        // A store of another schema: its writers do not wait for ours.
        let other = try Engine(path: try await TestServer.shared.freshAddress())
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let gate = Gate()
        async let holding: Void = other.write { connection in
            try connection.execute("LOCK TABLE \(schema).things")
            _ = try connection.first("SELECT 1") { $0.integer(0) }
            begin.finish()
            gate.wait()
        }
        for await _ in begun {}
        let problem = await #expect(throws: Problem.self) {
            // Twenty seconds are too long for a test.
            try await engine.write { connection in
                try connection.execute("SET LOCAL lock_timeout = '10ms'")
                try connection.execute("INSERT INTO things (number) VALUES (1)")
            }
        }
        gate.open()
        try await holding
        #expect(problem?.id == "storage.busy")
    }

    @Test("a thousand statements that differ leave no heap of prepared ones on the server")
    func prepared() async throws {
        let engine = try Engine(path: try await TestServer.shared.freshAddress(), connections: 1)
        for number in 0..<1000 {
            _ = try await engine.read { try $0.first("SELECT \(number)") { $0.integer(0) } }
        }
        let count = try await engine.read {
            try $0.first("SELECT count(*) FROM pg_prepared_statements") { $0.integer(0) }
        }
        #expect(count ?? 0 < 300)
    }
}

import DatabaseEngine
import Problems
import Support
import Testing

@Suite("Transactions keep their promises on every database")
struct TransactionTests {
    struct Refusal: Error {}

    @Test("a write that throws leaves nothing behind, and the next one works", arguments: TestEngine.available)
    func rollback(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            await #expect(throws: Problem.self) {
                try await engine.write { connection in
                    try connection.execute("INSERT INTO things (number) VALUES (1)")
                    throw Refusal()
                }
            }
            #expect(try await engine.countThings() == 0)
            try await engine.write { try $0.execute("INSERT INTO things (number) VALUES (2)") }
            #expect(try await engine.countThings() == 1)
        }
    }

    @Test(
        "a statement that fails among many fails the whole write, also when nobody asked for its result",
        arguments: TestEngine.available)
    func failure(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            for _ in 0..<2 {
                let problem = await #expect(throws: Problem.self) {
                    try await engine.write { connection in
                        let insert = try connection.prepare("INSERT INTO things (number) VALUES ($1)")
                        for number in (1...600 as ClosedRange<Int64>) + [300] + (601...700) {
                            insert.bind(1, number)
                            try insert.run()
                        }
                    }
                }
                #expect(problem?.kind == .defect)
                #expect(try await engine.countThings() == 0)
            }
            let problem = await #expect(throws: Problem.self) {
                try await engine.read { try $0.first("SELECT nothing FROM nowhere") { $0.integer(0) } }
            }
            #expect(problem?.kind == .defect)
            let insert = "INSERT INTO things (number) VALUES ($1)"
            try await engine.write { try $0.execute(insert, [1]) }
            #expect(try await engine.countThings() == 1)
        }
    }

    @Test("a read sees one state and cannot write", arguments: TestEngine.available)
    func reading(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            await #expect(throws: Problem.self) {
                try await engine.read { connection in
                    try connection.execute("INSERT INTO things (number) VALUES (1)")
                    // A server says no when it is asked for something.
                    _ = try connection.first("SELECT 1") { $0.integer(0) }
                }
            }
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let gate = Gate()
            async let counts = engine.read { connection in
                func count() throws -> Int64? { try connection.first("SELECT count(*) FROM things") { $0.integer(0) } }
                let before = try count()
                begin.finish()
                gate.wait()
                return [before, try count()]
            }
            for await _ in begun {}
            try await engine.write { try $0.execute("INSERT INTO things (number) VALUES (1)") }
            gate.open()
            #expect(try await counts == [0, 0])
            #expect(try await engine.countThings() == 1)
        }
    }

    @Test("writers come one after the other, and see what those before them wrote", arguments: TestEngine.available)
    func writers(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        try await engine.write { connection in
                            let next = try connection.first("SELECT coalesce(max(number), 0) + 1 FROM things") {
                                $0.integer(0)
                            }
                            try connection.execute("INSERT INTO things (number) VALUES ($1)", [.optional(next)])
                        }
                    }
                    group.addTask { _ = try await engine.countThings() }
                }
                try await group.waitForAll()
            }
            #expect(try await engine.countThings() == 40)
        }
    }

    @Test(
        "a cancelled task writes nothing and spoils no connection, whether a statement is on or about to begin",
        arguments: TestEngine.available, [false, true])
    func cancellation(_ kind: TestEngine, waits: Bool) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let gate = Gate()
            let work = Task {
                try await engine.write { connection in
                    try connection.execute("INSERT INTO things (number) VALUES (1)")
                    begin.finish()
                    if waits { gate.wait() }
                    // Far longer than anybody waits.
                    _ = try connection.first(
                        """
                        WITH RECURSIVE endless (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM endless WHERE n < 2000000000)
                        SELECT count(*) FROM endless
                        """
                    ) { $0.integer(0) }
                }
            }
            for await _ in begun {}
            work.cancel()
            gate.open()
            let outcome = await work.result
            let problem = #expect(throws: Problem.self) { try outcome.get() }
            #expect(problem?.id == "storage.cancelled")
            for _ in 0..<10 { #expect(try await engine.countThings() == 0) }
            try await engine.write { try $0.execute("INSERT INTO things (number) VALUES (1)") }
            #expect(try await engine.countThings() == 1)
        }
    }

    @Test(
        "the schema is brought up to date once, and one of a newer version is left alone",
        arguments: TestEngine.available)
    func migrations(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            let first = Migration(
                number: 1, title: "one", statements: ["CREATE TABLE one (n BIGINT, t {text})"])
            let second = Migration(
                number: 2, title: "two", statements: ["ALTER TABLE one ADD COLUMN engine {text} DEFAULT 'SQLite'"],
                postgresql: ["ALTER TABLE one ADD COLUMN engine {text} DEFAULT 'PostgreSQL'"])
            #expect(try await engine.migrate([first], at: 1) == ["one"])
            #expect(try await engine.migrate([first, second], at: 2) == ["two"])
            #expect(try await engine.migrate([first, second], at: 3) == [])
            let problem = await #expect(throws: Problem.self) { try await engine.migrate([first], at: 4) }
            #expect(problem?.id == "storage.schema.newer")
            let name = try await engine.write { connection in
                try connection.execute("INSERT INTO one (n) VALUES (1)")
                return try connection.first("SELECT engine FROM one") { $0.text(0) }
            }
            #expect(name == kind.description)
        }
    }
}

import DatabaseEngine
import Problems
import Support
import Testing

@Suite("Many rows at once")
struct ManyTests {
    private static let find = "SELECT name FROM things WHERE number = $1"
    private static let insert = "INSERT INTO things (number, name) VALUES ($1, $2) ON CONFLICT (number) DO NOTHING"

    @Test("which of many inserts were new is told in their order", arguments: TestEngine.available)
    func counts(_ engine: TestEngine) async throws {
        try await withEngine(engine) { engine in
            try await engine.makeThings()
            let counts = try await engine.write { connection in
                try connection.execute(Self.insert, [7, "seven"])
                let insert = try connection.prepare(Self.insert)
                for number in 0..<600 {
                    insert.bind([.integer(Int64(number % 300)), number < 20 ? .null : "x"])
                    try insert.runCounted()
                    // Others in between do not count.
                    if number == 10 { try connection.execute("UPDATE things SET weight = 1 WHERE number < 5") }
                }
                return try insert.takeCounts()
            }
            #expect(counts == (0..<600).map { $0 < 300 && $0 != 7 ? 1 : 0 })
        }
    }

    @Test(
        "rows written one after the other arrive in order, whatever is asked or written in between",
        arguments: TestEngine.available)
    func rows(_ engine: TestEngine) async throws {
        try await withEngine(engine) { engine in
            try await engine.makeThings()
            let upsert = """
                INSERT INTO things (number, name, weight) VALUES ($1, $2, $3)
                ON CONFLICT (number) DO UPDATE SET weight = coalesce(things.weight, 0) + 1, name = excluded.name
                """
            let (counts, changes) = try await engine.write { connection in
                let insert = try connection.prepare("INSERT INTO things (number, name, weight) VALUES ($1, $2, $3)")
                let replace = try connection.prepare(upsert)
                var counts: [Int64] = []
                var changes: [Int] = []
                for number in 0..<1000 {
                    let name: Value = number.isMultiple(of: 3) ? .null : .text("n\(number)")
                    insert.bind([.integer(Int64(number)), name, number < 100 ? .null : .real(0)])
                    try insert.run()
                    if number.isMultiple(of: 97) {
                        counts.append(try connection.first("SELECT count(*) FROM things") { $0.integer(0) } ?? -1)
                    }
                    if number.isMultiple(of: 89) { changes.append(connection.changes) }
                }
                for number in 0..<200 {
                    // Every row twice, one right after the other.
                    replace.bind([.integer(Int64(number / 2)), .text("again \(number)"), .null])
                    try replace.run()
                }
                for number in 0..<200 {
                    replace.bind([.integer(Int64(number % 100)), "last", .null])
                    try replace.run()
                }
                return (counts, changes)
            }
            #expect(counts == stride(from: 0, to: 1000, by: 97).map { Int64($0 + 1) })
            #expect(changes == Array(repeating: 1, count: 12))
            let rows = try await engine.read { connection in
                try connection.query("SELECT number, name, weight FROM things ORDER BY number") { row in
                    [row.value(0), row.value(1), row.value(2)]
                }
            }
            let expected: [[Value]] = (0..<1000).map { number in
                if number < 100 { return [.integer(Int64(number)), "last", .real(4)] }
                return [.integer(Int64(number)), number.isMultiple(of: 3) ? .null : .text("n\(number)"), .real(0)]
            }
            #expect(rows == expected)
        }
    }

    @Test(
        "rows of several tables written in turn all arrive, those of one table in order",
        arguments: TestEngine.available)
    func severalTables(_ engine: TestEngine) async throws {
        try await withEngine(engine) { engine in
            try await engine.makeThings()
            let upsert = """
                INSERT INTO things (number, name) VALUES ($1, $2) ON CONFLICT (number) DO UPDATE SET name = excluded.name
                """
            let changes = try await engine.write { connection in
                for table in 0..<8 {
                    try connection.execute("CREATE TABLE others\(table) (number BIGINT PRIMARY KEY, thing BIGINT)")
                }
                var changes: [Int] = []
                for number in 0..<300 as Range<Int64> {
                    try connection.execute(
                        "INSERT INTO things (number, name) VALUES ($1, $2)", [.integer(number), "first"])
                    for table in 0..<8 {
                        try connection.execute(
                            "INSERT INTO others\(table) (number, thing) VALUES ($1, $2)",
                            [.integer(number), .integer(number + Int64(table))])
                    }
                    // Another statement about the first table, which the row has to be in already.
                    try connection.execute(upsert, [.integer(number / 2), .text("after \(number)")])
                    if number.isMultiple(of: 50) { changes.append(connection.changes) }
                }
                return changes
            }
            #expect(changes == [1, 1, 1, 1, 1, 1])
            let found = try await engine.read { connection in
                let names = try connection.query("SELECT name FROM things ORDER BY number") { $0.text(0) }
                let sums = try (0..<8).map { table in
                    try connection.first("SELECT count(*), sum(thing - number) FROM others\(table)") {
                        [$0.integer(0), $0.integer(1)]
                    }
                }
                return (names, sums)
            }
            #expect(found.0 == (0..<300).map { $0 < 150 ? "after \($0 * 2 + 1)" : "first" })
            #expect(found.1 == (0..<8).map { [300, 300 * Int64($0)] })
        }
    }

    @Test(
        "of many rows one that is there already fails them all, at the latest with the commit",
        arguments: TestEngine.available)
    func twice(_ engine: TestEngine) async throws {
        try await withEngine(engine) { engine in
            try await engine.makeThings()
            await #expect(throws: Problem.self) {
                try await engine.write { connection in
                    for number in [1, 2, 3, 4, 5, 6, 2] as [Int64] {
                        try connection.execute(
                            "INSERT INTO things (number, name) VALUES ($1, $2)", [.integer(number), "x"])
                    }
                }
            }
            #expect(try await engine.countThings() == 0)
            try await engine.write { try $0.execute("INSERT INTO things (number) VALUES ($1)", [1]) }
            #expect(try await engine.countThings() == 1)
        }
    }

    @Test(
        "what was read ahead is found as it was then, once, and the rest is asked for", arguments: TestEngine.available)
    func readAhead(_ engine: TestEngine) async throws {
        try await withEngine(engine) { engine in
            try await engine.makeThings()
            let found = try await engine.write { connection in
                for number in 0..<500 where number.isMultiple(of: 2) {
                    try connection.execute(Self.insert, [.integer(Int64(number)), .text("\(number)")])
                }
                let find = try connection.prepare(Self.find)
                try find.readAhead((0..<400).map { [.integer(Int64($0))] })
                var found: [String?] = []
                for number in 0..<500 {
                    find.bind(1, Int64(number))
                    found.append(try find.first { $0.text(0) })
                }
                return found
            }
            #expect(found == (0..<500).map { $0.isMultiple(of: 2) ? "\($0)" : nil })
        }
    }

    @Test("a question read ahead that fails says so, and the connection goes on", arguments: TestEngine.available)
    func fails(_ engine: TestEngine) async throws {
        try await withEngine(engine) { engine in
            try await engine.makeThings()
            await #expect(throws: Problem.self) {
                try await engine.write { connection in
                    let bad = try connection.prepare("SELECT 1 / number FROM things WHERE number = $1 OR nothing = 1")
                    try bad.readAhead([[1], [2]])
                    _ = try bad.first { $0.integer(0) }
                }
            }
            #expect(try await engine.countThings() == 0)
        }
    }

    @Test(
        "rows of every kind come through unload and load as they were", arguments: TestEngine.available,
        TestEngine.available)
    func bulk(_ from: TestEngine, _ to: TestEngine) async throws {
        try await withEngine(from) { source in
            try await withEngine(to) { target in
                try await source.makeThings()
                try await target.makeThings()
                let rows: [[Value]] = [
                    [.integer(.min), .null, .null, .null], [.integer(.max), "", .real(-0.5), .blob([])],
                    [0, "a\tb\nc\\N\\.", .real(1e300), .blob([0, 255, 92, 78])],
                ]
                try await source.write { connection in
                    for row in rows {
                        try connection.execute(
                            "INSERT INTO things (number, name, weight, picture) VALUES ($1, $2, $3, $4)", row)
                    }
                    for number in 1...20_000 { try connection.execute(Self.insert, [.integer(Int64(number)), "many"]) }
                }
                let (table, batches) = try await source.read { connection in
                    let table = try #require(try connection.tables().first { $0.name == "things" })
                    var batches: [[UInt8]] = []
                    try connection.unload(table) { batches.append($0) }
                    return (table, batches)
                }
                #expect(batches.count > 1 && table.key == ["number"])
                let loaded = try await target.write { connection in
                    var rest = batches[...]
                    let loaded = try connection.load(table) { rest.popFirst() }
                    // The connection is as before: more statements follow in the same transaction.
                    try connection.execute("DELETE FROM things WHERE name = 'many'")
                    return loaded
                }
                #expect(loaded == 20_003)
                let back = try await target.read { connection in
                    try connection.query("SELECT number, name, weight, picture FROM things ORDER BY number") { row in
                        (0..<4).map { row.value($0) }
                    }
                }
                #expect(back == [rows[0], rows[2], rows[1]])
            }
        }
    }

    @Test(
        "a load that is given up, and one of damaged rows, leave nothing and the connection as it was",
        arguments: TestEngine.available)
    func givenUp(_ engine: TestEngine) async throws {
        struct GivenUp: Error {}
        try await withEngine(engine) { engine in
            try await engine.makeThings()
            let table = try await engine.read { connection in
                try #require(try connection.tables().first { $0.name == "things" })
            }
            await #expect(throws: Problem.self) {
                try await engine.write { connection in _ = try connection.load(table) { throw GivenUp() } }
            }
            await #expect(throws: Problem.self) {
                try await engine.write { connection in
                    var batches: ArraySlice<[UInt8]> = [[0, 4, 0, 0]]
                    _ = try connection.load(table) { batches.popFirst() }
                }
            }
            #expect(try await engine.countThings() == 0)
        }
    }
}

import DatabaseEngine
import Problems
import Support
import Testing

@Suite("Statements mean the same on every database")
struct StatementTests {
    @Test("every kind of value comes back as it went in", arguments: TestEngine.available)
    func values(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            let things: [[Value]] = [
                [.integer(1), .text("Ünï ☃ 'quoted' \\ $1"), .real(0.1), .blob([0, 1, 255, 92])],
                [.integer(.max), .text(""), .real(-1e300), .blob([])],
                [.integer(.min), .null, .null, .null],
                [
                    .integer(0), .text(String(repeating: "x", count: 100_000)), .real(3),
                    .blob(Array(repeating: 7, count: 70_000)),
                ],
            ]
            let back = try await engine.write { connection in
                let insert = try connection.prepare(
                    "INSERT INTO things (number, name, weight, picture) VALUES ($1, $2, $3, $4)")
                for thing in things {
                    insert.bind(thing)
                    try insert.run()
                }
                return try connection.query("SELECT number, name, weight, picture FROM things") { row in
                    (0..<row.count).map { row.value($0) }
                }
            }
            #expect(Set(back) == Set(things))
        }
    }

    @Test("rows are read by type: truth values are 1 and 0, NULL is empty or nil", arguments: TestEngine.available)
    func rows(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            let row = try await engine.read { connection in
                try connection.first(
                    """
                    SELECT 2 > 1, 2 < 1, NULL, 'seven', CAST(7 AS BIGINT), 7.5, CAST($1 AS BIGINT) IS NULL, count(*), sum(x.n)
                    FROM (SELECT CAST($2 AS BIGINT) AS n) x
                    """, [.null, .integer(41)]
                ) { row in
                    (
                        row.flag(0), row.flag(1), row.optionalText(2), row.optionalInteger(2), row.text(2), row.text(3),
                        [
                            row.value(0), row.value(1), row.value(2), row.value(4), row.value(6), row.value(7),
                            row.value(8),
                        ],
                        row.real(5), row.count
                    )
                }
            }
            let found = try #require(row)
            #expect(found.0 && !found.1 && found.2 == nil && found.3 == nil && found.4.isEmpty && found.5 == "seven")
            #expect(found.6 == [1, 0, .null, 7, 1, 1, 41])
            #expect(found.7 == 7.5 && found.8 == 9)
        }
    }

    @Test(
        "parameters are bound by number, in any order and as often as they are named", arguments: TestEngine.available)
    func parameters(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            let found = try await engine.write { connection in
                let insert = try connection.prepare("INSERT INTO things (name, number, weight) VALUES ($3, $1, $2)")
                // What was bound stays bound, and NULL first does not settle a type.
                insert.bind([1, .null, .null])
                try insert.run()
                insert.bind(1, 2)
                insert.bind(3, "two")
                try insert.run()
                insert.bind([3, .real(1.5), "three"])
                try insert.run()
                return try connection.query(
                    "SELECT number FROM things WHERE number - $2 = $1 - $2 AND name = $3 OR name = '$3' AND number = $1",
                    [.integer(2), .integer(1), .text("two")]
                ) { $0.integer(0) }
            }
            #expect(found == [2])
        }
    }

    @Test("changes are those of the last statement that changed something", arguments: TestEngine.available)
    func changes(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            let changes = try await engine.write { connection in
                var changes: [Int] = []
                let insert = try connection.prepare(
                    "INSERT INTO things (number, name) VALUES ($1, $2) ON CONFLICT (number) DO NOTHING")
                for number in [1, 2, 2, 3] as [Int64] {
                    insert.bind(1, number)
                    insert.bind(2, "n\(number)")
                    try insert.run()
                    changes.append(connection.changes)
                }
                try connection.execute("UPDATE things SET name = 'x' WHERE number > $1", [1])
                _ = try connection.first("SELECT count(*) FROM things") { $0.integer(0) }
                changes.append(connection.changes)
                try connection.execute("DELETE FROM things")
                changes.append(connection.changes)
                return changes
            }
            #expect(changes == [1, 1, 0, 1, 2, 3])
        }
    }

    @Test(
        "text is ordered and compared by its bytes, and found whatever the case of its letters",
        arguments: TestEngine.available)
    func text(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            let names = ["a", "B", "Zoë", "zoé", "_", "Ä", "ab", "a%b"]
            let (ordered, found, without) = try await engine.write { connection in
                for (number, name) in names.enumerated() {
                    try connection.execute(
                        "INSERT INTO things (number, name) VALUES ($1, $2)", [.integer(Int64(number)), .text(name)])
                }
                func like(_ pattern: String, not: Bool = false) throws -> [String] {
                    try connection.query(
                        "SELECT name FROM things WHERE \(Matching.contains("name", 1, not: not)) ORDER BY number",
                        [.text(pattern)]
                    ) { $0.text(0) }
                }
                return (
                    try connection.query("SELECT name FROM things ORDER BY name") { $0.text(0) },
                    [try like("%b%"), try like("%!%%"), try like("zO%"), try like("%ä%")], try like("%o%", not: true)
                )
            }
            #expect(ordered == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            #expect(found == [["B", "ab", "a%b"], ["a%b"], ["Zoë", "zoé"], []])
            #expect(without == ["a", "B", "_", "Ä", "ab", "a%b"])
        }
    }

    @Test("a walk may ask other questions and write on its way, and may stop early", arguments: TestEngine.available)
    func walks(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            let seen = try await engine.write { connection in
                try connection.execute("CREATE TABLE seen (number BIGINT NOT NULL)")
                let insert = try connection.prepare("INSERT INTO things (number) VALUES ($1)")
                for number in 1...3000 as ClosedRange<Int64> {
                    insert.bind(1, number)
                    try insert.run()
                }
                var seen: [Int64] = []
                try connection.each("SELECT number FROM things ORDER BY number") { row in
                    let number = row.integer(0)
                    let next = try connection.first(
                        "SELECT min(number) FROM things WHERE number > $1", [.integer(number)]
                    ) { $0.integer(0) }
                    try connection.execute("INSERT INTO seen (number) VALUES ($1)", [.integer(number)])
                    seen.append(next ?? -1)
                    return number < 2000
                }
                let named = try connection.first("SELECT count(*) FROM seen") { $0.integer(0) }
                return (seen.count, seen.last, named)
            }
            #expect(seen.0 == 2000 && seen.1 == 2001 && seen.2 == 2000)
        }
    }

    @Test("a hint on how to read a table changes no answer", arguments: TestEngine.available)
    func hints(_ kind: TestEngine) async throws {
        try await withEngine(kind) { engine in
            try await engine.makeThings()
            let counts = try await engine.write { connection in
                try connection.execute("CREATE INDEX things_by_name ON things (name)")
                try connection.execute("INSERT INTO things (number, name) VALUES (1, 'one'), (2, 'two')")
                return try [ReadHint.whole, .index("things_by_name")].map { hint in
                    try connection.first("SELECT count(*) FROM things t\(hint.sql) WHERE t.name = $1", ["two"]) {
                        $0.integer(0)
                    }
                }
            }
            #expect(counts == [1, 1])
        }
    }
}

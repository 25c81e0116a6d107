import DatabaseEngine
import Foundation
import Problems
import Storage
import Support
import Testing

/// A sample store, and what asks SQL questions of it.
private struct Asked {
    let address: String
    let store: Store

    static func with(_ engine: TestEngine, _ body: (Asked) async throws -> Void) async throws {
        try await SampleStore.with(people: 60) { sample in
            let address = try await engine.address(in: sample.folder)
            let target = try Engine(path: address)
            _ = try await StoreCopy(from: sample.store.engine, to: target).run(now: SampleStore.now) { _ in }
            try await body(Asked(address: address, store: Store(engine: target, workspaceID: sample.store.workspaceID)))
            try target.close()
        }
    }

    func ask(_ sql: String, rows limit: Int = 10_000, seconds: Double = 10) throws -> (
        columns: [String], rows: [[Value]], isCut: Bool
    ) {
        var columns: [String] = []
        var rows: [[Value]] = []
        let isCut = try ReadOnlyQuestion(
            sql: sql, workspaceID: store.workspaceID, rowLimit: limit, secondsLimit: seconds
        ).ask(
            path: address, columns: { columns = $0 },
            row: { row in rows.append((0..<row.count).map { row.value($0) }) })
        return (columns, rows, isCut)
    }

    func problem(_ sql: String, seconds: Double = 10) -> String {
        do {
            _ = try ask(sql, seconds: seconds)
            return "answered"
        } catch let problem as Problem {
            return problem.id
        } catch {
            return "\(error)"
        }
    }
}

@Suite("SQL questions") struct QuestionTests {
    private static let views = [
        "v_users", "v_groups", "v_apps", "v_assignments", "v_memberships", "v_roles", "v_usage_daily", "v_departments",
    ]

    @Test("every view gives the same columns and texts on every database")
    func same() async throws {
        var answers: [[String]] = []
        for engine in TestEngine.available {
            try await Asked.with(engine) { asked in
                answers.append(
                    try Self.views.flatMap { view in
                        let answer = try asked.ask("SELECT * FROM \(view)")
                        #expect(!answer.columns.isEmpty && !answer.isCut)
                        return [view + ": " + answer.columns.joined(separator: ", ")]
                            + answer.rows.map { "\(view) \($0)" }.sorted()
                    })
            }
        }
        #expect(answers.allSatisfy { $0 == answers[0] } && answers[0].count > 300)
    }

    @Test("a question that is allowed is answered", arguments: TestEngine.available)
    func allowed(_ engine: TestEngine) async throws {
        try await Asked.with(engine) { asked in
            let people = try asked.ask("SELECT count(*) AS n FROM v_users;  ").rows.first?.first
            #expect(people != .integer(0))
            for sql in [
                "SELECT u.login, count(*) AS apps FROM v_users u JOIN v_assignments a ON a.user_id = u.id GROUP BY u.login",
                "WITH busy AS (SELECT a.user_id, count(*) AS n FROM v_assignments a GROUP BY a.user_id) "
                    + "SELECT max(b.n), min(n) FROM busy b, v_departments d WHERE b.n > 1 -- a comment",
                "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5) SELECT sum(x) FROM c",
                "SELECT CAST(assigned_users AS int), label FROM v_apps WHERE (status IN ('ACTIVE', 'it''s')) "
                    + "AND NOT EXISTS (SELECT 1 FROM v_usage_daily d WHERE d.app_id = v_apps.id) ORDER BY 2 LIMIT 3",
                "SELECT coalesce(department, 'none') || ' / ' || lower(status) FROM v_users WHERE login LIKE '%a%'",
                "SELECT 1 IS NOT DISTINCT FROM 1, CASE WHEN 'FROM users' = '' THEN 'x' ELSE 'y' END",
                "SELECT row_number() OVER (PARTITION BY department ORDER BY login) AS n, \"login\" FROM v_users",
                "(SELECT id FROM v_apps) UNION SELECT id FROM v_groups /* two /* deep */ */",
            ] where engine == .postgresql || !sql.contains("deep") && !sql.hasPrefix("(") {
                #expect(asked.problem(sql) == "answered", "\(sql)")
            }
        }
    }

    @Test("the rows end at the limit, and it says so", arguments: TestEngine.available)
    func limit(_ engine: TestEngine) async throws {
        try await Asked.with(engine) { asked in
            let all = try asked.ask("SELECT user_id FROM v_assignments")
            for limit in [1, 7, all.rows.count - 1] {
                let some = try asked.ask("SELECT user_id FROM v_assignments", rows: limit)
                #expect(some.rows.count == limit && some.isCut)
            }
            let whole = try asked.ask("SELECT user_id FROM v_assignments", rows: all.rows.count)
            #expect(whole.rows.count == all.rows.count && !whole.isCut)
            let endless = try asked.ask("SELECT user_id FROM v_assignments", rows: .max)
            #expect(endless.rows.count == all.rows.count && !endless.isCut)
            let none = try asked.ask("SELECT id, login FROM v_users WHERE id = 'nobody'")
            #expect(none.columns == ["id", "login"] && none.rows.isEmpty)
        }
    }

    @Test("a question that does not end is stopped", arguments: TestEngine.available)
    func slow(_ engine: TestEngine) async throws {
        try await Asked.with(engine) { asked in
            let sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
            #expect(asked.problem(sql, seconds: 0.3) == "sql.tooSlow")
        }
    }

    @Test("a value that grows too large is a fault of the question, not of Muster")
    func large() async throws {
        try await Asked.with(.sqlite) { asked in
            for sql in [
                "SELECT hex(zeroblob(2000000))", "SELECT zeroblob(1100000)",
                "SELECT replace(hex(zeroblob(500000)), '0', 'abc')",
                "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300000) "
                    + "SELECT length(group_concat(x)) FROM c",
            ] {
                #expect(asked.problem(sql) == "sql.invalid", "\(sql)")
            }
            #expect(asked.problem("SELECT length(hex(zeroblob(400000)))") == "answered")
        }
    }

    @Test("nothing but the views can be read, and nothing written", arguments: TestEngine.available)
    func attacks(_ engine: TestEngine) async throws {
        try await Asked.with(engine) { asked in
            let before = try await asked.store.stateHash(.now)
            for sql in [
                "SELECT * FROM users", "SELECT * FROM integrations", "SELECT sealed_credential FROM integrations",
                "SELECT * FROM v_users, sessions", "SELECT * FROM v_users JOIN sessions ON 1 = 1",
                "SELECT (SELECT token_sha256 FROM sessions LIMIT 1)", "SELECT * FROM (SELECT * FROM sign_in_links) x",
                "SELECT 1 WHERE EXISTS (SELECT 1 FROM audit_trail)", "SELECT * FROM (v_users CROSS JOIN sessions)",
                "WITH v_x AS (SELECT sealed_credential FROM integrations) SELECT * FROM v_x",
                "WITH v_users AS (SELECT * FROM sessions) SELECT * FROM v_users",
                "SELECT * FROM (WITH sessions AS (SELECT 1) SELECT * FROM sessions) x, sessions",
                "DELETE FROM users", "UPDATE users SET status = 'x'", "INSERT INTO workspaces VALUES (9, 'x', 1)",
                "SELECT 1\0", "\0SELECT 1", "SELECT login FROM v_users -- \0\n, users", "SELECT '\0' FROM v_users",
                "SELECT * FROM users u --\0, (WITH users AS (SELECT 1) SELECT 1) x",
                "DROP TABLE users", "CREATE TABLE t (x int)", "VACUUM", "COMMIT", "SELECT 1; DELETE FROM users",
            ] {
                let id = asked.problem(sql)
                #expect(["sql.refused", "sql.invalid"].contains(id), "\(id): \(sql)")
            }
            #expect(try await asked.store.stateHash(.now) == before)
        }
    }
}

import DatabaseEngine
import Foundation
import Problems
import Storage
import Support
import Testing

/// Two workspaces in one database: 40 people in the one that is asked, 25 in the other.
@Suite("SQL questions of one workspace of several") struct WorkspaceQuestionTests {
    private static let views = [
        "v_users", "v_groups", "v_apps", "v_assignments", "v_memberships", "v_roles", "v_usage_daily", "v_departments",
    ]

    private struct Asked {
        let address: String
        let engine: Engine
        let first: Int64
        let second: Int64

        func ask(_ sql: String, of workspace: Int64) throws -> [[Value]] {
            var rows: [[Value]] = []
            _ = try ReadOnlyQuestion(sql: sql, workspaceID: workspace, rowLimit: 100_000, secondsLimit: 10).ask(
                path: address, columns: { _ in }, row: { row in rows.append((0..<row.count).map { row.value($0) }) })
            return rows
        }

        /// How many rows a statement gives that nothing filters.
        func stored(_ sql: String) async throws -> Int64 {
            try await engine.read { connection in try connection.first(sql) { $0.integer(0) } ?? 0 }
        }
    }

    private static func with(_ kind: TestEngine, _ body: (Asked) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-50% #1? it's-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let address = try await kind.address(in: folder)
        let sample = try await SampleStore.make(people: 40, in: folder, address: address)
        let other = try await sample.another(named: "second", people: 25)
        try await body(
            Asked(
                address: address, engine: sample.store.engine, first: sample.store.workspaceID,
                second: other.workspaceID))
        try sample.store.engine.close()
        try FileManager.default.removeItem(at: folder)
    }

    @Test("every view shows the rows of one workspace, all of them and no others", arguments: TestEngine.available)
    func own(_ kind: TestEngine) async throws {
        try await Self.with(kind) { asked in
            for view in Self.views {
                for workspace in [asked.first, asked.second] {
                    let rows = try asked.ask(
                        "SELECT count(*), min(workspace_id), max(workspace_id) FROM \(view)", of: workspace)
                    let stored = try await asked.stored(
                        "SELECT count(*) FROM \(view) WHERE workspace_id = \(workspace)")
                    #expect(stored > 0)
                    #expect(rows == [[.integer(stored), .integer(workspace), .integer(workspace)]], "\(view)")
                }
            }
            let joined = try asked.ask("SELECT count(*) FROM v_users a, v_users b", of: asked.second)
            #expect(joined == [[.integer(625)]])
            #expect(try asked.ask("SELECT count(*) FROM v_users", of: 77) == [[.integer(0)]])
        }
    }

    @Test("the documented views are all the views there are", arguments: TestEngine.available)
    func allViews(_ kind: TestEngine) async throws {
        try await Self.with(kind) { asked in
            let names = try await asked.engine.read { connection in
                try connection.query(
                    kind == .sqlite
                        ? "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name"
                        : "SELECT viewname FROM pg_views WHERE schemaname = current_schema() ORDER BY viewname", []
                ) { $0.text(0) }
            }
            #expect(names == Self.views.sorted())
        }
    }

    @Test(
        "no way of writing leads to another workspace", arguments: TestEngine.available,
        [
            "SELECT count(*) FROM main.v_users", "SELECT count(*) FROM public.v_users",
            "SELECT count(*) FROM \"main\".\"v_users\"", "SELECT u.workspace_id FROM main.v_users u",
            "WITH v_x AS (SELECT workspace_id FROM users) SELECT * FROM v_x",
            "WITH v_users AS (SELECT workspace_id FROM users) SELECT * FROM v_users",
            "WITH v_users AS (SELECT * FROM main.v_users) SELECT * FROM v_users",
            "WITH v_x AS (SELECT count(*) FROM users) SELECT * FROM v_x",
            "WITH v_x AS (SELECT * FROM (SELECT * FROM objects)) SELECT workspace_id FROM v_x",
            "WITH v_x AS (SELECT u.workspace_id FROM v_users v JOIN users u ON 1 = 1) SELECT * FROM v_x",
            "WITH v_x AS (SELECT (SELECT max(workspace_id) FROM users) FROM v_users) SELECT * FROM v_x",
            "WITH RECURSIVE v_x(n) AS (SELECT 1 UNION SELECT workspace_id FROM users) SELECT * FROM v_x",
            "SELECT * FROM (SELECT workspace_id FROM users) AS v_users",
            "SELECT name FROM pragma_database_list", "SELECT * FROM sqlite_temp_schema", "PRAGMA database_list",
            "DROP VIEW v_users", "DROP VIEW temp.v_users; SELECT * FROM v_users", "DETACH main",
            "SELECT 1) AS question UNION ALL (SELECT count(*) FROM v_users", "SELECT 1\n) x, (SELECT 1",
            "SELECT count(*) FROM v_users) AS question, (SELECT 1", "SELECT 1) --",
        ])
    func around(_ kind: TestEngine, _ sql: String) async throws {
        try await Self.with(kind) { asked in
            do {
                // What answers all the same must not know of the other workspace.
                let rows = try asked.ask(sql, of: asked.first)
                let known: Set<Value> = [.integer(0), .integer(1), .integer(asked.first)]
                #expect(kind == .sqlite && Set(rows.flatMap { $0 }).isSubset(of: known), "\(rows) \(sql)")
            } catch let problem as Problem {
                #expect(["sql.refused", "sql.invalid"].contains(problem.id), "\(problem.id) \(sql)")
                // The name that the file has for one question is nobody's business.
                #expect(!problem.explanation.contains("access to f"), "\(problem.explanation)")
            }
        }
    }

    @Test("an order, a comment, a WITH and two columns of one name stay as they were", arguments: TestEngine.available)
    func kept(_ kind: TestEngine) async throws {
        try await Self.with(kind) { asked in
            let logins = try asked.ask(
                "WITH a AS (SELECT login FROM v_users) SELECT login, login FROM a ORDER BY login DESC LIMIT 30;",
                of: asked.first)
            #expect(logins.count == 30 && logins.allSatisfy { $0[0] == $0[1] })
            let texts = logins.compactMap { if case .text(let text) = $0[0] { text } else { nil } }
            #expect(texts == texts.sorted(by: >))
            #expect(try asked.ask("SELECT 2 -- at the end; really", of: asked.first) == [[.integer(2)]])
            #expect(try asked.ask("VALUES (1, 2), (3, 4)", of: asked.first).count == 2)
        }
    }
}

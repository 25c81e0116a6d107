import DatabaseEngine
import Foundation
import Problems
import Storage
import Support
import Testing

@Suite(
    "SQL questions on PostgreSQL",
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
struct ServerQuestionTests {
    /// Asked as the owner of the tables, who is a superuser on the server of the tests: nothing but the gate is in the way.
    @Test(
        "functions, catalogues, settings and files are out of reach",
        arguments: [
            "SELECT pg_sleep(10)", "SELECT pg_read_file('/etc/passwd')", "SELECT \"pg_read_file\"('/etc/passwd')",
            "SELECT pg_catalog.pg_read_file('/etc/passwd')", "SELECT PG_READ_FILE('/etc/passwd')",
            "SELECT ('/etc/passwd'::text).pg_read_file", "SELECT (login).upper FROM v_users",
            "SELECT f.upper FROM lower('x') f", "SELECT s.row_to_json FROM (SELECT login FROM v_users) s",
            "SELECT s.xmlcomment FROM (SELECT 1 AS xmlcomment) s", "SELECT * FROM pg_authid", "SELECT * FROM pg_shadow",
            "SELECT 1from pg_authid", "SELECT 1.from pg_authid", "SELECT 1e5from pg_authid", "TABLE pg_authid",
            "SELECT * FROM information_schema.tables", "SELECT * FROM pg_catalog.pg_class",
            "SELECT * FROM v_users, LATERAL (SELECT * FROM pg_authid) x", "SELECT * FROM ONLY users",
            "SELECT * FROM v_users TABLESAMPLE system(10)", "SELECT * FROM ROWS FROM (pg_ls_dir('/')) x",
            "SELECT * FROM pg_ls_dir('/')", "SELECT * FROM generate_series(1, 10)",
            "SELECT set_config('statement_timeout', '0', false)", "SELECT current_setting('data_directory')",
            "SELECT dblink('host=x', 'SELECT 1')", "SELECT lo_import('/etc/passwd')",
            "SELECT query_to_xml('SELECT 1', true, true, '')",
            "SELECT database_to_xml(true, true, '')", "SELECT nextval('x')", "SELECT version()", "SELECT current_user",
            "SELECT 'pg_authid'::regclass", "SELECT CAST('pg_authid' AS regclass)", "SELECT regclass 'pg_authid'",
            "SELECT cast((SELECT 'pg_authid') AS pg_catalog.regclass)", "SELECT 'x'::\"regclass\"",
            "SELECT 1 OPERATOR(pg_catalog.+) 1", "SELECT $1", "SELECT $$x$$", "SELECT E'\\x41'", "SELECT U&'\\0041'",
            "SELECT U&\"\\0041\" FROM v_users", "SELECT B'1'", "SELECT 1 /* /* */ FROM users",
            "SELECT 1 -- \n; DELETE FROM users",
            "SELECT * INTO t FROM v_users", "SELECT * FROM v_users FOR UPDATE", "COPY v_users TO PROGRAM 'id'",
            "COPY (SELECT 1) TO '/tmp/x'", "DO $$BEGIN END$$", "CALL x()", "SET ROLE postgres", "RESET ALL",
            "EXPLAIN ANALYZE SELECT 1", "SHOW data_directory", "LISTEN x", "LOAD 'x'", "PREPARE p AS SELECT 1",
            "WITH x AS (DELETE FROM users RETURNING 1) SELECT * FROM x",
            "WITH x AS MATERIALIZED (UPDATE users SET status = 'x' RETURNING 1) SELECT * FROM x",
            "WITH pg_sleep(x) AS (SELECT 1) SELECT pg_sleep(10)", "WITH lpad(x) AS (SELECT 1) SELECT lpad('x', 5)",
            "SELECT 1) UNION (SELECT 2", "SELECT 1 FROM v_users)", "((SELECT 1)", "SELECT 'x", "SELECT /* x", "", ";",
            "-- x",
            "SELECT repeat('x', 1000000000)", "SELECT muster_time(1)", "SELECT public.lower('x')",
            "SELECT * FROM v_users AS u NATURAL JOIN users", "SELECT * FROM (v_users), users",
            "SELECT extract(epoch FROM now()), x FROM users", "SELECT trim(both FROM 'x') FROM sessions",
            "SELECT 1 IS DISTINCT FROM 2 FROM sessions", "VALUES (pg_backend_pid())",
        ])
    func refused(_ sql: String) async throws {
        try await Self.withStore { address in
            let problem = #expect(throws: Problem.self) {
                _ = try ReadOnlyQuestion(sql: sql, workspaceID: 1, rowLimit: 10, secondsLimit: 5).ask(
                    path: address, columns: { _ in }, row: { _ in })
            }
            #expect(["sql.refused", "sql.invalid"].contains(problem?.id ?? ""), "\(problem?.id ?? "") \(sql)")
            // Refused before a server sees it, unless it cannot even be cut into words.
            let isCut = !sql.contains("from pg_authid")
            if isCut, ["pg_", "regclass", "lo_", "dblink"].contains(where: sql.contains) {
                #expect(problem?.id == "sql.refused")
            }
        }
    }

    /// What is wrong here is a table that Muster has and nobody may ask: the server itself would answer.
    @Test(
        "no way of writing hides a table from the gate",
        arguments: [
            // The name of a WITH means the stored table outside of it.
            "SELECT u.* FROM (WITH users AS (SELECT 1) SELECT * FROM users) x, users u",
            "SELECT u.* FROM (WITH \"users\" AS (SELECT 1) SELECT * FROM users) x, users u",
            "WITH RECURSIVE apps(a) AS (SELECT 1) SELECT * FROM apps",
            "SELECT (WITH a AS (SELECT 1), objects AS (SELECT 1) SELECT 1 FROM a), o.* FROM objects o",
            "WITH integrations AS (SELECT 1) SELECT * FROM integrations",
            "SELECT * FROM (WITH v_users AS (SELECT 1) SELECT * FROM v_users) x",
            // A keyword behind a dot or an AS is a name.
            "WITH c(\"limit\") AS (SELECT true) SELECT u.* FROM c JOIN v_groups g ON c.limit, users u",
            "WITH c(\"as\") AS (SELECT true) SELECT c.as FROM c, users u",
            "WITH c(\"as\") AS (SELECT true) SELECT c.as FROM users u",
            "SELECT 1 AS as FROM users u", "SELECT 1 AS from, 2 AS \"x\" FROM users u",
            "WITH c(\"is\") AS (SELECT 1) SELECT c.is distinct FROM users u, c",
            "WITH c(\"not\") AS (SELECT 1) SELECT c.not distinct FROM users u, c",
            "SELECT 1 AS is, 2 AS not, (SELECT true AS distinct FROM users u LIMIT 1)",
            "SELECT (SELECT u.login FROM v_apps a JOIN v_groups g ON mode() WITHIN GROUP (ORDER BY o.login) = 'x', "
                + "users u LIMIT 1) FROM v_users o",
            // Only a WITH gives names.
            "SELECT * FROM v_users u, lower(login) AS materialized (values)",
            "SELECT * FROM v_users u, users AS (SELECT 1)", "SELECT 1 AS with, users AS (SELECT 1) FROM users",
            "WITH c(\"with\") AS (SELECT 1) SELECT c.with, lpad(a) AS (SELECT 1) FROM c",
        ])
    func hidden(_ sql: String) async throws {
        try await Self.withStore { address in
            let problem = #expect(throws: Problem.self) {
                _ = try ReadOnlyQuestion(sql: sql, workspaceID: 1, rowLimit: 10, secondsLimit: 5).ask(
                    path: address, columns: { _ in }, row: { _ in })
            }
            #expect(problem?.id == "sql.refused", "\(problem?.explanation ?? "") \(sql)")
        }
    }

    @Test(
        "words that only look like it are let through",
        arguments: [
            "WITH c(\"limit\") AS (SELECT true) SELECT g.id FROM c JOIN v_groups g ON c.limit, v_users u",
            "SELECT login AS from, status AS limit FROM v_users", "SELECT 1 AS as FROM v_users",
            "SELECT mode() WITHIN GROUP (ORDER BY status), count(*) FROM v_users GROUP BY department, title",
            "SELECT 1 FROM v_users WHERE title IS NOT DISTINCT FROM department OR title IS DISTINCT FROM login",
            "WITH a AS (SELECT 1 AS x), b(y, z) AS NOT MATERIALIZED (SELECT x, 2 FROM a), c AS MATERIALIZED (VALUES (1)) "
                + "SELECT * FROM a, b, c, (WITH RECURSIVE d AS (SELECT 1), e AS (SELECT 2) SELECT * FROM d, e) f",
            "WITH recursive AS (SELECT 1 AS x) SELECT x FROM recursive",
        ])
    func letThrough(_ sql: String) async throws {
        try await Self.withStore { address in
            _ = try ReadOnlyQuestion(sql: sql, workspaceID: 1, rowLimit: 10, secondsLimit: 5).ask(
                path: address, columns: { _ in }, row: { _ in })
        }
    }

    @Test("a table that stands in for a view of its name is not read")
    func replacedView() async throws {
        let address = try await TestServer.shared.freshAddress()
        do {
            let engine = try Engine(path: address)
            _ = try await Store.open(engine, workspace: "default", now: SampleStore.now)
            try await engine.write { connection in
                try connection.execute("DROP VIEW v_apps")
                try connection.execute(
                    "CREATE VIEW v_apps AS SELECT sealed_credential AS id, workspace_id FROM integrations")
            }
            let problem = #expect(throws: Problem.self) {
                _ = try ReadOnlyQuestion(sql: "SELECT * FROM v_apps", workspaceID: 1, rowLimit: 10, secondsLimit: 5)
                    .ask(path: address, columns: { _ in }, row: { _ in })
            }
            #expect(problem?.id == "sql.refused" && problem?.explanation.contains("integrations") == true)
            try engine.close()
        }
    }

    private static func withStore(_ body: (String) async throws -> Void) async throws {
        try await body(try await shared.value)
    }

    /// One store for all: questions change nothing.
    private static let shared = Task {
        let address = try await TestServer.shared.freshAddress()
        let engine = try Engine(path: address)
        _ = try await Store.open(engine, workspace: "default", now: SampleStore.now)
        try engine.close()
        return address
    }
}

public import DatabaseEngine
public import Problems

/// Spreads the tables of a store over the machines of a PostgreSQL with Citus: by workspace, so that every question of one
/// workspace is answered by one machine.
public struct Distribution: Sendable {
    /// What is done to one table, or to a function that the views call.
    public struct Step: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// The statement.
        public let sql: String
        /// Whether an earlier call did it.
        public let isDone: Bool
    }

    /// Tables that every machine holds whole: they are small, seldom change, and one row of them is found without knowing a
    /// workspace.
    public static let shared: Set<String> = ["schema_migrations", "workspaces", "workers"]

    private let engine: Engine

    /// The distribution of a database.
    public init(of engine: Engine) { self.engine = engine }

    /// Whether the server has the extension.
    public func isPossible() async throws(Problem) -> Bool {
        guard engine.dialect == .postgresql else { throw Self.notAServer }
        return try await engine.read { connection in
            try connection.first(
                """
                SELECT to_regclass('pg_dist_partition') IS NOT NULL
                    AND EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'create_distributed_table')
                """
            ) { $0.flag(0) } ?? false
        }
    }

    /// What there is to do, in order, and what of it is done.
    public func steps() async throws(Problem) -> [Step] {
        let isPossible = try await isPossible()
        return try await engine.read { connection in
            let tables = try connection.tables()
            for table in tables where !Self.shared.contains(table.name) {
                guard table.key.first == "workspace_id" else { throw Self.foreign(table.name) }
            }
            let done = isPossible ? try Self.done(connection) : (shared: [], spread: [], functions: [])
            return Self.steps(tables.map(\.name), done)
        }
    }

    /// Does what is not done yet, each step by itself: after a failure the same call goes on.
    public func run(_ progress: (Step) throws -> Void) async throws(Problem) {
        guard try await isPossible() else { throw Self.missing }
        for step in try await steps() {
            if !step.isDone {
                try await engine.write { connection in _ = try connection.first(step.sql) { _ in true } }
            }
            do {
                try progress(step)
            } catch {
                throw Problem.from(error)
            }
        }
    }

    private typealias Done = (shared: Set<String>, spread: Set<String>, functions: Set<String>)

    private static func done(_ connection: Connection) throws -> Done {
        var done: Done = ([], [], [])
        try connection.each(
            """
            SELECT c.relname, d.partmethod = 'n' FROM pg_dist_partition d JOIN pg_class c ON c.oid = d.logicalrelid
            WHERE c.relnamespace = current_schema()::regnamespace
            """
        ) { row in
            if row.flag(1) { done.shared.insert(row.text(0)) } else { done.spread.insert(row.text(0)) }
            return true
        }
        done.functions = Set(
            try connection.query(
                """
                SELECT p.proname FROM pg_dist_object o JOIN pg_proc p ON p.oid = o.objid
                WHERE p.pronamespace = current_schema()::regnamespace
                """
            ) { $0.text(0) })
        return done
    }

    private static func steps(_ tables: [String], _ done: Done) -> [Step] {
        let whole = tables.filter(shared.contains)
        let spread = tables.filter { !shared.contains($0) }
        // All tables lie beside one another: what is joined by workspace is on one machine.
        let anchor = spread.first(where: done.spread.contains) ?? spread.first ?? ""
        let first = whole.map { name in
            Step(
                name: name, sql: "SELECT create_reference_table('\(name)')", isDone: done.shared.contains(name))
        }
        let rest = ([anchor] + spread.filter { $0 != anchor }).filter { !$0.isEmpty }.map { name in
            let beside = name == anchor ? "none" : anchor
            return Step(
                name: name,
                sql: "SELECT create_distributed_table('\(name)', 'workspace_id', colocate_with => '\(beside)')",
                isDone: done.spread.contains(name))
        }
        let function = Step(
            name: "muster_time", sql: "SELECT create_distributed_function('muster_time(bigint)')",
            isDone: done.functions.contains("muster_time"))
        return first + rest + [function]
    }

    /// The server lacks the extension.
    public static let missing = Problem(
        id: "database.citus.missing", kind: .configuration, title: "The database server has no Citus extension",
        explanation:
            "Tables can be spread over several machines only by a PostgreSQL with Citus. Without it, Muster works "
            + "with all tables on one machine.",
        remedy:
            "Install Citus on the server and its workers, run `CREATE EXTENSION citus` in this database, and run the "
            + "same command again.")

    private static let notAServer = Problem(
        id: "database.notAServer", kind: .usage, title: "The embedded database cannot be distributed",
        remedy: "Name a PostgreSQL database with --database or MUSTER_DATABASE; `muster copy` moves a store there.")

    private static func foreign(_ table: String) -> Problem {
        Problem(
            id: "database.foreignTable", kind: .conflict, title: "The table \(table) is not Muster's",
            explanation: "Only tables whose key begins with workspace_id can be distributed.",
            remedy: "Move it into another schema, then run the same command again.")
    }
}

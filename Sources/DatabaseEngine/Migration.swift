public import Problems

/// One step of the schema: forward only, one transaction, never edited after release.
public struct Migration: Sendable {
    /// Counts from 1, without gaps.
    public let number: Int
    /// What the step brings, for people who read `schema_migrations`.
    public let title: String
    /// The statements, in order. `{text}` stands for a byte-ordered text column.
    public let statements: [String]

    /// The statements for PostgreSQL, where they are not the same.
    public let postgresql: [String]?

    /// A step; see the properties.
    public init(number: Int, title: String, statements: [String], postgresql: [String]? = nil) {
        self.number = number
        self.title = title
        self.statements = statements
        self.postgresql = postgresql
    }

    func statements(for dialect: Dialect) -> [String] {
        (dialect == .postgresql ? postgresql ?? statements : statements).map(dialect.definition)
    }
}

extension Engine {
    /// Whether a schema was ever made in this database.
    public func hasSchema() async throws(Problem) -> Bool {
        let question =
            switch dialect {
            case .sqlite: "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'"
            case .postgresql: "SELECT to_regclass('schema_migrations') IS NOT NULL"
            }
        return try await read { connection in try connection.first(question) { $0.flag(0) } ?? false }
    }

    /// Brings the schema up to date; does nothing when it is.
    ///
    /// - Returns: the titles of the steps that were applied.
    /// - Throws: `storage.schema.newer` when the file was written by a newer Muster.
    public func migrate(_ migrations: [Migration], at time: Int64) async throws(Problem) -> [String] {
        try await write { connection in
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number BIGINT NOT NULL PRIMARY KEY, title TEXT NOT NULL, applied_at BIGINT NOT NULL)
                """)
            let latest =
                try connection.first("SELECT coalesce(max(number), 0) FROM schema_migrations") { Int($0.integer(0)) }
                ?? 0
            guard latest <= migrations.last?.number ?? 0 else {
                throw Problem(
                    id: "storage.schema.newer", kind: .configuration,
                    title: "This data was written by a newer version of Muster",
                    explanation: "It has schema \(latest); this version knows \(migrations.last?.number ?? 0).",
                    remedy: "Start the newer version again, or use another data folder.")
            }
            for migration in migrations where migration.number > latest {
                for statement in migration.statements(for: connection.dialect) { try connection.execute(statement) }
                try connection.execute(
                    "INSERT INTO schema_migrations (number, title, applied_at) VALUES ($1, $2, $3)",
                    [.integer(Int64(migration.number)), .text(migration.title), .integer(time)])
            }
            return migrations.filter { $0.number > latest }.map(\.title)
        }
    }
}

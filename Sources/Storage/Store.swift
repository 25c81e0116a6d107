public import DatabaseEngine
public import Directory
public import Problems

/// Everything Muster keeps: one database, seen through one workspace.
public struct Store: Sendable {
    /// The database.
    public let engine: Engine
    /// The workspace every query of this store stays in.
    public let workspaceID: Int64

    /// The steps of the schema, oldest first.
    public static let migrations: [Migration] = [
        identityMigration, nounsMigration, accessMigration, runsMigration, accountsMigration,
        readIndexesMigration, viewsMigration, listsMigration, roleViewsMigration, choicesMigration,
        profilesMigration, schedulesMigration, replayMigration, tailMigration, hooksMigration,
        leasesMigration, countersMigration, logPlaceMigration,
        contractsMigration, uploadsMigration, licencesMigration, spendMigration, discoveryMigration,
        offboardingMigration, usageMigration,
    ]

    /// The number of the newest step.
    public static var schema: Int { migrations.last?.number ?? 0 }

    /// The store of one workspace of an open database.
    public init(engine: Engine, workspaceID: Int64) {
        self.engine = engine
        self.workspaceID = workspaceID
    }

    /// Opens the database, brings its schema up to date, and finds the workspace or makes it.
    public static func open(_ engine: Engine, workspace name: String, now: Timestamp) async throws(Problem) -> Store {
        _ = try await engine.migrate(migrations, at: now.rawValue)
        let id = try await engine.write { connection in
            if let id = try connection.first(
                "SELECT workspace_id FROM workspaces WHERE name = $1", [.text(name)], { $0.integer(0) })
            {
                return id
            }
            let next = try connection.first("SELECT coalesce(max(workspace_id), 0) + 1 FROM workspaces") {
                $0.integer(0)
            }
            try connection.execute(
                "INSERT INTO workspaces (workspace_id, name, created_at) VALUES ($1, $2, $3)",
                [.optional(next), .text(name), .integer(now.rawValue)])
            try connection.execute("INSERT INTO workspace_counters (workspace_id) VALUES ($1)", [.optional(next)])
            return next ?? 1
        }
        return Store(engine: engine, workspaceID: id)
    }

    /// Opens the database, brings its schema up to date, and finds the workspace.
    ///
    /// - Throws: `workspace.missing`.
    public static func find(_ engine: Engine, workspace name: String, now: Timestamp) async throws(Problem) -> Store {
        _ = try await engine.migrate(migrations, at: now.rawValue)
        let known = try await engine.read { connection in
            try connection.query("SELECT name, workspace_id FROM workspaces ORDER BY name", []) {
                ($0.text(0), $0.integer(1))
            }
        }
        guard let id = known.first(where: { $0.0 == name })?.1 else {
            throw WorkspaceProblem.missing(name, among: known.map(\.0))
        }
        return Store(engine: engine, workspaceID: id)
    }

    /// Whether the database has any workspace.
    public static func hasWorkspace(_ engine: Engine) async throws(Problem) -> Bool {
        try await engine.read { connection in
            try connection.first("SELECT EXISTS (SELECT 1 FROM workspaces)") { $0.flag(0) } ?? false
        }
    }

    /// Lends the writing connection inside one transaction that stays in this workspace: others need not wait for it.
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws(Problem) -> Result {
        try await engine.write(.workspace(workspaceID), body)
    }
}

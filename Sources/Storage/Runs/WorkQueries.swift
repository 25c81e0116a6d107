import DatabaseEngine
import Directory
public import Problems

/// How big a tenant is, as far as the store knows: what a planner counts calls from.
public struct StoredSize: Sendable, Equatable {
    /// Users, leavers included.
    public var users = 0
    /// Users who are not deactivated: those whose factors can be read.
    public var people = 0
    /// All groups.
    public var groups = 0
    /// Members of each group whose list is read.
    public var groupMembers: [Int] = []
    /// Apps of each group as Okta counts them; nil where it does not.
    public var groupApps: [Int?] = []
    /// Every app.
    public var apps: [StoredApp] = []
    /// Users who hold an admin role directly.
    public var admins = 0
    /// Everybody who holds an admin role, directly or through a group, as far as is known.
    public var factorHolders = 0
    /// Groups that give an admin role.
    public var adminGroups = 0
    /// How many users Okta counts in Everyone; nil when it does not.
    public var everyone: Int?
    /// Whether the list of users of the run in question is complete, so that people can be asked about one by one.
    public var hasAllUsers = true
    /// The same of groups: what is absent from the lists of all of them is gone.
    public var hasAllGroups = true
}

/// One app as the planner counts it.
public struct StoredApp: Sendable, Equatable {
    /// Its users: counted by an earlier run, else at most the people in the groups that give it.
    public let users: Int
    /// Whether people's own lists are sure to show it.
    public let isOnPeoplesLists: Bool
}

extension Store {
    /// Whether any list of a stage was finished in this run.
    public func hasFinishedListing(_ stage: String, of context: RunContext) async throws(Problem) -> Bool {
        try await engine.read { connection in
            try connection.first(
                """
                SELECT 1 FROM listings WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND state IN (2, 5)
                LIMIT 1
                """, [.integer(context.workspaceID), .integer(context.runID), .text(stage)], { _ in true }) ?? false
        }
    }

    /// Puts the factors of everybody who holds an admin role, directly or through a group, on the run's list of work.
    public func expectFactors(of context: RunContext) async throws(Problem) {
        try await record(context) { writer in
            let holders = try writer.connection.query(
                "\(Self.everyAdmin) ORDER BY 1",
                [.integer(context.workspaceID), .integer(context.integrationID)]
            ) { $0.integer(0) }
            for holder in holders { try writer.expect("factors", subject: holder) }
        }
    }

    /// Puts the factors of people besides those on the run's list of work already: never read first, then read longest
    /// ago. Whoever is deactivated has none to read.
    ///
    /// - Parameter marker: the name under which the run remembers that it was done, so that going on adds none.
    public func expectMoreFactors(
        _ count: Int, of context: RunContext, marking marker: String
    ) async throws(Problem) {
        try await record(context) { writer in
            var done = ListingState(stage: marker)
            done.progress = .complete
            try writer.save(done)
            try writer.connection.execute(
                """
                INSERT INTO listings (workspace_id, run_id, call_class, subject_key, state, pages, items)
                SELECT $1, $2, 'factors', p.user_key, 0, 0, 0 FROM (
                    SELECT u.user_key FROM users u
                    LEFT JOIN factor_reads f ON f.workspace_id = u.workspace_id AND f.user_key = u.user_key
                    WHERE u.workspace_id = $1 AND u.integration_id = $3 AND u.valid_to IS NULL
                        AND u.status <> 'DEPROVISIONED' AND NOT EXISTS (
                            SELECT 1 FROM listings l WHERE l.workspace_id = $1 AND l.run_id = $2
                                AND l.call_class = 'factors' AND l.subject_key = u.user_key)
                    ORDER BY coalesce(f.read_at, 0), u.user_key LIMIT $4) AS p
                WHERE TRUE
                ON CONFLICT (workspace_id, run_id, call_class, subject_key) DO NOTHING
                """,
                [
                    .integer(context.workspaceID), .integer(context.runID), .integer(context.integrationID),
                    .integer(Int64(count)),
                ])
        }
    }

    /// What the store knows of a tenant's size; `run` counts the lists that this run put on its list of work.
    public func size(of integrationID: Int64, run: Int64?) async throws(Problem) -> StoredSize {
        let workspace = workspaceID
        return try await engine.read { connection in
            let parameters: [Value] = [.integer(workspace), .integer(integrationID)]
            func count(_ sql: String) throws -> Int {
                Int(try connection.first(sql, parameters) { $0.integer(0) } ?? 0)
            }
            var size = StoredSize()
            (size.users, size.people) =
                try connection.first(
                    """
                    SELECT count(*), count(*) FILTER (WHERE status <> 'DEPROVISIONED') FROM users
                    WHERE workspace_id = $1 AND integration_id = $2 AND valid_to IS NULL
                    """, parameters, { (Int($0.integer(0)), Int($0.integer(1))) }) ?? (0, 0)
            size.groups = try count(
                "SELECT count(*) FROM user_groups WHERE workspace_id = $1 AND integration_id = $2 AND valid_to IS NULL")
            size.groupMembers = try connection.query(
                """
                SELECT coalesce(g.okta_users_count, g.members_count, 0) FROM user_groups g
                WHERE g.workspace_id = $1 AND g.integration_id = $2 AND g.valid_to IS NULL
                    AND NOT (\(ListDefinition.isEveryone))
                    AND (coalesce(g.okta_users_count, 1) > 0 OR coalesce(g.members_count, 0) > 0)
                """, parameters
            ) { Int($0.integer(0)) }
            size.everyone =
                try connection.first(
                    """
                    SELECT max(okta_users_count) FROM user_groups WHERE workspace_id = $1 AND integration_id = $2
                        AND valid_to IS NULL AND type = 'BUILT_IN' AND name = 'Everyone'
                    """, parameters, { $0.optionalInteger(0).map { Int($0) } }) ?? nil
            size.groupApps = try Self.groupApps(parameters, connection)
            size.apps = try Self.apps(parameters, connection)
            if let run {
                size.hasAllUsers = try Self.isWhole(.users, run, workspace, connection)
                size.hasAllGroups = try Self.isWhole(.groups, run, workspace, connection)
            }
            size.adminGroups = try count(
                """
                SELECT count(*) FROM user_groups WHERE workspace_id = $1 AND integration_id = $2 AND valid_to IS NULL
                    AND has_admin_privilege = 1
                """)
            size.admins = try Self.admins(run: run, parameters, connection)
            size.factorHolders = try count("SELECT count(*) FROM (\(Self.everyAdmin)) AS everyone")
            // In the middle of a run, the roles of some admins are still to be read.
            if run != nil { size.factorHolders = max(size.admins, size.factorHolders) }
            return size
        }
    }

    /// A group that Okta counts as without apps is asked only while the store knows some of it.
    private static func groupApps(_ parameters: [Value], _ connection: Connection) throws -> [Int?] {
        try connection.query(
            """
            SELECT g.okta_apps_count, EXISTS (
                SELECT 1 FROM app_groups x WHERE x.workspace_id = g.workspace_id AND x.group_key = g.group_key
                    AND x.valid_to IS NULL)
            FROM user_groups g WHERE g.workspace_id = $1 AND g.integration_id = $2 AND g.valid_to IS NULL
            """, parameters
        ) { row in row.optionalInteger(0).map { max(Int($0), Int(row.integer(1))) } }
    }

    private static func apps(_ parameters: [Value], _ connection: Connection) throws -> [StoredApp] {
        try connection.query(
            """
            SELECT coalesce(a.users_count, (
                    SELECT sum(coalesce(g.okta_users_count, g.members_count, 0)) FROM app_groups ag
                    JOIN user_groups g ON g.workspace_id = ag.workspace_id AND g.group_key = ag.group_key
                        AND g.valid_to IS NULL
                    WHERE ag.workspace_id = a.workspace_id AND ag.app_key = a.app_key AND ag.valid_to IS NULL), 0),
                a.status = 'ACTIVE' AND a.implicit_assignment = 0
            FROM apps a WHERE a.workspace_id = $1 AND a.integration_id = $2 AND a.valid_to IS NULL
            """, parameters
        ) { row in StoredApp(users: Int(row.integer(0)), isOnPeoplesLists: row.integer(1) == 1) }
    }

    /// Whether a run read a list to its end, held back nothing that was gone, and understood every record.
    private static func isWhole(
        _ resource: Resource, _ run: Int64, _ workspace: Int64, _ connection: Connection
    ) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM listings l
            WHERE l.workspace_id = $1 AND l.run_id = $2 AND l.call_class = $3 AND l.state = 2 AND NOT EXISTS (
                SELECT 1 FROM quarantine q WHERE q.workspace_id = $1 AND q.run_id = $2 AND q.resource = $3)
            """, [.integer(workspace), .integer(run), .text(resource.rawValue)], { _ in true }) ?? false
    }

    /// Everybody who holds an admin role, directly or through a group, and is not deactivated: Okta drops the factors of
    /// who is.
    // CROSS JOIN: the few roles first. Without it SQLite goes through all people.
    private static let everyAdmin = """
        SELECT r.holder_key FROM admin_roles r CROSS JOIN users u
        WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.valid_to IS NULL
            AND u.workspace_id = r.workspace_id AND u.user_key = r.holder_key AND u.valid_to IS NULL
            AND u.status <> 'DEPROVISIONED'
        UNION
        SELECT m.user_key FROM admin_roles r CROSS JOIN memberships m CROSS JOIN users u
        WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.valid_to IS NULL
            AND m.workspace_id = r.workspace_id AND m.group_key = r.holder_key AND m.valid_to IS NULL
            AND u.workspace_id = m.workspace_id AND u.user_key = m.user_key AND u.valid_to IS NULL
            AND u.status <> 'DEPROVISIONED'
        """

    private static func admins(run: Int64?, _ parameters: [Value], _ connection: Connection) throws -> Int {
        let count: Int64?
        if let run {
            count = try connection.first(
                "SELECT count(*) FROM listings WHERE workspace_id = $1 AND run_id = $2 AND call_class = 'user_roles'",
                [parameters[0], .integer(run)], { $0.integer(0) })
        } else {
            count = try connection.first(
                """
                SELECT count(DISTINCT r.holder_key) FROM admin_roles r CROSS JOIN users u
                WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.valid_to IS NULL
                    AND r.assignment_type <> 'GROUP'
                    AND u.workspace_id = r.workspace_id AND u.user_key = r.holder_key AND u.valid_to IS NULL
                """, parameters, { $0.integer(0) })
        }
        return Int(count ?? 0)
    }
}

import DatabaseEngine
public import Problems

enum Departments {
    /// The rows as the latest full sync left them, or the tail after it; nil when that sync counted none.
    static func kept(_ connection: Connection, _ workspaceID: Int64) throws -> [[Value]]? {
        let workspace: [Value] = [.integer(workspaceID)]
        let isLatest = try connection.first(
            """
            SELECT 1 FROM department_runs d WHERE d.workspace_id = $1 AND d.run_id >= (
                SELECT max(r.run_id) FROM runs r
                WHERE r.workspace_id = $1 AND r.kind <> 'tail' AND r.status IN ('complete', 'partial', 'held'))
            """, workspace, { _ in true })
        guard isLatest == true else { return nil }
        return try connection.query(
            """
            SELECT department, users, active_users, apps, managers FROM department_counts WHERE workspace_id = $1
            """, workspace, { row in (0..<5).map { row.value($0) } })
    }

    /// One pass over people and one over assignments, which come app by app.
    static func counted(_ connection: Connection, _ workspaceID: Int64, _ asOf: AsOf) throws -> [[Value]] {
        var departments: [Department] = []
        var numbers: [String: Int] = [:]
        var numberOf: [Int32] = []
        try connection.each(
            """
            SELECT u.user_key, coalesce(u.department, ''), \(asOf.personStatus("u")), u.manager FROM users u\(ReadHint.whole.sql)
            WHERE u.workspace_id = $1 AND \(asOf.holdsPerson("u"))
            """, [.integer(workspaceID)]
        ) { row in
            let name = row.text(1)
            let number = numbers[name] ?? departments.count
            if number == departments.count {
                numbers[name] = number
                departments.append(Department(name: name))
            }
            departments[number].add(status: row.text(2), manager: row.optionalText(3))
            // Keys are given out one after the other, so that this stays as short as the tenant has objects.
            let key = Int(row.integer(0))
            if key >= numberOf.count {
                numberOf += [Int32](repeating: -1, count: max(key + 1, numberOf.count * 2) - numberOf.count)
            }
            numberOf[key] = Int32(number)
            return true
        }
        try connection.each(
            """
            SELECT a.app_key, a.user_key FROM assignments a WHERE a.workspace_id = $1 AND \(asOf.holds("a"))
            ORDER BY a.app_key
            """, [.integer(workspaceID)]
        ) { row in
            let user = Int(row.integer(1))
            if user < numberOf.count, numberOf[user] >= 0 { departments[Int(numberOf[user])].add(app: row.integer(0)) }
            return true
        }
        return departments.map(\.cells)
    }

    private struct Department {
        let name: String
        var users: Int64 = 0
        var active: Int64 = 0
        var apps: Int64 = 0
        var lastApp: Int64 = -1
        var managers: Set<String> = []

        init(name: String) { self.name = name }

        mutating func add(status: String, manager: String?) {
            users += 1
            if status == "ACTIVE" { active += 1 }
            if let manager, !manager.isEmpty { managers.insert(manager) }
        }

        mutating func add(app: Int64) {
            if app == lastApp { return }
            lastApp = app
            apps += 1
        }

        var cells: [Value] {
            [.text(name), .integer(users), .integer(active), .integer(apps), .integer(Int64(managers.count))]
        }
    }
}

extension Store {
    /// Counts the departments as a finished run leaves them, so that their page need not. Counts nothing when the run
    /// changed neither people nor assignments.
    public func keepDepartments(of context: RunContext) async throws(Problem) {
        try await write(context) { connection in
            let workspace = context.workspaceID
            let changes = try connection.first(
                """
                SELECT coalesce(sum(added + changed + closed), 0) FROM run_counts
                WHERE workspace_id = $1 AND noun IN ('users', 'assignments') AND (run_id = $2 OR run_id > (
                    SELECT coalesce(max(run_id), 0) FROM department_runs WHERE workspace_id = $1))
                """, [.integer(workspace), .integer(context.runID)], { $0.integer(0) })
            let isKept = try Departments.kept(connection, workspace) != nil
            if changes != 0 || !isKept {
                let rows = try Departments.counted(connection, workspace, .now)
                try connection.execute(
                    "DELETE FROM department_counts WHERE workspace_id = $1", [.integer(workspace)])
                let insert = try connection.prepare(
                    """
                    INSERT INTO department_counts (workspace_id, department, users, active_users, apps, managers)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    """)
                for row in rows {
                    insert.bind([.integer(workspace)] + row)
                    try insert.run()
                }
            }
            try connection.execute(
                """
                INSERT INTO department_runs (workspace_id, run_id) VALUES ($1, $2)
                ON CONFLICT (workspace_id) DO UPDATE SET run_id = excluded.run_id
                """, [.integer(workspace), .integer(context.runID)])
        }
    }
}

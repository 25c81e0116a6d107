import DatabaseEngine
public import Problems

extension ListDefinition {
    /// The departments that people's profiles name, with their people, apps and managers. People without a department
    /// are one row with an empty name.
    public static func departments(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "departments",
            columns: [
                ListColumn("department", "department"), ListColumn("users", .number, "users"),
                ListColumn("active_users", .number, "active_users"), ListColumn("apps", .number, "apps"),
                ListColumn("managers", .number, "managers"),
            ],
            defaultSort: "department",
            source: .memory { connection, workspaceID in
                try Departments.summaries(connection, workspaceID, moment.asOf)
            })
    }
}

enum Departments {
    /// One pass over people and one over assignments: quicker than joining the two.
    static func summaries(_ connection: Connection, _ workspaceID: Int64, _ asOf: AsOf) throws -> [[Value]] {
        var summaries: [String: Summary] = [:]
        var numbers: [String: Int] = [:]
        var departmentOf: [Int64: Int] = [:]
        try connection.each(
            """
            SELECT u.user_key, coalesce(u.department, ''), u.status, u.manager FROM users u
            WHERE u.workspace_id = $1 AND \(asOf.holds("u"))
            """, [.integer(workspaceID)]
        ) { row in
            let name = row.text(1)
            let number = numbers[name] ?? numbers.count
            numbers[name] = number
            departmentOf[row.integer(0)] = number
            summaries[name, default: Summary()].add(status: row.text(2), manager: row.optionalText(3))
            return true
        }
        var pairs: Set<Int64> = []
        try connection.each(
            """
            SELECT a.app_key, a.user_key FROM assignments a WHERE a.workspace_id = $1 AND \(asOf.holds("a"))
            """, [.integer(workspaceID)]
        ) { row in
            if let number = departmentOf[row.integer(1)] { pairs.insert(row.integer(0) << 20 | Int64(number)) }
            return true
        }
        var apps = [Int](repeating: 0, count: numbers.count)
        for pair in pairs { apps[Int(pair & 0xfffff)] += 1 }
        return summaries.map { name, summary in
            [
                .text(name), .integer(summary.users), .integer(summary.active),
                .integer(Int64(numbers[name].map { apps[$0] } ?? 0)), .integer(Int64(summary.managers.count)),
            ]
        }
    }

    private struct Summary {
        var users: Int64 = 0
        var active: Int64 = 0
        var managers: Set<String> = []

        mutating func add(status: String, manager: String?) {
            users += 1
            if status == "ACTIVE" { active += 1 }
            if let manager, !manager.isEmpty { managers.insert(manager) }
        }
    }
}

extension ListDefinition {
    /// The same list with its rows worked out once and kept, for lists that are asked for again and again.
    public func remembered(_ store: Store) async throws(Problem) -> ListDefinition {
        guard case .memory(let rows) = source else { return self }
        let workspaceID = store.workspaceID
        let kept = try await store.engine.read { connection in try rows(connection, workspaceID) }
        return ListDefinition(
            noun: noun, columns: columns, extras: extras, defaultSort: defaultSort, source: .memory { _, _ in kept })
    }
}

import DatabaseEngine
import Directory
import Problems
import Storage

/// Who uses what at a moment, counted by app and by department in one pass over last uses and assignments.
///
/// Memory grows with the people and the uses of one app, never with all assignments.
struct UsageCounts: Sendable {
    struct App: Sendable, Equatable {
        let key: Int64
        /// Nil where nobody could read it, and where everybody may use the app.
        var assigned: Int?
        /// People who have it and used it; of an app that everybody may use, people who used it.
        var used = ActivePeople()
        /// People who used it within 90 days and do not have it.
        var others = 0
    }

    struct Department: Sendable, Equatable {
        let name: String
        /// People who have not left.
        var people = 0
        /// Those of them who used any app.
        var active = ActivePeople()
        /// Apps that somebody here used within 90 days.
        var appsUsed = 0
        /// Assignments of apps whose sign-ons tell something, and those of them that were used.
        var seats = 0
        var seatsUsed = ActivePeople()
        /// Assignments of apps whose sign-ons tell nothing.
        var seatsWithoutData = 0
        fileprivate var lastApp: Int64 = -1
    }

    private(set) var apps: [App] = []
    private(set) var departments: [Department] = []
    /// By person's key: the position of the department, −1 of keys that are no person's.
    private var departmentOf: [Int32] = []
    private var hasLeft: [Bool] = []
    /// By person's key: the last day of use of any app.
    private var lastUse: [Int32] = []

    static func count(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> UsageCounts {
        var counts = UsageCounts()
        guard moment.usageKnown else { return counts }
        try counts.readPeople(connection, workspaceID, moment)
        let grades = try UsageGrades.read(connection, workspaceID, moment)
        for app in try listed(connection, workspaceID, moment) {
            let uses = try AppUses.read(connection, workspaceID, app: app.key, moment)
            let hasData = grades[app.key]?.grade ?? .none != .none
            try counts.add(app, uses, hasData: hasData, connection, workspaceID, moment)
        }
        counts.finish(moment)
        return counts
    }

    private struct Listed {
        let key: Int64
        let isForAll: Bool
        let isUnread: Bool
    }

    private static func listed(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment
    ) throws -> [Listed] {
        try connection.query(
            """
            SELECT p.app_key, p.implicit_assignment, p.users_count, p.valid_to FROM apps p
            WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p")) ORDER BY p.app_key
            """, [.integer(workspaceID)]
        ) { Listed(key: $0.integer(0), isForAll: $0.flag(1), isUnread: $0.isNull(2) && $0.isNull(3)) }
    }

    private mutating func readPeople(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        var positions: [String: Int] = [:]
        try connection.each(
            """
            SELECT u.user_key, coalesce(u.department, ''), \(moment.asOf.personStatus("u"))
            FROM users u\(ReadHint.whole.sql) WHERE u.workspace_id = $1 AND \(moment.asOf.holdsPerson("u"))
            """, [.integer(workspaceID)]
        ) { row in
            let name = row.text(1)
            let position = positions[name] ?? departments.count
            if position == departments.count {
                positions[name] = position
                departments.append(Department(name: name))
            }
            // Keys are given out one after the other, so that these stay as short as the tenant has objects.
            let key = Int(row.integer(0))
            if key >= departmentOf.count {
                let more = max(key + 1, departmentOf.count * 2) - departmentOf.count
                departmentOf += [Int32](repeating: -1, count: more)
                hasLeft += [Bool](repeating: false, count: more)
                lastUse += [Int32](repeating: .min, count: more)
            }
            departmentOf[key] = Int32(position)
            hasLeft[key] = row.text(2) == "DEPROVISIONED"
            if !hasLeft[key] { departments[position].people += 1 }
            return true
        }
    }

    private mutating func add(
        _ listed: Listed, _ uses: [AppUse], hasData: Bool, _ connection: Connection, _ workspaceID: Int64,
        _ moment: Moment
    ) throws {
        var app = App(key: listed.key)
        for use in uses { note(use, of: listed.key, moment) }
        if listed.isForAll {
            for use in uses { app.used.note(use.last, moment.today) }
            apps.append(app)
            return
        }
        var assigned = 0
        var next = uses.startIndex
        var others = uses.count { $0.last > moment.today - 90 }
        try connection.each(
            """
            SELECT a.user_key FROM assignments a WHERE a.workspace_id = $1 AND a.app_key = $2
                AND \(moment.asOf.holds("a")) ORDER BY a.user_key
            """, [.integer(workspaceID), .integer(listed.key)]
        ) { row in
            let user = row.integer(0)
            assigned += 1
            while next < uses.endIndex, uses[next].user < user { next += 1 }
            let last = next < uses.endIndex && uses[next].user == user ? uses[next].last : .min
            app.used.note(last, moment.today)
            if last > moment.today - 90 { others -= 1 }
            seat(of: user, last, hasData: hasData, moment)
            return true
        }
        app.assigned = listed.isUnread ? nil : assigned
        app.others = others
        apps.append(app)
    }

    private func department(of user: Int64) -> Int? {
        let key = Int(user)
        guard departmentOf.indices.contains(key), departmentOf[key] >= 0 else { return nil }
        return Int(departmentOf[key])
    }

    private mutating func note(_ use: AppUse, of app: Int64, _ moment: Moment) {
        guard let position = department(of: use.user) else { return }
        lastUse[Int(use.user)] = max(lastUse[Int(use.user)], Int32(use.last))
        guard use.last > moment.today - 90, departments[position].lastApp != app else { return }
        departments[position].lastApp = app
        departments[position].appsUsed += 1
    }

    private mutating func seat(of user: Int64, _ last: Int64, hasData: Bool, _ moment: Moment) {
        guard let position = department(of: user) else { return }
        guard hasData else {
            departments[position].seatsWithoutData += 1
            return
        }
        departments[position].seats += 1
        departments[position].seatsUsed.note(last, moment.today)
    }

    private mutating func finish(_ moment: Moment) {
        for (key, position) in departmentOf.enumerated() where position >= 0 && !hasLeft[key] {
            departments[Int(position)].active.note(Int64(lastUse[key]), moment.today)
        }
    }

    // MARK: keeping

    func keep(_ connection: Connection, _ workspaceID: Int64) throws {
        for table in ["app_usage_counts", "department_usage_counts"] {
            try connection.execute("DELETE FROM \(table) WHERE workspace_id = $1", [.integer(workspaceID)])
        }
        let app = try connection.prepare(
            """
            INSERT INTO app_usage_counts (workspace_id, app_key, assigned, used_30, used_60, used_90, others_90)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """)
        for one in apps {
            app.bind([.integer(workspaceID)] + one.cells)
            try app.run()
        }
        let department = try connection.prepare(
            """
            INSERT INTO department_usage_counts (workspace_id, department, people, active_30, active_60, active_90,
                apps_used_90, seats, seats_used_30, seats_used_60, seats_used_90, seats_no_data)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """)
        for one in departments {
            department.bind([.integer(workspaceID)] + one.cells)
            try department.run()
        }
    }
}

extension UsageCounts.App {
    /// The key, people assigned, and those who used it within 30, 60 and 90 days, and others who did.
    var cells: [Value] {
        [.integer(key), .optional(assigned.map(Int64.init))]
            + [used.thirty, used.sixty, used.ninety, others].map { .integer(Int64($0)) }
    }

    static func kept(_ connection: Connection, _ workspaceID: Int64) throws -> [UsageCounts.App] {
        try connection.query(
            """
            SELECT app_key, assigned, used_30, used_60, used_90, others_90 FROM app_usage_counts
            WHERE workspace_id = $1
            """, [.integer(workspaceID)]
        ) { row in
            UsageCounts.App(
                key: row.integer(0), assigned: row.optionalInteger(1).map(Int.init),
                used: ActivePeople(
                    thirty: Int(row.integer(2)), sixty: Int(row.integer(3)), ninety: Int(row.integer(4))),
                others: Int(row.integer(5)))
        }
    }
}

extension UsageCounts.Department {
    /// The name, and the counts in the order of the columns of their list.
    var cells: [Value] {
        [.text(name)]
            + [
                people, active.thirty, active.sixty, active.ninety, appsUsed, seats, seatsUsed.thirty,
                seatsUsed.sixty, seatsUsed.ninety, seatsWithoutData,
            ].map { .integer(Int64($0)) }
    }

    static func kept(_ connection: Connection, _ workspaceID: Int64) throws -> [[Value]] {
        try connection.query(
            """
            SELECT department, people, active_30, active_60, active_90, apps_used_90, seats, seats_used_30,
                seats_used_60, seats_used_90, seats_no_data
            FROM department_usage_counts WHERE workspace_id = $1
            """, [.integer(workspaceID)]
        ) { row in (0..<11).map { row.value($0) } }
    }
}

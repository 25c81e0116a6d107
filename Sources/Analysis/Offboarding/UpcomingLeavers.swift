import DatabaseEngine
import Directory
public import Storage

extension ListDefinition {
    /// People whose last day lies within the next ninety days, by the roster.
    public static func upcomingLeavers(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "upcoming-leavers",
            columns: [
                ListColumn("person_id", "person_id"), ListColumn("user_id", "user_id"),
                ListColumn("login", "login", isName: true), ListColumn("name", "name", isName: true),
                ListColumn("department", "department", isName: true), ListColumn("manager", "manager", isName: true),
                ListColumn("ends_on", .time, "ends_on"), ListColumn("days_left", .number, "days_left"),
                ListColumn("kind", "kind"), ListColumn("status", "status"),
                ListColumn("apps", .number, "apps", nullIsUnknown: true),
                ListColumn("roles", .number, "roles", nullIsUnknown: true),
            ],
            defaultSort: "ends_on",
            source: .memory(searched: ["name", "login"]) { connection, workspaceID in
                try rows(connection, workspaceID, moment)
            })
    }

    private static func rows(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment
    ) throws -> [[Value]] {
        let leaving = try RosterQueries.leaving(
            connection, workspaceID, moment, days: Int64(LeaverRules.ahead))
        let match = RosterMatch(try RosterQueries.all(connection, workspaceID, moment), by: moment.time)
        var users: [String: Int64] = [:]
        for one in try match.people(connection, workspaceID, moment) {
            users[match.entries[one.position].personID] = one.key
        }
        let holdings = try Holdings(connection, workspaceID, moment)
        return try leaving.map { entry in
            let key = users[entry.personID]
            let user = try key.flatMap { try holdings.person($0) }
            return [
                .text(entry.personID), .optional(user?.id), .optional(user?.login ?? entry.email),
                .optional(entry.name ?? user?.name), .optional(entry.department ?? user?.department),
                .optional(entry.manager), .optional(entry.endsOn.map { Timestamp(day: $0).rawValue }),
                .optional(entry.endsOn.map { Int64($0) - moment.today }), .optional(entry.kind),
                .optional(entry.status), .optional(try key.flatMap { try holdings.apps(of: $0) }),
                .optional(try key.flatMap { try holdings.roles(of: $0) }),
            ]
        }
    }
}

/// Counts what single people have at a moment: for short lists, a few steps into indexes each.
struct Holdings {
    struct Person {
        let id: String
        let login: String
        let name: String
        let department: String?
        let status: String
        let lastLogin: Int64?
        let integration: Int64
    }

    private let people: Statement
    private let assignments: Statement
    private let ownRoles: Statement
    private let workspaceID: Int64

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        self.workspaceID = workspaceID
        people = try connection.prepare(
            """
            SELECT u.okta_id, u.login, u.first_name, u.last_name, u.department, u.status, \(moment.told("u.last_login_at")),
                u.integration_id
            FROM users u WHERE u.workspace_id = $1 AND u.user_key = $2 AND \(moment.asOf.began("u"))
            ORDER BY u.valid_from DESC LIMIT 1
            """)
        assignments = try connection.prepare(
            """
            SELECT count(*) FROM assignments a WHERE a.workspace_id = $1 AND a.user_key = $2
                AND \(moment.asOf.holds("a"))
            """)
        ownRoles = try connection.prepare(
            """
            SELECT count(*) FROM admin_roles r WHERE r.workspace_id = $1 AND r.holder_key = $2
                AND \(moment.asOf.holds("r"))
            """)
    }

    func person(_ key: Int64) throws -> Person? {
        people.bind([.integer(workspaceID), .integer(key)])
        return try people.first { row in
            Person(
                id: row.text(0), login: row.text(1),
                name: [row.optionalText(2), row.optionalText(3)].compactMap(\.self).joined(separator: " "),
                department: row.optionalText(4), status: row.text(5), lastLogin: row.optionalInteger(6),
                integration: row.integer(7))
        }
    }

    func apps(of key: Int64) throws -> Int64? { try count(assignments, key) }

    func roles(of key: Int64) throws -> Int64? { try count(ownRoles, key) }

    private func count(_ statement: Statement, _ key: Int64) throws -> Int64? {
        statement.bind([.integer(workspaceID), .integer(key)])
        return try statement.first { $0.integer(0) }
    }
}

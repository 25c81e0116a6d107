import DatabaseEngine
import Directory
import Storage

/// The questions about one person that a leaver's case is made of, each answered by an index. They are asked of many
/// people one after the other; a server is told of a hundred at once.
struct LeaverStatements {
    let versions: Statement
    let assignments: Statement
    let memberships: Statement
    let roles: Statement
    let events: Statement
    let implicitUse: Statement
    let workspaceID: Int64

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        self.workspaceID = workspaceID
        let asOf = moment.asOf
        versions = try connection.prepare(
            """
            SELECT u.valid_from, \(asOf.endUntil("u")), u.from_how, u.status, u.okta_id, u.login, u.email, u.first_name,
                u.last_name, u.department, u.title, coalesce(u.manager, u.manager_id), u.employee_number,
                \(moment.told("u.last_login_at")), u.integration_id, u.display_name
            FROM users u WHERE u.workspace_id = $1 AND u.user_key = $2 AND \(asOf.began("u")) ORDER BY u.valid_from
            """)
        assignments = try connection.prepare(
            """
            SELECT a.app_key, a.valid_from, \(asOf.endUntil("a")), a.to_how, a.closed_run, a.scope,
                \(Self.lastUse("a.app_key", moment))
            FROM assignments a WHERE a.workspace_id = $1 AND a.user_key = $2 AND \(asOf.began("a"))
            ORDER BY a.app_key, a.valid_from
            """)
        memberships = try connection.prepare(
            """
            SELECT m.group_key, m.valid_from, \(asOf.endUntil("m")), m.to_how, m.closed_run
            FROM memberships m WHERE m.workspace_id = $1 AND m.user_key = $2 AND \(asOf.began("m"))
            ORDER BY m.group_key, m.valid_from
            """)
        roles = try connection.prepare(
            """
            SELECT r.role_id, r.type, r.label, r.assignment_type, r.valid_from, \(asOf.endUntil("r")), r.to_how,
                r.closed_run
            FROM admin_roles r WHERE r.workspace_id = $1 AND r.holder_key = $2 AND \(asOf.began("r"))
            ORDER BY r.role_id, r.valid_from
            """)
        let until = asOf.time.map { " AND e.published_at <= \($0.rawValue)" } ?? ""
        // Unless told, the largest date is looked for from the log's end on, past everybody else's events.
        let byActor = ReadHint.index("log_events_by_actor").sql
        events = try connection.prepare(
            """
            SELECT max(e.published_at) FROM log_events e\(byActor) WHERE e.workspace_id = $1 AND e.actor_key = $2
                AND e.actor_key IS NOT NULL AND e.result = 'SUCCESS'\(until)
            """)
        implicitUse = try connection.prepare("SELECT \(Self.lastUse("$3", moment, user: "$2"))")
    }

    /// The last use of an app by a person, up to the moment.
    private static func lastUse(_ app: String, _ moment: Moment, user: String = "a.user_key") -> String {
        if moment.asOf == .now {
            return """
                (SELECT l.last_at FROM last_uses l WHERE l.workspace_id = $1 AND l.app_key = \(app)
                    AND l.user_key = \(user))
                """
        }
        return """
            (SELECT d.last_at FROM usage_daily d WHERE d.workspace_id = $1 AND d.app_key = \(app)
                AND d.user_key = \(user) AND \(moment.counts("d")) ORDER BY d.day DESC LIMIT 1)
            """
    }

    /// Tells a server of everybody who is asked about next.
    func expect(_ keys: some Sequence<Int64>) throws {
        for statement in [versions, assignments, memberships, roles, events] {
            try statement.readAhead(keys.map { [.integer(workspaceID), .integer($0)] })
        }
    }

    func each(_ statement: Statement, _ key: Int64, _ body: (Row) throws -> Void) throws {
        statement.bind([.integer(workspaceID), .integer(key)])
        try statement.each { row in
            try body(row)
            return true
        }
    }
}

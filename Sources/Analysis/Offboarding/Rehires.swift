import DatabaseEngine
import Directory
public import Storage

extension ListDefinition {
    /// People whose account was deactivated and is in use again.
    public static func rehires(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "rehires",
            columns: [
                ListColumn("user_id", "user_id"), ListColumn("login", "login", isName: true),
                ListColumn("returned_at", .time, "returned_at"), ListColumn("returned_source", "returned_source"),
                ListColumn("status", "status"), ListColumn("apps", .number, "apps", nullIsUnknown: true),
                ListColumn("roles", .number, "roles"), ListColumn("older_apps", .number, "older_apps"),
                ListColumn("days_since_return", .number, "days_since_return"),
            ],
            extras: [
                ListColumn("name", "name", isName: true), ListColumn("department", "department", isName: true),
            ],
            defaultSort: "days_since_return",
            source: .memory(searched: ["login", "name"]) { connection, workspaceID in
                let turns = try Turn.of(
                    "status", connection, workspaceID, moment,
                    where: "b.status = 'DEPROVISIONED' AND a.status <> 'DEPROVISIONED'")
                let holdings = try Holdings(connection, workspaceID, moment)
                let older = try connection.prepare(
                    """
                    SELECT count(*) FROM assignments a WHERE a.workspace_id = $1 AND a.user_key = $2
                        AND \(moment.asOf.holds("a")) AND a.valid_from < $3
                    """)
                let latest = Dictionary(turns.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
                return try latest.values.sorted { $0.key < $1.key }.compactMap { turn -> [Value]? in
                    guard let person = try holdings.person(turn.key), person.status != AccountStretch.deactivated else {
                        return nil
                    }
                    older.bind([.integer(workspaceID), .integer(turn.key), .integer(turn.at)])
                    return [
                        .text(person.id), .text(person.login), .integer(turn.at), .text(turn.how.text),
                        .text(person.status), .optional(try holdings.apps(of: turn.key)),
                        .optional(try holdings.roles(of: turn.key)), .optional(try older.first { $0.integer(0) }),
                        .integer((moment.time.rawValue - turn.at) / 86_400_000_000), .text(person.name),
                        .optional(person.department),
                    ]
                }
            })
    }

    /// People who are away and will come back: suspended in Okta, or on leave by the roster. Not leavers.
    public static func absences(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "absences",
            columns: [
                ListColumn("user_id", "user_id"), ListColumn("login", "login", isName: true),
                ListColumn("name", "name", isName: true), ListColumn("department", "department", isName: true),
                ListColumn("status", "status"), ListColumn("roster_status", "roster_status"),
                ListColumn("apps", .number, "apps", nullIsUnknown: true), ListColumn("roles", .number, "roles"),
                ListColumn("last_login_at", .time, "last_login_at"), ListColumn("why", "why"),
            ],
            defaultSort: "login",
            source: .memory(searched: ["login", "name"]) { connection, workspaceID in
                try absentRows(connection, workspaceID, moment)
            })
    }

    private static func absentRows(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment
    ) throws -> [[Value]] {
        let match = RosterMatch(try RosterQueries.all(connection, workspaceID, moment), by: moment.time)
        var entries: [Int64: RosterEntry] = [:]
        for one in try match.people(connection, workspaceID, moment)
        where match.entries[one.position].standing == .leave { entries[one.key] = match.entries[one.position] }
        let hint = moment.asOf == .now ? ReadHint.index("users_by_status").sql : ReadHint.whole.sql
        var keys = Set(
            try connection.query(
                """
                SELECT u.user_key FROM users u\(hint) WHERE u.workspace_id = $1 AND u.status = 'SUSPENDED'
                    AND \(moment.asOf.holds("u"))
                """, [.integer(workspaceID)], { $0.integer(0) }))
        keys.formUnion(entries.keys)
        let holdings = try Holdings(connection, workspaceID, moment)
        return try keys.sorted().compactMap { key -> [Value]? in
            guard let person = try holdings.person(key), person.status != AccountStretch.deactivated else { return nil }
            let entry = entries[key]
            let why =
                switch (person.status == "SUSPENDED", entry != nil) {
                case (true, true): "suspended in Okta, and on leave by the roster"
                case (true, false): "suspended in Okta; the roster does not say why"
                default: "on leave by the roster, and active in Okta"
                }
            return [
                .text(person.id), .text(person.login), .text(person.name), .optional(person.department),
                .text(person.status), .optional(entry?.status), .optional(try holdings.apps(of: key)),
                .optional(try holdings.roles(of: key)), .optional(person.lastLogin), .text(why),
            ]
        }
    }
}

import DatabaseEngine
public import Directory
public import Problems

/// A person, group or app whose history is asked about, with the name to show.
public struct HistorySubject: Sendable {
    /// What it is and its key.
    public let subject: Difference.Subject
    /// Okta's id.
    public let id: String
    /// A person's name, a group's name or an app's label.
    public let name: String
}

extension Store {
    /// The kinds of things that have a history of their own, as commands and addresses name them.
    public static let historyNouns = ["user", "group", "app"]

    /// The person, group or app of this Okta id or name, at the first of the moments that knows it: what is gone by the
    /// later of two dates can still be compared.
    ///
    /// - Throws: `user.unknown`, `group.unknown`, `app.unknown`.
    public func historySubject(
        _ noun: String, _ name: String, at times: [Timestamp]
    ) async throws(Problem) -> HistorySubject {
        let workspaceID = workspaceID
        let found = try await engine.read { connection -> HistorySubject? in
            for asOf in times.map(AsOf.at) + [.now] {
                if let found = try Self.find(connection, workspaceID, noun, name, asOf) { return found }
            }
            return nil
        }
        guard let found else { throw Self.unknown(noun, name) }
        return found
    }

    private static func find(
        _ connection: Connection, _ workspaceID: Int64, _ noun: String, _ name: String, _ asOf: AsOf
    ) throws -> HistorySubject? {
        let key: Int64?
        let (table, column, label): (String, String, String)
        switch noun {
        case "user":
            key = try UserQueries.key(connection, workspaceID, name, asOf)
            (table, column) = ("users", "user_key")
            label =
                "coalesce(nullif(trim(coalesce(x.first_name, '') || ' ' || coalesce(x.last_name, '')), ''), x.login)"
        case "group":
            key = try GroupQueries.key(connection, workspaceID, name, asOf)
            (table, column, label) = ("user_groups", "group_key", "x.name")
        default:
            key = try AppQueries.key(connection, workspaceID, name, asOf)
            (table, column, label) = ("apps", "app_key", "x.label")
        }
        guard let key else { return nil }
        return try connection.first(
            """
            SELECT x.okta_id, \(label) FROM \(table) x WHERE x.workspace_id = $1 AND x.\(column) = $2
            ORDER BY x.valid_from DESC LIMIT 1
            """, [.integer(workspaceID), .integer(key)]
        ) { row in
            let subject: Difference.Subject =
                switch noun {
                case "user": .user(key)
                case "group": .group(key)
                default: .app(key)
                }
            return HistorySubject(subject: subject, id: row.text(0), name: row.optionalText(1) ?? row.text(0))
        }
    }

    private static func unknown(_ noun: String, _ name: String) -> Problem {
        switch noun {
        case "user": UserQueries.unknown(name)
        case "group": GroupQueries.unknown(name)
        default: AppQueries.unknown(name)
        }
    }
}

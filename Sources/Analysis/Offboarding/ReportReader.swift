import DatabaseEngine
import Directory
import Storage

/// Finds the people whose manager somebody is. Okta knows the manager as free text: an id, a login, an e-mail address or an
/// employee number, else a name, which two people may have.
struct ReportReader {
    private struct Named {
        let id: String
        let login: String
        let name: String
        let key: Int64
    }

    private let find: Statement?
    private let workspaceID: Int64
    private let past: Past?

    /// Everybody with a manager at a date in the past, read whole when the first question comes.
    private final class Past {
        let read: () throws -> [String: [Named]]
        private var kept: [String: [Named]]?

        init(_ read: @escaping () throws -> [String: [Named]]) { self.read = read }

        func people(under name: String) throws -> [Named] {
            let all = try kept ?? read()
            kept = all
            return all[name] ?? []
        }
    }

    private static let columns = "u.okta_id, u.login, u.first_name, u.last_name, u.user_key"

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        self.workspaceID = workspaceID
        if moment.asOf == .now {
            past = nil
            find = try connection.prepare(
                """
                SELECT \(Self.columns) FROM users u\(ReadHint.index("users_by_manager").sql)
                WHERE u.workspace_id = $1 AND coalesce(u.manager_id, u.manager) = $2 AND u.valid_to IS NULL
                    AND u.status <> 'DEPROVISIONED' ORDER BY u.user_key
                """)
            return
        }
        find = nil
        past = Past {
            var people: [String: [Named]] = [:]
            try connection.each(
                """
                SELECT \(Self.columns), coalesce(u.manager_id, u.manager) FROM users u
                WHERE u.workspace_id = $1 AND \(moment.asOf.holds("u")) AND u.status <> 'DEPROVISIONED'
                    AND coalesce(u.manager_id, u.manager) IS NOT NULL ORDER BY u.user_key
                """, [.integer(workspaceID)]
            ) { row in
                people[row.text(5), default: []].append(Self.named(row))
                return true
            }
            return people
        }
    }

    func reports(to person: LeaverPerson) throws -> [LeaverReport] {
        let ids = [person.id, person.login, person.email ?? "", person.employeeNumber ?? ""]
        var found: [LeaverReport] = []
        var seen: Set<Int64> = []
        for (name, isByName) in Self.unique(ids).map({ ($0, false) }) + [(person.name, true)] {
            for one in try people(under: name) where one.key != person.key && seen.insert(one.key).inserted {
                found.append(LeaverReport(id: one.id, name: one.name, login: one.login, isByName: isByName))
            }
        }
        return found
    }

    private func people(under name: String) throws -> [Named] {
        if let past { return try past.people(under: name) }
        guard let find else { return [] }
        find.bind([.integer(workspaceID), .text(name)])
        var people: [Named] = []
        try find.each { row in
            people.append(Self.named(row))
            return true
        }
        return people
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = [""]
        return names.filter { seen.insert($0).inserted }
    }

    private static func named(_ row: Row) -> Named {
        let name = [row.optionalText(2), row.optionalText(3)].compactMap(\.self).joined(separator: " ")
        return Named(
            id: row.text(0), login: row.text(1), name: name.isEmpty ? row.text(1) : name, key: row.integer(4))
    }
}

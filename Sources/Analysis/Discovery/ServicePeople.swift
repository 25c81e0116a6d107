import DatabaseEngine
import Directory
public import Problems
public import Storage

extension ListDefinition {
    /// Everybody who ever signed in to a service, as far as it was recorded, whether or not Okta's list still has it.
    public static func people(whoUsed service: DiscoveredService) -> ListDefinition {
        let user = "u"
        return ListDefinition(
            noun: "service-people",
            columns: [
                ListColumn("user_id", "u.okta_id", join: user),
                ListColumn("login", "u.login", join: user, isName: true),
                ListColumn("first_name", "u.first_name", join: user),
                ListColumn("last_name", "u.last_name", join: user),
                ListColumn("user_status", "u.status", join: user), ListColumn("department", "u.department", join: user),
                ListColumn("last_sign_in_at", .time, "l.last_at"),
            ],
            defaultSort: "login",
            source: .table(
                ListTable(
                    base: "last_uses l", condition: "l.workspace_id = $1 AND l.app_key = \(service.key)",
                    keys: ["l.user_key"],
                    joins: [
                        user: """
                        users u ON u.workspace_id = l.workspace_id AND u.user_key = l.user_key AND u.valid_to IS NULL
                        """
                    ],
                    search: ListSearch(["login"], joins: [user], in: ["u.login", "u.first_name", "u.last_name"]))))
    }
}

/// A person who uses several services for the same.
public struct SharedPerson: Sendable {
    /// Okta's id.
    public let id: String
    /// First and last name.
    public let name: String
    /// The login.
    public let login: String
    /// The services they signed in to within 90 days, by id.
    public let services: [String]
}

extension Store {
    /// People who use at least two of some services, by login, and how many there are.
    public func peopleSharing(
        _ services: [DiscoveredService], _ survey: Survey, limit: Int = 20
    ) async throws(Problem) -> (people: [SharedPerson], count: Int) {
        var uses: [Int: [String]] = [:]
        for service in services {
            for person in survey.active(service).members { uses[person, default: []].append(service.id) }
        }
        let shared = uses.filter { $0.value.count > 1 }.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        let shown = shared.prefix(limit).compactMap { one in
            survey.people.indices.contains(one.key) ? (key: survey.people[one.key], services: one.value) : nil
        }
        let workspaceID = workspaceID
        let people = try await engine.read { connection in
            let find = try connection.prepare(
                """
                SELECT u.okta_id, u.first_name, u.last_name, u.login FROM users u
                WHERE u.workspace_id = $1 AND u.user_key = $2 ORDER BY u.valid_from DESC LIMIT 1
                """)
            return try shown.compactMap { one -> SharedPerson? in
                find.bind([.integer(workspaceID), .integer(one.key)])
                return try find.first { row in
                    SharedPerson(
                        id: row.text(0), name: "\(row.text(1)) \(row.text(2))", login: row.text(3),
                        services: one.services)
                }
            }
        }
        return (people, shared.count)
    }
}

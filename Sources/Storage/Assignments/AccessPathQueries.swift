import DatabaseEngine
import Directory
public import Problems

/// A group that would give one person one app.
public struct GrantingGroup: Sendable, Equatable {
    /// Okta's id of the group.
    public let id: String
    /// Its name.
    public let name: String
    /// Okta's priority of the group on the app; lower wins.
    public let priority: Int?
}

extension Store {
    /// For one person: every group of theirs that is assigned to each app, by the app's key. `Everyone` is everybody's.
    public func grantingGroups(user key: Int64, _ moment: Moment) async throws(Problem) -> [Int64: [GrantingGroup]] {
        try await granting(
            """
            SELECT x.app_key, o.okta_id, g.name, x.priority FROM memberships m CROSS JOIN app_groups x
            CROSS JOIN user_groups g CROSS JOIN objects o
            WHERE m.workspace_id = $1 AND m.user_key = $2 AND \(moment.asOf.holds("m"))
                AND \(Self.groupJoin("m.group_key", moment.asOf))
            UNION SELECT x.app_key, o.okta_id, g.name, x.priority FROM user_groups g CROSS JOIN app_groups x
            CROSS JOIN objects o
            WHERE \(ListDefinition.isEveryone) AND \(Self.groupJoin("g.group_key", moment.asOf))
            """, key)
    }

    /// For one app: every group assigned to it that each of these people is in, by the person's key.
    public func grantingGroups(
        app key: Int64, users: [Int64], _ moment: Moment
    ) async throws(Problem) -> [Int64: [GrantingGroup]] {
        guard !users.isEmpty else { return [:] }
        let list = users.map(String.init).joined(separator: ", ")
        return try await granting(
            """
            SELECT m.user_key, o.okta_id, g.name, x.priority FROM memberships m CROSS JOIN app_groups x
            CROSS JOIN user_groups g CROSS JOIN objects o
            WHERE m.workspace_id = $1 AND m.user_key IN (\(list)) AND \(moment.asOf.holds("m"))
                AND x.app_key = $2 AND \(Self.groupJoin("m.group_key", moment.asOf))
            """, key)
    }

    private func granting(_ sql: String, _ subject: Int64) async throws(Problem) -> [Int64: [GrantingGroup]] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            var groups: [Int64: [GrantingGroup]] = [:]
            try connection.each(sql, [.integer(workspaceID), .integer(subject)]) { row in
                groups[row.integer(0), default: []].append(
                    GrantingGroup(id: row.text(1), name: row.text(2), priority: row.optionalInteger(3).map(Int.init)))
                return true
            }
            return groups.mapValues { $0.sorted { ($0.priority ?? .max, $0.name) < ($1.priority ?? .max, $1.name) } }
        }
    }

    private static func groupJoin(_ groupKey: String, _ asOf: AsOf) -> String {
        """
        x.workspace_id = $1 AND x.group_key = \(groupKey) AND \(asOf.holds("x"))
            AND g.workspace_id = $1 AND g.group_key = x.group_key AND \(asOf.holds("g"))
            AND o.workspace_id = $1 AND o.object_key = x.group_key
        """
    }
}

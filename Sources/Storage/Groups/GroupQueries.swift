import DatabaseEngine
public import Directory
public import Problems

/// One group with everything a page or `show group` tells besides its members.
public struct GroupDetail: Sendable {
    /// The key in the store.
    public let key: Int64
    /// The group as Okta has it at the moment.
    public let group: Group
    /// How many people are in it; nil when that could not be read.
    public let members: Int?
    /// The app or directory that fills it, for an `APP_GROUP`.
    public let sourceAppLabel: String?
    /// The apps it gives, by name; nil when that could not be read.
    public let apps: [GivenApp]?
    /// The rules that fill it; nil when nobody could read whether there are any.
    public let rules: [GroupRule]?
    /// The admin roles it gives; nil when nobody could read whether there are any.
    public let roles: [HeldRole]?
    /// What could not be read of all this, and why.
    public let unread: [Unread]
}

/// An app that a group gives to its members.
public struct GivenApp: Sendable {
    /// Okta's id.
    public let id: String
    /// The name people see.
    public let label: String
    /// `ACTIVE` or `INACTIVE`.
    public let status: String
    /// Lower wins.
    public let priority: Int?
    /// Since when Muster knows of it.
    public let since: Timestamp
    /// How Muster knows.
    public let evidence: Evidence
    /// How many people the app is assigned to in all; nil when that could not be read.
    public let users: Int?
}

extension Store {
    /// The group with this Okta id or name at a moment.
    ///
    /// - Throws: `group.unknown`.
    public func group(_ name: String, _ moment: Moment) async throws(Problem) -> GroupDetail {
        let workspaceID = workspaceID
        let (found, beginning) = try await engine.read { connection -> (GroupDetail?, HistoryBeginning?) in
            guard let key = try GroupQueries.key(connection, workspaceID, name, moment.asOf) else { return (nil, nil) }
            if let found = try GroupQueries.detail(connection, workspaceID, key, moment) { return (found, nil) }
            return (
                nil, try HistoryBeginning.unsure(connection, workspaceID, "user_groups", "group_key", key, moment.asOf)
            )
        }
        guard let found else { throw GroupQueries.unknown(name, beginning) }
        return found
    }
}

enum GroupQueries {
    static func unknown(_ name: String, _ beginning: HistoryBeginning? = nil) -> Problem {
        Problem(
            id: "group.unknown", kind: .notFound, title: "There is no group “\(name.prefix(100))” here",
            explanation: beginning?.explanation("group") ?? "No group has this Okta id or name at that date.",
            remedy: "Search for part of the name, or choose another date.")
    }

    static func key(_ connection: Connection, _ workspaceID: Int64, _ name: String, _ asOf: AsOf) throws -> Int64? {
        try Objects.key(connection, workspaceID, oktaID: name)
            ?? connection.first(
                """
                SELECT g.group_key FROM user_groups g
                WHERE g.workspace_id = $1 AND g.name = $2 AND \(asOf.holds("g")) ORDER BY g.group_key LIMIT 1
                """, [.integer(workspaceID), .text(name)], { $0.integer(0) })
    }

    static func detail(
        _ connection: Connection, _ workspaceID: Int64, _ key: Int64, _ moment: Moment
    ) throws -> GroupDetail? {
        let subject: [Value] = [.integer(workspaceID), .integer(key)]
        let row = try connection.first(
            """
            SELECT g.okta_id, g.name, g.type, g.description, g.created_at, g.last_updated_at,
                g.last_membership_updated_at, g.okta_users_count, g.has_admin_privilege,
                \(ListDefinition.members(moment)), p.label, \(ListDefinition.apps(moment)),
                g.integration_id
            FROM user_groups g LEFT JOIN apps p ON p.workspace_id = g.workspace_id AND p.app_key = g.source_app_key
                AND \(moment.asOf.holds("p"))
            WHERE g.workspace_id = $1 AND g.group_key = $2 AND \(moment.asOf.holds("g"))
            """, subject
        ) { row in
            (
                group(from: row, moment), row.optionalInteger(9).map(Int.init), row.optionalText(10),
                row.isNull(11), row.integer(12)
            )
        }
        guard let (group, members, source, appsUnknown, integrationID) = row else { return nil }
        let unread = try UnreadQueries.find(
            connection, workspaceID, [.memberships, .appGroups, .groupRules, .roles], moment.asOf, integrationID)
        let rules = try rules(connection, workspaceID, filling: group.id, moment.asOf)
        let roles = try RoleQueries.held(connection, workspaceID, byGroup: key, moment.asOf)
        return GroupDetail(
            key: key, group: group, members: members, sourceAppLabel: source,
            apps: appsUnknown ? nil : try apps(connection, subject, moment),
            rules: rules.isEmpty && unread.hides(.groupRules) ? nil : rules,
            roles: roles.isEmpty && unread.hides(.roles) ? nil : roles, unread: unread)
    }

    private static func group(from row: Row, _ moment: Moment) -> Group {
        var group = Group(id: row.text(0), name: row.text(1), type: row.text(2))
        group.description = row.optionalText(3)
        group.created = row.time(4)
        group.lastUpdated = moment.told(row.time(5))
        group.lastMembershipUpdated = moment.told(row.time(6))
        group.usersCount = row.optionalInteger(7).map(Int.init)
        group.hasAdminPrivilege = row.optionalInteger(8).map { $0 != 0 }
        return group
    }

    private static func apps(_ connection: Connection, _ subject: [Value], _ moment: Moment) throws -> [GivenApp] {
        try connection.query(
            """
            SELECT p.okta_id, p.label, p.status, x.priority, x.valid_from, x.from_how,
                \(ListDefinition.count("users_count", "assignments", moment))
            FROM app_groups x CROSS JOIN apps p
            WHERE x.workspace_id = $1 AND x.group_key = $2 AND \(moment.asOf.holds("x"))
                AND p.workspace_id = $1 AND p.app_key = x.app_key AND \(moment.asOf.holds("p"))
            ORDER BY p.label, p.app_key
            """, subject
        ) { row in
            GivenApp(
                id: row.text(0), label: row.text(1), status: row.text(2),
                priority: row.optionalInteger(3).map(Int.init), since: Timestamp(rawValue: row.integer(4)),
                evidence: Evidence(rawValue: row.integer(5)) ?? .firstSight,
                users: row.optionalInteger(6).map(Int.init))
        }
    }

    /// Rules are few, so those of one group are picked here. Ids are compared whole, quotes or separators around them.
    static func rules(
        _ connection: Connection, _ workspaceID: Int64, filling id: String, _ asOf: AsOf
    ) throws -> [GroupRule] {
        var found: [GroupRule] = []
        try connection.each(
            """
            SELECT r.okta_id, r.name, r.status, r.group_ids, r.excluded_user_ids, r.expression, r.created_at
            FROM group_rules r WHERE r.workspace_id = $1 AND \(asOf.holds("r")) ORDER BY r.name, r.rule_key
            """, [.integer(workspaceID)]
        ) { row in
            let groups = ids(row.text(3))
            guard groups.contains(id) else { return true }
            var rule = GroupRule(
                id: row.text(0), name: row.text(1), status: row.text(2), groupIDs: groups,
                excludedUserIDs: ids(row.text(4)))
            rule.expression = row.optionalText(5)
            rule.created = row.time(6)
            found.append(rule)
            return true
        }
        return found
    }

    private static func ids(_ text: String) -> [String] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.map(String.init)
    }
}

import DatabaseEngine
public import Directory

/// Records groups, and puts the lists of their members and roles on the run's list of work.
public struct GroupRecorder: PageRecorder {
    static let table = ObjectTable(
        name: "user_groups", key: "group_key", noun: "groups",
        versioned: ["name", "description", "type", "source_app_key", "created_at"],
        forward: [
            "last_updated_at", "last_membership_updated_at", "okta_users_count", "okta_apps_count",
            "has_admin_privilege",
        ], carried: ["members_count"])

    /// A recorder.
    public init() {}

    /// Whether the integration has groups in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer)
    }

    /// Writes one page of groups.
    public func record(_ items: [Group], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for group in items {
            let key = try writer.key(of: group.id)
            guard listing.seen.insert(key) else { continue }
            let source = try group.sourceAppID.map { try writer.key(of: $0) }
            try Self.table.record(
                Self.version(of: group, key: key, source: source), writer, hasPrior: listing.hasPrior)
            try expectLists(of: group, key: key, writer)
        }
        writer.count("groups", seen: items.count)
    }

    /// Closes the groups that are gone, with their memberships, roles and apps.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        for key in try Self.table.closeMissing(writer, &listing, with: MembershipRecorder.table) {
            try Self.closeLists(of: key, writer)
        }
    }

    /// Writes one group that was read alone. Its counts are kept where Okta leaves them out.
    static func record(_ group: Group, _ writer: RunWriter) throws {
        let key = try writer.key(of: group.id)
        var group = group
        if group.usersCount == nil {
            let kept = try writer.connection.first(
                """
                SELECT okta_users_count, okta_apps_count, has_admin_privilege FROM user_groups
                WHERE workspace_id = $1 AND group_key = $2 AND valid_to IS NULL
                """, [.integer(writer.context.workspaceID), .integer(key)],
                { ($0.optionalInteger(0), $0.optionalInteger(1), $0.optionalInteger(2)) })
            group.usersCount = (kept?.0).map { Int($0) }
            group.appsCount = (kept?.1).map { Int($0) }
            group.hasAdminPrivilege = group.hasAdminPrivilege ?? (kept?.2).map { $0 == 1 }
        }
        let source = try group.sourceAppID.map { try writer.key(of: $0) }
        try table.record(version(of: group, key: key, source: source), writer, hasPrior: true)
    }

    private static func closeLists(of key: Int64, _ writer: RunWriter) throws {
        try MembershipRecorder.table.closeAll(writer, key)
        try RoleRecorder.table.endAll(of: key, writer)
        try AppGroupRecorder.table.closeAll(writer, object: key)
    }

    /// Closes one group that vanished while the run was on.
    public static func closeGone(_ writer: RunWriter, _ key: Int64) throws {
        try table.closeGone(key, writer)
        try closeLists(of: key, writer)
    }

    /// Everyone is in *Everyone*, so its members are not listed; a group that Okta counts as empty has nothing to list,
    /// unless the store still holds members of it that have to be closed.
    private func expectLists(of group: Group, key: Int64, _ writer: RunWriter) throws {
        let everyone = group.type == "BUILT_IN" && group.name == "Everyone"
        let empty = group.usersCount == 0
        if everyone {
            try setMembers(group.usersCount.map(Int64.init), of: key, writer)
        } else if try !empty || MembershipRecorder.table.hasOpenRows(writer, key) {
            try writer.expect("group_users", subject: key)
        } else {
            try setMembers(0, of: key, writer)
        }
        if try group.hasAdminPrivilege == true || RoleRecorder.table.hasOpenRows(of: key, writer) {
            try writer.expect("group_roles", subject: key)
        }
        if try group.appsCount ?? 0 > 0 || AppGroupRecorder.table.hasOpenRows(writer, object: key) {
            try writer.expect("group_apps", subject: key)
        }
    }

    private func setMembers(_ count: Int64?, of key: Int64, _ writer: RunWriter) throws {
        try writer.connection.execute(
            """
            UPDATE user_groups SET members_count = $3 WHERE workspace_id = $1 AND group_key = $2 AND valid_to IS NULL
            """, [.integer(writer.context.workspaceID), .integer(key), .optional(count)])
    }

    private static func version(of group: Group, key: Int64, source: Int64?) -> ObjectTable.Version {
        ObjectTable.Version(
            key: key, oktaID: group.id,
            versioned: [
                .text(group.name), .optional(group.description), .text(group.type), .optional(source),
                .optional(group.created?.rawValue),
            ],
            forward: [
                .optional(group.lastUpdated?.rawValue), .optional(group.lastMembershipUpdated?.rawValue),
                .optional(group.usersCount.map(Int64.init)), .optional(group.appsCount.map(Int64.init)),
                group.hasAdminPrivilege.map(Value.flag) ?? .null,
            ],
            began: group.created)
    }
}

extension ListDefinition {
    /// Whose memberships a list shows.
    public enum MembershipScope: Sendable {
        /// The whole tenant's.
        case all
        /// One person's, by key.
        case user(Int64)
        /// One group's, by key; `large` when it is better found by walking people in order of login.
        case group(Int64, large: Bool)
    }

    /// Who is in which group.
    public static func memberships(_ moment: Moment, of scope: MembershipScope = .all) -> ListDefinition {
        var joins = userJoins("m", "m.user_key", moment)
        joins["og"] = "objects og ON og.workspace_id = m.workspace_id AND og.object_key = m.group_key"
        joins["g"] = """
            user_groups g ON g.workspace_id = m.workspace_id AND g.group_key = m.group_key
                AND \(moment.asOf.holds("g"))
            """
        var table = ListTable(
            base: "memberships m", condition: "m.workspace_id = $1 AND \(moment.asOf.holds("m"))",
            keys: ["m.group_key", "m.user_key", "m.valid_from"], joins: joins)
        var defaultSort: String?
        var isLarge = false
        switch scope {
        case .all:
            if moment.asOf == .now {
                table.total = """
                    SELECT coalesce(sum(g.members_count), 0) FROM user_groups g
                    WHERE g.workspace_id = $1 AND g.valid_to IS NULL AND NOT (\(isEveryone))
                    """
            }
        case .user(let key):
            table.condition += " AND m.user_key = \(key)"
            table.search = ListSearch(["group_name"], joins: ["g"], in: ["g.name"])
            defaultSort = "group_name"
        case .group(let key, let large):
            isLarge = large
            table.condition += " AND m.group_key = \(key)"
            table.search = peopleSearch(joins: ["u"])
            defaultSort = "login"
            if large { table.walkPeople("m.user_key", moment) }
        }
        return ListDefinition(
            noun: "memberships",
            columns: [
                ListColumn("group_id", "og.okta_id", join: "og", lookup: idLookup("m.group_key")),
                ListColumn(
                    "group_name", name("g", "name", of: "m.group_key", in: ("user_groups", "group_key"), moment),
                    join: "g", isName: true),
            ] + userColumns("m.user_key", moment, large: isLarge) + [
                ListColumn("valid_from", .time, "m.valid_from"), ListColumn("valid_to", .time, moment.asOf.end("m")),
                ListColumn("from_how", evidence("m.from_how")),
            ],
            extras: [ListColumn("type", "g.type", join: "g")] + personColumns("m.user_key", moment, large: isLarge),
            defaultSort: defaultSort, source: .table(table))
    }
}

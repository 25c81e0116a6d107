extension ListDefinition {
    /// Whose assignments a list shows.
    public enum AssignmentScope: Sendable {
        /// The whole tenant's.
        case all
        /// One person's, by key.
        case user(Int64)
        /// One app's, by key; `large` when it is better found by walking people in order of login.
        case app(Int64, large: Bool)
    }

    /// Who has which app, how they got it, and whether they use it.
    public static func assignments(_ moment: Moment, of scope: AssignmentScope = .all) -> ListDefinition {
        var joins = userJoins("a", "a.user_key", moment)
        joins["oa"] = "objects oa ON oa.workspace_id = a.workspace_id AND oa.object_key = a.app_key"
        joins["p"] = """
            apps p ON p.workspace_id = a.workspace_id AND p.app_key = a.app_key AND \(moment.asOf.holds("p"))
            """
        joins["og"] = "objects og ON og.workspace_id = a.workspace_id AND og.object_key = a.group_key"
        joins["g"] = """
            user_groups g ON g.workspace_id = a.workspace_id AND g.group_key = a.group_key
                AND \(moment.asOf.holds("g"))
            """
        var table = ListTable(
            base: "assignments a", condition: "a.workspace_id = $1 AND \(moment.asOf.holds("a"))",
            keys: ["a.app_key", "a.user_key", "a.valid_from"], joins: joins,
            search: ListSearch(["u.login", "u.last_name", "u.first_name", "p.label"], joins: ["u", "p"]),
            indexed: [])
        var defaultSort: String?
        switch scope {
        case .all:
            table.search = nil
            if moment.asOf == .now {
                table.total = """
                    SELECT coalesce(sum(p.users_count), 0) FROM apps p WHERE p.workspace_id = $1 AND p.valid_to IS NULL
                    """
            }
        case .user(let key):
            table.condition += " AND a.user_key = \(key)"
            table.indexed = ["app_label", "scope", "assigned_at", "last_sign_in_at", "sign_ins_30d", "sign_ins_90d"]
            defaultSort = "app_label"
        case .app(let key, let large):
            table.condition += " AND a.app_key = \(key)"
            table.indexed = large ? ["login"] : ["login", "scope", "assigned_at", "last_sign_in_at", "sign_ins_90d"]
            defaultSort = "login"
            if large { table.walkPeople("a.user_key", "a", moment) }
        }
        return ListDefinition(
            noun: "assignments", columns: assignmentColumns(moment), extras: assignmentExtras,
            defaultSort: defaultSort, source: .table(table))
    }

    private static let assignmentExtras: [ListColumn] = [
        ListColumn("first_name", "u.first_name", join: "u"), ListColumn("last_name", "u.last_name", join: "u"),
        ListColumn("user_status", "u.status", join: "u"), ListColumn("department", "u.department", join: "u"),
        ListColumn("user_key", .number, "a.user_key"), ListColumn("app_key", .number, "a.app_key"),
    ]

    private static func assignmentColumns(_ moment: Moment) -> [ListColumn] {
        userColumns("a.user_key", moment) + [
            ListColumn(
                "app_id", "oa.okta_id", join: "oa", lookup: userLookup("a.app_key"), lookupColumn: "o.okta_id"),
            ListColumn("app_label", "p.label", join: "p"),
            ListColumn("scope", "CASE a.scope WHEN 1 THEN 'USER' WHEN 2 THEN 'GROUP' ELSE '' END"),
            ListColumn(
                "group_id", "og.okta_id", join: "og", lookup: userLookup("a.group_key"), lookupColumn: "o.okta_id"),
            ListColumn("group_name", "g.name", join: "g"), ListColumn("status", "a.status"),
            ListColumn(
                "assigned_at", .time, "coalesce(a.assigned_at, CASE WHEN a.from_how IN (1, 2) THEN a.valid_from END)",
                nullIsUnknown: true),
            ListColumn(
                "assigned_at_source",
                "CASE WHEN a.assigned_at IS NOT NULL THEN 'okta' ELSE \(evidence("a.from_how")) END"),
            ListColumn("valid_from", .time, "a.valid_from"), ListColumn("valid_to", .time, "a.valid_to"),
            ListColumn("last_sign_in_at", .time, lastSignIn(moment), nullIsUnknown: !moment.usageKnown),
            ListColumn("sign_ins_30d", .number, signIns(days: 30, moment), nullIsUnknown: true),
            ListColumn("sign_ins_90d", .number, signIns(days: 90, moment), nullIsUnknown: true),
        ]
    }

    /// The printed form of an `Evidence` column.
    static func evidence(_ column: String) -> String {
        """
        CASE \(column) WHEN 1 THEN 'okta' WHEN 2 THEN 'log' WHEN 3 THEN 'between syncs' ELSE 'first sight' END
        """
    }

    private static func lastSignIn(_ moment: Moment) -> String {
        guard moment.usageKnown else { return "NULL" }
        return """
            (SELECT d.last_at FROM usage_daily d WHERE d.workspace_id = a.workspace_id AND d.app_key = a.app_key
                AND d.user_key = a.user_key AND d.day <= \(moment.today) ORDER BY d.day DESC LIMIT 1)
            """
    }

    private static func signIns(days: Int64, _ moment: Moment) -> String {
        guard moment.usageKnown else { return "NULL" }
        return """
            coalesce((SELECT sum(d.sign_ins) FROM usage_daily d WHERE d.workspace_id = a.workspace_id
                AND d.app_key = a.app_key AND d.user_key = a.user_key
                AND d.day > \(moment.today - days) AND d.day <= \(moment.today)), 0)
            """
    }
}

extension ListTable {
    /// Walks people in order of their login and looks each up here, which is quick where most people are in the list.
    mutating func walkPeople(_ key: String, _ alias: String, _ moment: Moment) {
        counted = CountedTable(base: base, condition: condition, joins: joins)
        // CROSS JOIN: SQLite keeps the order of the tables as written.
        base = "users u CROSS JOIN \(base)"
        condition =
            "u.workspace_id = $1 AND \(moment.asOf.holds("u")) AND u.user_key = \(key) AND \(condition)"
        joins["u"] = nil
    }
}

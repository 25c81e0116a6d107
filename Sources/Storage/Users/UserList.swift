extension ListDefinition {
    /// The people of a tenant.
    public static func users(_ moment: Moment) -> ListDefinition {
        let apps = """
            (SELECT count(*) FROM assignments a WHERE a.workspace_id = u.workspace_id AND a.user_key = u.user_key
                AND \(moment.asOf.holds("a")))
            """
        let groups = """
            (SELECT count(*) FROM memberships m WHERE m.workspace_id = u.workspace_id AND m.user_key = u.user_key
                AND \(moment.asOf.holds("m")))
            """
        return ListDefinition(
            noun: "users",
            columns: [
                ListColumn("id", "u.okta_id", lookup: userLookup("u.user_key"), lookupColumn: "o.okta_id"),
                ListColumn("login", "u.login"), ListColumn("email", "u.email"),
                ListColumn("first_name", "u.first_name"), ListColumn("last_name", "u.last_name"),
                ListColumn("status", "u.status"), ListColumn("created_at", .time, "u.created_at"),
                ListColumn("activated_at", .time, "u.activated_at"),
                ListColumn("last_login_at", .time, "u.last_login_at"), ListColumn("department", "u.department"),
                ListColumn("title", "u.title"), ListColumn("manager", "u.manager"),
                ListColumn("employee_number", "u.employee_number"), ListColumn("user_type", "u.user_type"),
                ListColumn("organization", "u.organization"), ListColumn("division", "u.division"),
                ListColumn("cost_center", "u.cost_center"),
            ],
            extras: [ListColumn("apps", .number, apps), ListColumn("groups", .number, groups)],
            defaultSort: "login",
            source: .table(
                ListTable(
                    base: "users u", condition: "u.workspace_id = $1 AND \(moment.asOf.holds("u"))",
                    keys: ["u.user_key"],
                    search: ListSearch(["u.login", "u.last_name", "u.first_name", "u.email"]),
                    indexed: ["login", "status", "department", "last_login_at", "created_at"])))
    }

    /// Finds a key by its Okta id, through the index of ids.
    static func userLookup(_ key: String) -> String {
        """
        \(key) IN (SELECT o.object_key FROM integrations i CROSS JOIN objects o
            WHERE i.workspace_id = $1 AND o.workspace_id = $1 AND o.integration_id = i.integration_id AND {})
        """
    }

    /// Finds users by login, through the index of logins.
    static func loginLookup(_ key: String, _ moment: Moment) -> String {
        """
        \(key) IN (SELECT lu.user_key FROM users lu WHERE lu.workspace_id = $1 AND \(moment.asOf.holds("lu")) AND {})
        """
    }

    /// The columns `id` and `login` of the user that a link table names.
    static func userColumns(_ key: String, _ moment: Moment) -> [ListColumn] {
        [
            ListColumn(
                "user_id", "ou.okta_id", join: "ou", lookup: userLookup(key), lookupColumn: "o.okta_id"),
            ListColumn("login", "u.login", join: "u", lookup: loginLookup(key, moment), lookupColumn: "lu.login"),
        ]
    }

    static func userJoins(_ alias: String, _ key: String, _ moment: Moment) -> [String: String] {
        [
            "ou": "objects ou ON ou.workspace_id = \(alias).workspace_id AND ou.object_key = \(key)",
            "u": """
            users u ON u.workspace_id = \(alias).workspace_id AND u.user_key = \(key)
                AND \(moment.asOf.holds("u"))
            """,
        ]
    }
}

extension ListColumn {
    /// A text column.
    init(_ name: String, _ sql: String, join: String? = nil, lookup: String? = nil, lookupColumn: String = "") {
        self.init(name, .text, sql, join: join, lookup: lookup, lookupColumn: lookupColumn)
    }
}

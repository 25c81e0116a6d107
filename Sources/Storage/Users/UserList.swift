import DatabaseEngine

extension ListDefinition {
    /// The people of a tenant.
    public static func users(_ moment: Moment) -> ListDefinition {
        let apps = """
            (SELECT count(*) FROM assignments a WHERE a.workspace_id = u.workspace_id AND a.user_key = u.user_key
                AND \(moment.asOf.holds("a")))
            """
        let groups = """
            CASE WHEN \(moment.asOf.has("memberships", "u")) THEN (SELECT count(*) FROM memberships m
                WHERE m.workspace_id = u.workspace_id AND m.user_key = u.user_key AND \(moment.asOf.holds("m"))) END
            """
        return ListDefinition(
            noun: "users",
            columns: [
                ListColumn("id", "u.okta_id", lookup: idLookup("u.user_key")),
                ListColumn("login", "u.login", isName: true, lookup: loginLookup("u")),
                ListColumn("email", "u.email", isName: true),
                ListColumn("first_name", "u.first_name", isName: true),
                ListColumn("last_name", "u.last_name", isName: true),
                ListColumn("status", moment.asOf.personStatus("u")), ListColumn("created_at", .time, "u.created_at"),
                ListColumn("activated_at", .time, moment.told("u.activated_at")),
                ListColumn("last_login_at", .time, moment.told("u.last_login_at")),
                ListColumn("department", "u.department", isName: true),
                ListColumn("title", "u.title", isName: true), ListColumn("manager", "u.manager", isName: true),
                ListColumn("employee_number", "u.employee_number"), ListColumn("user_type", "u.user_type"),
                ListColumn("organization", "u.organization", isName: true),
                ListColumn("division", "u.division", isName: true), ListColumn("cost_center", "u.cost_center"),
            ],
            extras: [ListColumn("apps", .number, apps), ListColumn("groups", .number, groups, nullIsUnknown: true)],
            defaultSort: "login",
            source: .table(
                ListTable(
                    base: "users u", condition: "u.workspace_id = $1 AND \(moment.asOf.holdsPerson("u"))",
                    keys: ["u.user_key"], search: peopleSearch(names: ["login", "first_name", "last_name", "email"]),
                    total: moment.asOf == .now
                        ? "SELECT count(*) FROM users u\(ReadHint.index("users_open").sql) "
                            + "WHERE u.workspace_id = $1 AND u.valid_to IS NULL" : nil,
                    walk: peopleWalk(moment), hint: .whole)))
    }
}

// What lists of people share, whether they list people or what people have.
extension ListDefinition {
    /// People in order of login, each part in its index.
    static func peopleWalk(_ moment: Moment) -> ListWalk {
        var parts = moment.asOf.personParts("u")
        if moment.asOf == .now {
            parts[0].narrow = [
                NarrowIndex(
                    column: "status", name: "users_by_status", covered: ["login", "status", "apps", "groups"],
                    order: "login"),
                NarrowIndex(
                    column: "last_login_at", name: "users_by_last_login",
                    covered: ["last_login_at", "status", "apps", "groups"], order: "last_login_at"),
            ]
        }
        return ListWalk(
            base: "users u", condition: "u.workspace_id = $1", parts: parts,
            covered: Set(["login", "status", "department", "last_login_at", "created_at", "apps"])
                .union(moment.asOf == .now ? ["groups"] : []))
    }

    /// What a search for people looks into, as the indexes of people hold it: one text to look through, not four.
    static func words(_ alias: String) -> String {
        let columns = ["first_name", "last_name", "login"].map { "coalesce(\(alias).\($0), '')" }
        return """
            lower(\(columns.joined(separator: " || ' ' || ")) || ' ' || \
            coalesce(nullif(\(alias).email, \(alias).login), ''))
            """
    }

    /// Finds people by part of their name, login or e-mail address.
    static func peopleSearch(names: [String] = [], joins: Set<String> = []) -> ListSearch {
        ListSearch(names, joins: joins, in: [words("u")])
    }

    /// Compares logins as the indexes hold them.
    private static func loginLookup(_ alias: String) -> ListLookup {
        ListLookup(isWholesale: false) { condition, parameters in
            condition.isPositive ? condition.sql(on: "\(alias).login", folded: true, &parameters) : nil
        }
    }

    /// Finds a key by its Okta id, through the index of ids.
    static func idLookup(_ key: String) -> ListLookup {
        ListLookup(isWholesale: false) { condition, parameters in
            guard condition.isPositive else { return nil }
            return """
                \(key) IN (SELECT o.object_key FROM integrations i CROSS JOIN objects o
                    WHERE i.workspace_id = $1 AND o.workspace_id = $1 AND o.integration_id = i.integration_id
                        AND \(condition.sql(on: "o.okta_id", &parameters)))
                """
        }
    }

    /// Finds the rows of people by a column of theirs: a pass over people instead of one look for each row.
    ///
    /// - Parameter isWholesale: false where few people satisfy the condition, whatever the list; true for lists of whom
    ///   everybody is listed, so that those who lack something are found among people too. NOT IN would make PostgreSQL go
    ///   through them again for each row.
    static func peopleLookup(
        _ key: String, _ column: String, _ moment: Moment, isWholesale: Bool = true
    ) -> ListLookup {
        let indexes = ["login": "users_listed", "department": "users_listed", "status": "users_by_status"]
        let hint = moment.asOf == .now ? indexes[column].map(ReadHint.index) ?? .whole : .whole
        // A list of the past names who was not there yet as they were first known.
        let isCoarse = column == "login" && moment.asOf != .now
        return ListLookup(isWholesale: isWholesale, isCoarse: isCoarse) { condition, parameters in
            guard condition.isPositive || isWholesale else { return nil }
            let holds = isCoarse ? "" : " AND \(moment.asOf.holdsPerson("lu"))"
            let expression = column == "status" ? moment.asOf.personStatus("lu") : "lu.\(column)"
            return """
                \(key) IN (SELECT lu.user_key FROM users lu\(hint.sql)
                    WHERE lu.workspace_id = $1\(holds)
                        AND \(condition.sql(on: expression, folded: column == "login", &parameters)))
                """
        }
    }

    /// The columns `id` and `login` of the user that a link table names.
    ///
    /// - Parameter large: whether people are walked in order of login, which is then the index's own.
    static func userColumns(_ key: String, _ moment: Moment, large: Bool = false) -> [ListColumn] {
        [
            ListColumn("user_id", "ou.okta_id", join: "ou", lookup: idLookup(key)),
            ListColumn(
                "login", large ? "u.login" : name("u", "login", of: key, in: ("users", "user_key"), moment), join: "u",
                isName: true,
                lookup: peopleLookup(key, "login", moment, isWholesale: false)),
        ]
    }

    /// The columns of the person that a page shows beside a link of theirs.
    ///
    /// - Parameter large: whether the list is better counted by a pass over people.
    static func personColumns(_ key: String, _ moment: Moment, large: Bool) -> [ListColumn] {
        [
            ("first_name", "first_name"), ("last_name", "last_name"), ("user_status", "status"),
            ("department", "department"),
        ]
        .map { name, column in
            ListColumn(
                name, column == "status" ? moment.asOf.personStatus("u") : "u.\(column)", join: "u",
                isName: column != "status",
                lookup: large ? peopleLookup(key, column, moment) : nil)
        }
    }

    static func userJoins(_ alias: String, _ key: String, _ moment: Moment) -> [String: String] {
        [
            "ou": "objects ou ON ou.workspace_id = \(alias).workspace_id AND ou.object_key = \(key)",
            "u": """
            users u ON u.workspace_id = \(alias).workspace_id AND u.user_key = \(key)
                AND \(moment.asOf.holdsPerson("u"))
            """,
        ]
    }
}

extension ListTable {
    /// Walks people in order of their login and looks each up here, which is quick where most people are in the list;
    /// counts by passes over the list and over people.
    mutating func walkPeople(_ key: String, _ moment: Moment) {
        let people = ListDefinition.peopleWalk(moment)
        // CROSS JOIN: SQLite keeps the order of the tables as written.
        walk = ListWalk(
            base: people.base, lookedUp: " CROSS JOIN \(base)",
            condition: "\(people.condition) AND \(key) = u.user_key AND \(condition)", parts: people.parts, covered: [],
            joined: ["u"])
        let hint: ReadHint = moment.asOf == .now ? .index("users_listed") : .whole
        search?.wholesale = { number in
            """
            \(key) IN (SELECT lu.user_key FROM users lu\(hint.sql) WHERE lu.workspace_id = $1
                AND \(moment.asOf.holdsPerson("lu")) AND \(Matching.contains(ListDefinition.words("lu"), number)))
            """
        }
    }
}

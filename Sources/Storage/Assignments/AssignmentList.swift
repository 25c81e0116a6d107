import DatabaseEngine

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
            keys: ["a.app_key", "a.user_key", "a.valid_from"], joins: joins)
        var defaultSort: String?
        var isLarge = false
        var app: Int64?
        switch scope {
        case .all:
            if moment.asOf == .now {
                table.total = """
                    SELECT coalesce(sum(p.users_count), 0) FROM apps p WHERE p.workspace_id = $1 AND p.valid_to IS NULL
                    """
            }
        case .user(let key):
            table.condition += " AND a.user_key = \(key)"
            table.search = ListSearch(["app_label"], joins: ["p"], in: ["p.label"])
            defaultSort = "app_label"
        case .app(let key, let large):
            app = key
            isLarge = large
            table.condition += " AND a.app_key = \(key)"
            table.search = peopleSearch(joins: ["u"])
            defaultSort = "login"
            if large { table.walkPeople("a.user_key", moment) }
        }
        return ListDefinition(
            noun: "assignments", columns: assignmentColumns(moment, app: isLarge ? app : nil),
            extras: personColumns("a.user_key", moment, large: isLarge) + [
                ListColumn("user_key", .number, "a.user_key"), ListColumn("app_key", .number, "a.app_key"),
            ],
            defaultSort: defaultSort, source: .table(table))
    }

    private static func assignmentColumns(_ moment: Moment, app: Int64?) -> [ListColumn] {
        userColumns("a.user_key", moment, large: app != nil) + [
            ListColumn("app_id", "oa.okta_id", join: "oa", lookup: idLookup("a.app_key")),
            ListColumn(
                "app_label", name("p", "label", of: "a.app_key", in: ("apps", "app_key"), moment), join: "p",
                isName: true),
            ListColumn("scope", "CASE a.scope WHEN 1 THEN 'USER' WHEN 2 THEN 'GROUP' ELSE '' END"),
            ListColumn("group_id", "og.okta_id", join: "og", lookup: idLookup("a.group_key")),
            ListColumn(
                "group_name", name("g", "name", of: "a.group_key", in: ("user_groups", "group_key"), moment), join: "g",
                isName: true),
            ListColumn("status", "a.status"),
            ListColumn(
                "assigned_at", .time, "coalesce(a.assigned_at, CASE WHEN a.from_how IN (1, 2) THEN a.valid_from END)",
                nullIsUnknown: true),
            ListColumn(
                "assigned_at_source",
                "CASE WHEN a.assigned_at IS NOT NULL THEN 'okta' ELSE \(evidence("a.from_how")) END"),
            ListColumn("valid_from", .time, "a.valid_from"), ListColumn("valid_to", .time, moment.asOf.end("a")),
            ListColumn("last_sign_in_at", .time, lastSignIn(moment), nullIsUnknown: !moment.usageKnown),
            signIns(days: 30, moment, app: app), signIns(days: 90, moment, app: app),
        ]
    }

    /// The printed form of an `Evidence` column.
    static func evidence(_ column: String) -> String {
        """
        CASE \(column) WHEN 1 THEN 'okta' WHEN 2 THEN 'log' WHEN 3 THEN 'between syncs'
            WHEN 5 THEN 'before log' ELSE 'first sight' END
        """
    }

    private static func lastSignIn(_ moment: Moment) -> String {
        guard moment.usageKnown else { return "NULL" }
        guard moment.asOf != .now else {
            return """
                (SELECT l.last_at FROM last_uses l WHERE l.workspace_id = a.workspace_id AND l.app_key = a.app_key
                    AND l.user_key = a.user_key)
                """
        }
        return """
            (SELECT d.last_at FROM usage_daily d WHERE d.workspace_id = a.workspace_id AND d.app_key = a.app_key
                AND d.user_key = a.user_key AND \(moment.counts("d")) ORDER BY d.day DESC LIMIT 1)
            """
    }

    private static func signIns(days: Int64, _ moment: Moment, app: Int64?) -> ListColumn {
        let name = "sign_ins_\(days)d"
        guard moment.usageKnown else { return ListColumn(name, .number, "NULL", nullIsUnknown: true) }
        let sum = """
            coalesce((SELECT sum(d.sign_ins) FROM usage_daily d WHERE d.workspace_id = a.workspace_id
                AND d.app_key = a.app_key AND d.user_key = a.user_key
                AND d.day > \(moment.today - days) AND \(moment.counts("d"))), 0)
            """
        return ListColumn(
            name, .number, sum, lookup: app.map { usedLookup($0, days: days, moment) }, nullIsUnknown: true)
    }

    /// Whether people used an app at all in the last days: one pass over those who did. A server joins both lists; it would
    /// go through the whole of NOT IN again for each row.
    private static func usedLookup(_ app: Int64, days: Int64, _ moment: Moment) -> ListLookup {
        let (used, when) =
            moment.asOf == .now
            ? ("last_uses", "x.last_at >= \((moment.today - days + 1) * ListCondition.day)")
            : ("usage_daily", "x.day > \(moment.today - days) AND \(moment.counts("x"))")
        let users = "SELECT x.user_key FROM \(used) x WHERE x.workspace_id = $1 AND x.app_key = \(app) AND \(when)"
        return ListLookup(isWholesale: true) { condition, _ in
            switch condition {
            case .number(.equal, 0), .number(.less, 1), .number(.atMost, 0): "a.user_key NOT IN (\(users))"
            case .number(.greater, 0), .number(.notEqual, 0), .number(.atLeast, 1): "a.user_key IN (\(users))"
            default: nil
            }
        } onServer: { condition, _ in
            switch condition {
            case .number(.equal, 0), .number(.less, 1), .number(.atMost, 0):
                "NOT EXISTS (\(users) AND x.user_key = a.user_key)"
            case .number(.greater, 0), .number(.notEqual, 0), .number(.atLeast, 1): "a.user_key IN (\(users))"
            default: nil
            }
        }
    }
}

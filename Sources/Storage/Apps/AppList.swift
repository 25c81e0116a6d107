extension ListDefinition {
    /// The apps of a tenant.
    public static func apps(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "apps",
            columns: [
                ListColumn("id", "p.okta_id"), ListColumn("name", "p.name", isName: true),
                ListColumn("label", "p.label", isName: true),
                ListColumn("sign_on_mode", "p.sign_on_mode"), ListColumn("status", "p.status"),
                ListColumn("created_at", .time, "p.created_at"),
                ListColumn(
                    "assigned_users", .number, count("users_count", "assignments", moment), nullIsUnknown: true),
                ListColumn(
                    "assigned_groups", .number, count("groups_count", "app_groups", moment), nullIsUnknown: true),
                // What people decided in Muster; none where nobody did.
                ListColumn("owner", decided("owner", "app_owners", moment)),
                ListColumn("state", decided("state", "app_decisions", moment)),
            ],
            extras: [
                ListColumn("sign_ins_3m", .number, recentSignIns(moment), nullIsUnknown: true),
                ListColumn("open_to_all", .number, "p.implicit_assignment"),
            ],
            defaultSort: "label",
            source: .table(
                ListTable(
                    base: "apps p", condition: "p.workspace_id = $1 AND \(moment.asOf.holds("p"))",
                    keys: ["p.app_key"],
                    search: ListSearch(["label", "name"], in: ["p.label", "p.name"]))))
    }

    /// What people had decided about an app at a moment.
    private static func decided(_ column: String, _ table: String, _ moment: Moment) -> String {
        """
        (SELECT gd.\(column) FROM \(table) gd WHERE gd.workspace_id = p.workspace_id AND gd.app_id = p.okta_id
            AND \(moment.asOf.decided("gd")))
        """
    }

    /// How many people or groups an app has: kept of now, counted of a date in the past.
    static func count(_ kept: String, _ table: String, _ moment: Moment) -> String {
        guard moment.asOf != .now else { return "p.\(kept)" }
        let isUndated = table == "app_groups"
        return """
            CASE WHEN p.valid_to IS NULL AND p.\(kept) IS NULL\(isUndated ? " OR NOT \(moment.asOf.has(table, "p"))" : "") THEN NULL
                ELSE (SELECT count(*) FROM \(table) pc WHERE pc.workspace_id = p.workspace_id
                    AND pc.app_key = p.app_key AND \(moment.asOf.holds("pc"))) END
            """
    }

    /// Sign-ins of three months: a sum of three rows.
    private static func recentSignIns(_ moment: Moment) -> String {
        let months = moment.signInMonths
        guard moment.usageKnown, moment.tells(ofMonth: months.upperBound) else { return "NULL" }
        return """
            coalesce((SELECT sum(s.sign_ins) FROM usage_monthly s WHERE s.workspace_id = p.workspace_id
                AND s.app_key = p.app_key AND s.month >= \(months.lowerBound) AND s.month <= \(months.upperBound)), 0)
            """
    }
}

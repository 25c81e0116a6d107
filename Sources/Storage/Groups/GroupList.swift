import DatabaseEngine

extension ListDefinition {
    /// The groups of a tenant.
    public static func groups(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "groups",
            columns: [
                ListColumn("id", "g.okta_id"), ListColumn("name", "g.name", isName: true),
                ListColumn("description", "g.description", isName: true), ListColumn("type", "g.type"),
                ListColumn("members", .number, members(moment), nullIsUnknown: true),
                ListColumn("apps", .number, apps(moment), nullIsUnknown: true),
            ],
            extras: [
                ListColumn("created_at", .time, "g.created_at"),
                ListColumn("last_membership_updated_at", .time, moment.told("g.last_membership_updated_at")),
            ],
            defaultSort: "name",
            source: .table(
                ListTable(
                    base: "user_groups g", condition: "g.workspace_id = $1 AND \(moment.asOf.holds("g"))",
                    keys: ["g.group_key"],
                    search: ListSearch(["name", "description"], in: ["g.name", "g.description"]))))
    }

    /// Whether a group is the one that Okta keeps everybody in. It builds others in too, which have members like any group.
    static let isEveryone = "g.type = 'BUILT_IN' AND g.name = 'Everyone'"

    /// How many people a group holds. Everyone is in `Everyone`, whose members are not kept one by one.
    static func members(_ moment: Moment) -> String {
        guard moment.asOf != .now else {
            return "CASE WHEN \(isEveryone) THEN coalesce(g.okta_users_count, g.members_count)"
                + " ELSE g.members_count END"
        }
        let everybody = moment.asOf.personParts("mu").map { part in
            """
            (SELECT count(*) FROM users mu\(ReadHint.index(part.index).sql) WHERE mu.workspace_id = $1
                AND \(part.condition) AND \(moment.asOf.personStatus("mu")) <> 'DEPROVISIONED')
            """
        }.joined(separator: " + ")
        return """
            CASE WHEN \(isEveryone) AND \(moment.asOf.has("memberships", "g")) THEN \(everybody)
                WHEN g.valid_to IS NULL AND g.members_count IS NULL THEN NULL
                WHEN NOT \(moment.asOf.has("memberships", "g")) THEN NULL
                ELSE (SELECT count(*) FROM memberships m WHERE m.workspace_id = g.workspace_id
                    AND m.group_key = g.group_key AND \(moment.asOf.holds("m"))) END
            """
    }

    /// How many apps a group gives: counted, since no single listing of Okta tells; NULL where they could not be read.
    static func apps(_ moment: Moment) -> String {
        """
        CASE WHEN EXISTS (SELECT 1 FROM coverage c WHERE c.workspace_id = g.workspace_id
                AND c.integration_id = g.integration_id AND c.resource = 'app_groups' AND c.state = 'readable')
                AND \(moment.asOf.has("app_groups", "g"))
            THEN (SELECT count(*) FROM app_groups x WHERE x.workspace_id = g.workspace_id
                AND x.group_key = g.group_key AND \(moment.asOf.holds("x"))) END
        """
    }
}

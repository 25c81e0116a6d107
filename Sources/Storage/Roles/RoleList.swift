extension ListDefinition {
    /// Who holds which admin role, directly or through a group.
    public static func roles(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "roles",
            columns: userColumns("r.holder_key", moment) + [
                ListColumn("role", "r.type"), ListColumn("assignment_type", "r.assignment_type"),
                ListColumn("via_group", "r.via_group"), ListColumn("valid_from", .time, "r.valid_from"),
                ListColumn("valid_to", .time, "r.valid_to"),
            ],
            extras: [
                ListColumn("label", "r.label", isName: true), ListColumn("status", "r.status"),
                ListColumn("last_login_at", .time, moment.told("u.last_login_at"), join: "u"),
                ListColumn("created_at", .time, "r.created_at"),
            ] + personColumns("r.holder_key", moment, large: false),
            defaultSort: "role",
            source: .table(
                ListTable(
                    base: "(\(RoleQueries.people(moment.asOf))) AS r", condition: "r.workspace_id = $1",
                    keys: ["r.holder_key", "r.role_id", "r.valid_from"],
                    joins: userJoins("r", "r.holder_key", moment), search: peopleSearch(joins: ["u"]))))
    }
}

extension ListDefinition {
    /// Who holds which admin role. Roles that a group holds are listed with each person who has them through it.
    public static func roles(_ moment: Moment) -> ListDefinition {
        let viaGroup = """
            CASE WHEN r.assignment_type = 'GROUP' THEN (SELECT min(vg.name) FROM memberships vm
                CROSS JOIN admin_roles vr CROSS JOIN user_groups vg
                WHERE vm.workspace_id = r.workspace_id AND vm.user_key = r.holder_key AND \(moment.asOf.holds("vm"))
                AND vr.workspace_id = r.workspace_id AND vr.holder_key = vm.group_key AND vr.type = r.type
                AND \(moment.asOf.holds("vr")) AND vg.workspace_id = r.workspace_id
                AND vg.group_key = vm.group_key AND \(moment.asOf.holds("vg"))) END
            """
        let isUser = """
            EXISTS (SELECT 1 FROM users hu WHERE hu.workspace_id = r.workspace_id AND hu.user_key = r.holder_key)
            """
        return ListDefinition(
            noun: "roles",
            columns: userColumns("r.holder_key", moment) + [
                ListColumn("role", "r.type"), ListColumn("assignment_type", "r.assignment_type"),
                ListColumn("via_group", viaGroup), ListColumn("valid_from", .time, "r.valid_from"),
                ListColumn("valid_to", .time, "r.valid_to"),
            ],
            extras: [
                ListColumn("label", "r.label", isName: true), ListColumn("status", "r.status"),
                ListColumn("last_login_at", .time, "u.last_login_at", join: "u"),
                ListColumn("created_at", .time, "r.created_at"),
            ] + personColumns("r.holder_key", moment, large: false),
            defaultSort: "role",
            source: .table(
                ListTable(
                    base: "admin_roles r",
                    condition: "r.workspace_id = $1 AND \(moment.asOf.holds("r")) AND \(isUser)",
                    keys: ["r.holder_key", "r.role_id", "r.valid_from"],
                    joins: userJoins("r", "r.holder_key", moment), search: peopleSearch(joins: ["u"]))))
    }
}

import DatabaseEngine
import Directory

enum RoleQueries {
    /// Every role that a person holds, with the group it comes through.
    ///
    /// Okta lists the roles of those who hold one directly, inherited ones included. Who is an admin through a group alone
    /// is known by the group's roles and members.
    static func people(_ asOf: AsOf) -> String {
        """
        SELECT r.workspace_id, r.holder_key, r.role_id, r.type, r.label, r.status, r.assignment_type, r.created_at,
            r.valid_from, \(asOf.end("r")) AS valid_to, r.from_how, CASE WHEN r.assignment_type = 'GROUP' THEN (
                SELECT min(vg.name) FROM memberships vm CROSS JOIN admin_roles vr CROSS JOIN user_groups vg
                WHERE vm.workspace_id = r.workspace_id AND vm.user_key = r.holder_key AND \(asOf.holds("vm"))
                    AND vr.workspace_id = r.workspace_id AND vr.holder_key = vm.group_key AND vr.type = r.type
                    AND \(asOf.holds("vr")) AND vg.workspace_id = r.workspace_id
                    AND vg.group_key = vm.group_key AND \(asOf.holds("vg"))) END AS via_group
        FROM admin_roles r
        WHERE r.workspace_id = $1 AND \(asOf.holds("r")) AND EXISTS (
            SELECT 1 FROM users hu WHERE hu.workspace_id = r.workspace_id AND hu.user_key = r.holder_key)
        UNION ALL
        SELECT gr.workspace_id, gm.user_key, gr.role_id, gr.type, gr.label, gr.status, 'GROUP',
            CASE WHEN gm.valid_from > gr.valid_from THEN NULL ELSE gr.created_at END,
            CASE WHEN gm.valid_from > gr.valid_from THEN gm.valid_from ELSE gr.valid_from END,
            CASE WHEN \(asOf.end("gr")) IS NULL OR \(asOf.end("gm")) < \(asOf.end("gr")) THEN \(asOf.end("gm"))
                ELSE \(asOf.end("gr")) END,
            CASE WHEN gm.valid_from > gr.valid_from THEN gm.from_how ELSE gr.from_how END, gg.name
        FROM admin_roles gr CROSS JOIN user_groups gg CROSS JOIN memberships gm
        WHERE gr.workspace_id = $1 AND \(asOf.holds("gr")) AND gg.workspace_id = gr.workspace_id
            AND gg.group_key = gr.holder_key AND \(asOf.holds("gg")) AND gm.workspace_id = gr.workspace_id
            AND gm.group_key = gr.holder_key AND \(asOf.holds("gm")) AND NOT EXISTS (
                SELECT 1 FROM admin_roles o WHERE o.workspace_id = gr.workspace_id AND o.holder_key = gm.user_key
                    AND o.type = gr.type AND o.assignment_type = 'GROUP' AND \(asOf.holds("o")))
        """
    }

    /// The roles that a person holds, directly or through a group.
    static func held(
        _ connection: Connection, _ workspaceID: Int64, byPerson person: Int64, _ asOf: AsOf
    ) throws -> [HeldRole] {
        try held(connection, from: "(\(people(asOf))) AS r", [.integer(workspaceID), .integer(person)])
    }

    /// The roles that a group gives its members.
    static func held(
        _ connection: Connection, _ workspaceID: Int64, byGroup group: Int64, _ asOf: AsOf
    ) throws -> [HeldRole] {
        let roles = "SELECT r.*, NULL AS via_group FROM admin_roles r WHERE r.workspace_id = $1 AND \(asOf.holds("r"))"
        return try held(connection, from: "(\(roles)) AS r", [.integer(workspaceID), .integer(group)])
    }

    private static func held(
        _ connection: Connection, from source: String, _ parameters: [Value]
    ) throws -> [HeldRole] {
        try connection.query(
            """
            SELECT r.type, r.label, r.assignment_type, r.status, coalesce(r.created_at, r.valid_from),
                CASE WHEN r.created_at IS NULL THEN r.from_how ELSE 1 END, r.via_group
            FROM \(source) WHERE r.holder_key = $2 ORDER BY r.type, r.role_id
            """, parameters
        ) { row in
            HeldRole(
                type: row.text(0), label: row.text(1), assignmentType: row.text(2), viaGroup: row.optionalText(6),
                status: row.text(3), since: Timestamp(rawValue: row.integer(4)),
                evidence: Evidence(rawValue: row.integer(5)) ?? .firstSight)
        }
    }
}

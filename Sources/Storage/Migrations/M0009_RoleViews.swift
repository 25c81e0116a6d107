import DatabaseEngine

/// Roles with the group they come through, and groups with their apps counted: Okta's lists do not tell how many.
let roleViewsMigration = Migration(
    number: 9, title: "roles by group and counted apps of groups in the SQL views",
    statements: statements(ViewDates(.sqlite)), postgresql: statements(ViewDates(.postgresql)))

private func statements(_ dates: ViewDates) -> [String] {
    [
        "DROP VIEW v_roles",
        """
        CREATE VIEW v_roles AS
        SELECT u.okta_id AS user_id, u.login, r.type AS role, r.label, r.assignment_type,
            CASE WHEN r.assignment_type = 'GROUP' THEN (
                SELECT min(g.name) FROM memberships m
                JOIN admin_roles gr ON gr.workspace_id = m.workspace_id AND gr.holder_key = m.group_key
                    AND gr.type = r.type AND gr.valid_to IS NULL
                JOIN user_groups g ON g.workspace_id = m.workspace_id AND g.group_key = m.group_key
                    AND g.valid_to IS NULL
                WHERE m.workspace_id = r.workspace_id AND m.user_key = r.holder_key AND m.valid_to IS NULL)
            END AS via_group,
            \(dates.time("r.valid_from")) AS valid_from, \(dates.time("r.valid_to")) AS valid_to, r.workspace_id
        FROM admin_roles r
        JOIN users u ON u.workspace_id = r.workspace_id AND u.user_key = r.holder_key AND u.valid_to IS NULL
        WHERE r.valid_to IS NULL
        UNION ALL
        SELECT u.okta_id, u.login, gr.type, gr.label, 'GROUP', g.name,
            \(dates.time("CASE WHEN m.valid_from > gr.valid_from THEN m.valid_from ELSE gr.valid_from END")),
            \(dates.time("m.valid_to")), gr.workspace_id
        FROM admin_roles gr
        JOIN user_groups g ON g.workspace_id = gr.workspace_id AND g.group_key = gr.holder_key AND g.valid_to IS NULL
        JOIN memberships m ON m.workspace_id = gr.workspace_id AND m.group_key = gr.holder_key AND m.valid_to IS NULL
        JOIN users u ON u.workspace_id = m.workspace_id AND u.user_key = m.user_key AND u.valid_to IS NULL
        WHERE gr.valid_to IS NULL AND NOT EXISTS (
            SELECT 1 FROM admin_roles o WHERE o.workspace_id = gr.workspace_id AND o.holder_key = m.user_key
                AND o.type = gr.type AND o.assignment_type = 'GROUP' AND o.valid_to IS NULL)
        """,
        "DROP VIEW v_groups",
        "ALTER TABLE user_groups DROP COLUMN apps_count",
        """
        CREATE VIEW v_groups AS
        SELECT g.okta_id AS id, g.name, g.description, g.type,
            CASE WHEN g.type = 'BUILT_IN' AND g.name = 'Everyone' THEN coalesce(g.okta_users_count, g.members_count)
                ELSE g.members_count END AS members,
            CASE WHEN EXISTS (
                    SELECT 1 FROM coverage c WHERE c.workspace_id = g.workspace_id
                        AND c.integration_id = g.integration_id AND c.resource = 'app_groups' AND c.state = 'readable')
                THEN (SELECT count(*) FROM app_groups x WHERE x.workspace_id = g.workspace_id
                    AND x.group_key = g.group_key AND x.valid_to IS NULL) END AS apps,
            g.workspace_id
        FROM user_groups g WHERE g.valid_to IS NULL
        """,
    ]
}

import DatabaseEngine

/// What `muster sql` may ask: the nouns as they are now, with the columns of `muster list`, ids as Okta's and times as text.
///
/// No view has a WITH: SQLite's authorizer would name it, not the view, when `muster sql` asks who reads a table.
/// Times are made of microseconds by each database's own functions.
let viewsMigration = Migration(
    number: 7, title: "the views for SQL questions",
    statements: views(ViewDates(.sqlite)), postgresql: [ViewDates.function] + views(ViewDates(.postgresql)))

private func views(_ dates: ViewDates) -> [String] {
    [
        """
        CREATE VIEW v_users AS
        SELECT u.okta_id AS id, u.login, u.email, u.first_name, u.last_name, u.status,
            \(dates.time("u.created_at")) AS created_at, \(dates.time("u.activated_at")) AS activated_at,
            \(dates.time("u.last_login_at")) AS last_login_at, u.department, u.title, u.manager, u.employee_number,
            u.user_type, u.organization, u.division, u.cost_center, u.workspace_id
        FROM users u WHERE u.valid_to IS NULL
        """,
        """
        CREATE VIEW v_groups AS
        SELECT g.okta_id AS id, g.name, g.description, g.type,
            CASE WHEN g.type = 'BUILT_IN' THEN coalesce(g.okta_users_count, g.members_count)
                ELSE g.members_count END AS members,
            g.apps_count AS apps, g.workspace_id
        FROM user_groups g WHERE g.valid_to IS NULL
        """,
        """
        CREATE VIEW v_apps AS
        SELECT p.okta_id AS id, p.name, p.label, p.sign_on_mode, p.status, \(dates.time("p.created_at")) AS created_at,
            p.users_count AS assigned_users, p.groups_count AS assigned_groups, p.workspace_id
        FROM apps p WHERE p.valid_to IS NULL
        """,
        """
        CREATE VIEW v_assignments AS
        SELECT ou.okta_id AS user_id, u.login, oa.okta_id AS app_id, p.label AS app_label,
            CASE a.scope WHEN 1 THEN 'USER' WHEN 2 THEN 'GROUP' ELSE '' END AS scope,
            og.okta_id AS group_id, g.name AS group_name, a.status,
            \(dates.time("coalesce(a.assigned_at, CASE WHEN a.from_how IN (1, 2) THEN a.valid_from END)")) AS assigned_at,
            CASE WHEN a.assigned_at IS NOT NULL THEN 'okta' ELSE \(evidence("a.from_how")) END AS assigned_at_source,
            \(dates.time("a.valid_from")) AS valid_from, \(dates.time("a.valid_to")) AS valid_to, a.workspace_id
        FROM assignments a
        JOIN objects ou ON ou.workspace_id = a.workspace_id AND ou.object_key = a.user_key
        JOIN objects oa ON oa.workspace_id = a.workspace_id AND oa.object_key = a.app_key
        LEFT JOIN users u ON u.workspace_id = a.workspace_id AND u.user_key = a.user_key AND u.valid_to IS NULL
        LEFT JOIN apps p ON p.workspace_id = a.workspace_id AND p.app_key = a.app_key AND p.valid_to IS NULL
        LEFT JOIN objects og ON og.workspace_id = a.workspace_id AND og.object_key = a.group_key
        LEFT JOIN user_groups g
            ON g.workspace_id = a.workspace_id AND g.group_key = a.group_key AND g.valid_to IS NULL
        WHERE a.valid_to IS NULL
        """,
        """
        CREATE VIEW v_memberships AS
        SELECT og.okta_id AS group_id, g.name AS group_name, ou.okta_id AS user_id, u.login,
            \(dates.time("m.valid_from")) AS valid_from, \(dates.time("m.valid_to")) AS valid_to, m.workspace_id
        FROM memberships m
        JOIN objects og ON og.workspace_id = m.workspace_id AND og.object_key = m.group_key
        JOIN objects ou ON ou.workspace_id = m.workspace_id AND ou.object_key = m.user_key
        LEFT JOIN user_groups g
            ON g.workspace_id = m.workspace_id AND g.group_key = m.group_key AND g.valid_to IS NULL
        LEFT JOIN users u ON u.workspace_id = m.workspace_id AND u.user_key = m.user_key AND u.valid_to IS NULL
        WHERE m.valid_to IS NULL
        """,
        """
        CREATE VIEW v_roles AS
        SELECT u.okta_id AS user_id, u.login, r.type AS role, r.label, r.assignment_type,
            \(dates.time("r.valid_from")) AS valid_from, \(dates.time("r.valid_to")) AS valid_to, r.workspace_id
        FROM admin_roles r
        JOIN users u ON u.workspace_id = r.workspace_id AND u.user_key = r.holder_key AND u.valid_to IS NULL
        WHERE r.valid_to IS NULL
        """,
        """
        CREATE VIEW v_usage_daily AS
        SELECT oa.okta_id AS app_id, p.label AS app_label, ou.okta_id AS user_id, u.login,
            \(dates.day("d.day")) AS day, d.sign_ins,
            \(dates.time("d.last_at")) AS last_sign_in_at, d.workspace_id
        FROM usage_daily d
        JOIN objects oa ON oa.workspace_id = d.workspace_id AND oa.object_key = d.app_key
        JOIN objects ou ON ou.workspace_id = d.workspace_id AND ou.object_key = d.user_key
        LEFT JOIN apps p ON p.workspace_id = d.workspace_id AND p.app_key = d.app_key AND p.valid_to IS NULL
        LEFT JOIN users u ON u.workspace_id = d.workspace_id AND u.user_key = d.user_key AND u.valid_to IS NULL
        """,
        """
        CREATE VIEW v_departments AS
        SELECT p.department, p.users, p.active_users, coalesce(x.apps, 0) AS apps, p.managers, p.workspace_id
        FROM (
            SELECT u.workspace_id, coalesce(u.department, '') AS department, count(*) AS users,
                count(*) FILTER (WHERE u.status = 'ACTIVE') AS active_users,
                count(DISTINCT nullif(u.manager, '')) AS managers
            FROM users u WHERE u.valid_to IS NULL GROUP BY u.workspace_id, coalesce(u.department, '')) p
        LEFT JOIN (
            SELECT u.workspace_id, coalesce(u.department, '') AS department, count(DISTINCT a.app_key) AS apps
            FROM users u JOIN assignments a
                ON a.workspace_id = u.workspace_id AND a.user_key = u.user_key AND a.valid_to IS NULL
            WHERE u.valid_to IS NULL GROUP BY u.workspace_id, coalesce(u.department, '')) x
            ON x.workspace_id = p.workspace_id AND x.department = p.department
        """,
    ]
}

private func evidence(_ column: String) -> String {
    "CASE \(column) WHEN 1 THEN 'okta' WHEN 2 THEN 'log' WHEN 3 THEN 'between syncs' ELSE 'first sight' END"
}

import DatabaseEngine

/// What lists read in place of the wide rows: one index of people that holds every column their lists are ordered and
/// filtered by, the last sign-in of each person to each app, and the departments as the last run left them.
///
/// One broad index of people costs a sync less than the narrow ones it replaces: an order that it does not give is
/// made of it in some hundredths of a second for 100,000 people.
let listsMigration = Migration(
    number: 8, title: "lists of people, last uses and departments",
    statements: [
        "DROP INDEX users_by_login", "DROP INDEX users_by_department", "DROP INDEX users_by_status",
        "DROP INDEX users_by_status_login", "DROP INDEX users_by_department_login", "DROP INDEX users_by_last_login",
        "DROP INDEX users_by_created",
        // Who signed in last, and who has not for long.
        """
        CREATE INDEX users_by_last_login ON users (workspace_id, last_login_at, user_key, status)
            WHERE valid_to IS NULL
        """,
        // Order and page by login; count and filter by status, department and dates; search by name.
        """
        CREATE INDEX users_listed ON users (workspace_id, lower(login), user_key, valid_from, status, department,
            last_login_at, created_at, \(words)) WHERE valid_to IS NULL
        """,
        // The same for dates in the past: people as they were. Empty until something changes.
        """
        CREATE INDEX users_listed_past ON users (workspace_id, lower(login), user_key, valid_from, valid_to, status,
            department, last_login_at, created_at, \(words)) WHERE valid_to IS NOT NULL
        """,
        // One status by login, and how many there are of it: the lists most people open.
        """
        CREATE INDEX users_by_status ON users (workspace_id, status, lower(login), user_key) WHERE valid_to IS NULL
        """,
        "CREATE INDEX apps_by_label ON apps (workspace_id, lower(label), app_key) WHERE valid_to IS NULL",
        "CREATE INDEX user_groups_by_name ON user_groups (workspace_id, lower(name), group_key) WHERE valid_to IS NULL",
        // A person's use is found app by app; what this index cost every sign-in, last_uses now takes.
        "DROP INDEX usage_daily_by_user",
        """
        CREATE TABLE last_uses (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, user_key BIGINT NOT NULL, last_at BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, app_key, user_key)) WITHOUT ROWID
        """,
        """
        INSERT INTO last_uses (workspace_id, app_key, user_key, last_at)
        SELECT workspace_id, app_key, user_key, max(last_at) FROM usage_daily
        GROUP BY workspace_id, app_key, user_key
        """,
        """
        CREATE TABLE department_counts (
            workspace_id BIGINT NOT NULL, department {text} NOT NULL, users BIGINT NOT NULL,
            active_users BIGINT NOT NULL, apps BIGINT NOT NULL, managers BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, department)) WITHOUT ROWID
        """,
        // Which run the department counts are of.
        """
        CREATE TABLE department_runs (
            workspace_id BIGINT NOT NULL PRIMARY KEY, run_id BIGINT NOT NULL) WITHOUT ROWID
        """,
    ])

// Written as `ListDefinition.words` writes it, or the index would not be used. Never edited after release.
private let words = """
    lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(login, '') || ' ' || \
    coalesce(nullif(email, login), ''))
    """

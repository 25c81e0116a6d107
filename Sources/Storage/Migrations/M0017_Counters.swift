import DatabaseEngine

/// What counts on in a workspace, apart from the list of workspaces: every page of a sync moves a counter, and a list that
/// all machines of a distributed server hold a copy of should seldom change.
///
/// And on PostgreSQL, the indexes that lists are ordered by get the order that lists have: what is not known comes first.
let countersMigration = Migration(
    number: 17, title: "counters of workspaces apart from their names, and indexes in the order of the lists",
    statements: counters, postgresql: counters + orders)

private let counters = [
    """
    CREATE TABLE workspace_counters (
        workspace_id BIGINT NOT NULL PRIMARY KEY, next_key BIGINT NOT NULL DEFAULT 1,
        next_run BIGINT NOT NULL DEFAULT 1) WITHOUT ROWID
    """,
    """
    INSERT INTO workspace_counters (workspace_id, next_key, next_run)
    SELECT workspace_id, next_key, next_run FROM workspaces
    """,
    "ALTER TABLE workspaces DROP COLUMN next_key",
    "ALTER TABLE workspaces DROP COLUMN next_run",
]

private let orders = [
    "DROP INDEX users_by_last_login", "DROP INDEX users_listed", "DROP INDEX users_listed_past",
    "DROP INDEX users_by_status", "DROP INDEX apps_by_label", "DROP INDEX user_groups_by_name",
    """
    CREATE INDEX users_by_last_login ON users (workspace_id, last_login_at NULLS FIRST, user_key, status)
        WHERE valid_to IS NULL
    """,
    """
    CREATE INDEX users_listed ON users (workspace_id, lower(login) NULLS FIRST, user_key, valid_from, status, department,
        last_login_at, created_at, \(words)) WHERE valid_to IS NULL
    """,
    """
    CREATE INDEX users_listed_past ON users (workspace_id, lower(login) NULLS FIRST, user_key, valid_from, valid_to,
        status, department, last_login_at, created_at, \(words)) WHERE valid_to IS NOT NULL
    """,
    """
    CREATE INDEX users_by_status ON users (workspace_id, status, lower(login) NULLS FIRST, user_key)
        WHERE valid_to IS NULL
    """,
    "CREATE INDEX apps_by_label ON apps (workspace_id, lower(label) NULLS FIRST, app_key) WHERE valid_to IS NULL",
    """
    CREATE INDEX user_groups_by_name ON user_groups (workspace_id, lower(name) NULLS FIRST, group_key)
        WHERE valid_to IS NULL
    """,
]

// As in the migration that first made these indexes. Never edited after release.
private let words = """
    lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(login, '') || ' ' || \
    coalesce(nullif(email, login), ''))
    """

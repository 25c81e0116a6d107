import DatabaseEngine

/// Who is in which group, who is assigned to which app, and how often they sign in: the narrow, tall tables.
let accessMigration = Migration(
    number: 3, title: "memberships, assignments and usage",
    statements: [
        """
        CREATE TABLE memberships (
            workspace_id BIGINT NOT NULL, group_key BIGINT NOT NULL, user_key BIGINT NOT NULL,
            valid_from BIGINT NOT NULL, valid_to BIGINT, from_how BIGINT NOT NULL, to_how BIGINT,
            opened_run BIGINT NOT NULL, closed_run BIGINT,
            PRIMARY KEY (workspace_id, group_key, user_key, valid_from)) WITHOUT ROWID
        """,
        "CREATE INDEX memberships_by_user ON memberships (workspace_id, user_key, group_key, valid_from, valid_to)",
        """
        CREATE TABLE assignments (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, user_key BIGINT NOT NULL,
            valid_from BIGINT NOT NULL, valid_to BIGINT, from_how BIGINT NOT NULL, to_how BIGINT,
            opened_run BIGINT NOT NULL, closed_run BIGINT,
            scope BIGINT NOT NULL, group_key BIGINT, status {text} NOT NULL, assigned_at BIGINT,
            PRIMARY KEY (workspace_id, app_key, user_key, valid_from)) WITHOUT ROWID
        """,
        "CREATE INDEX assignments_by_user ON assignments (workspace_id, user_key, app_key, valid_from, valid_to)",
        """
        CREATE TABLE app_groups (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, group_key BIGINT NOT NULL,
            valid_from BIGINT NOT NULL, valid_to BIGINT, from_how BIGINT NOT NULL, to_how BIGINT,
            opened_run BIGINT NOT NULL, closed_run BIGINT, priority BIGINT,
            PRIMARY KEY (workspace_id, app_key, group_key, valid_from)) WITHOUT ROWID
        """,
        "CREATE INDEX app_groups_by_group ON app_groups (workspace_id, group_key, app_key, valid_from, valid_to)",
        """
        CREATE TABLE usage_daily (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, user_key BIGINT NOT NULL, day BIGINT NOT NULL,
            sign_ins BIGINT NOT NULL, last_at BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, app_key, user_key, day)) WITHOUT ROWID
        """,
        "CREATE INDEX usage_daily_by_user ON usage_daily (workspace_id, user_key, app_key, day)",
        """
        CREATE TABLE usage_monthly (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, month BIGINT NOT NULL, sign_ins BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, app_key, month)) WITHOUT ROWID
        """,
        """
        CREATE TABLE log_events (
            workspace_id BIGINT NOT NULL, published_at BIGINT NOT NULL, uuid {text} NOT NULL,
            integration_id BIGINT NOT NULL, event_type {text} NOT NULL, result {text}, actor_key BIGINT,
            actor_name {text}, user_key BIGINT, group_key BIGINT, app_key BIGINT, summary {text},
            PRIMARY KEY (workspace_id, published_at, uuid)) WITHOUT ROWID
        """,
        """
        CREATE TABLE log_seen (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, day BIGINT NOT NULL, uuid BYTEA NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, day, uuid)) WITHOUT ROWID
        """,
    ])

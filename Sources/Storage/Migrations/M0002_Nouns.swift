import DatabaseEngine

/// Users, groups, apps, rules, tokens, factors and roles, each as intervals of history.
///
/// A row holds what was true for its whole interval. Columns under "moves without history" are facts that only go
/// forward (last sign-in, counts) and are kept current on the open row.
let nounsMigration = Migration(
    number: 2, title: "users, groups, apps, rules, tokens, factors and roles",
    statements: [
        """
        CREATE TABLE users (
            workspace_id BIGINT NOT NULL, user_key BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT,
            from_how BIGINT NOT NULL, to_how BIGINT, opened_run BIGINT NOT NULL, closed_run BIGINT,
            content_hash BIGINT NOT NULL,
            integration_id BIGINT NOT NULL, okta_id {text} NOT NULL, status {text} NOT NULL,
            login {text}, email {text}, first_name {text}, last_name {text}, display_name {text},
            department {text}, title {text}, manager {text}, manager_id {text}, employee_number {text},
            user_type {text}, organization {text}, division {text}, cost_center {text},
            provider {text}, type_id {text}, profile {text} NOT NULL,
            created_at BIGINT, activated_at BIGINT, status_changed_at BIGINT, password_changed_at BIGINT,
            last_login_at BIGINT, last_updated_at BIGINT,
            PRIMARY KEY (workspace_id, user_key, valid_from))
        """,
        "CREATE UNIQUE INDEX users_open ON users (workspace_id, user_key) WHERE valid_to IS NULL",
        "CREATE INDEX users_by_login ON users (workspace_id, login, user_key) WHERE valid_to IS NULL",
        "CREATE INDEX users_by_department ON users (workspace_id, department, user_key) WHERE valid_to IS NULL",
        "CREATE INDEX users_by_status ON users (workspace_id, status, user_key) WHERE valid_to IS NULL",
        """
        CREATE TABLE user_groups (
            workspace_id BIGINT NOT NULL, group_key BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT,
            from_how BIGINT NOT NULL, to_how BIGINT, opened_run BIGINT NOT NULL, closed_run BIGINT,
            content_hash BIGINT NOT NULL,
            integration_id BIGINT NOT NULL, okta_id {text} NOT NULL, name {text} NOT NULL, description {text},
            type {text} NOT NULL, source_app_key BIGINT, created_at BIGINT,
            last_updated_at BIGINT, last_membership_updated_at BIGINT,
            okta_users_count BIGINT, okta_apps_count BIGINT, has_admin_privilege BIGINT,
            members_count BIGINT, apps_count BIGINT,
            PRIMARY KEY (workspace_id, group_key, valid_from))
        """,
        "CREATE UNIQUE INDEX user_groups_open ON user_groups (workspace_id, group_key) WHERE valid_to IS NULL",
        """
        CREATE TABLE apps (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT,
            from_how BIGINT NOT NULL, to_how BIGINT, opened_run BIGINT NOT NULL, closed_run BIGINT,
            content_hash BIGINT NOT NULL,
            integration_id BIGINT NOT NULL, okta_id {text} NOT NULL, name {text} NOT NULL, label {text} NOT NULL,
            status {text} NOT NULL, sign_on_mode {text}, features {text} NOT NULL, implicit_assignment BIGINT NOT NULL,
            hidden BIGINT NOT NULL, created_at BIGINT, last_updated_at BIGINT,
            users_count BIGINT, groups_count BIGINT,
            PRIMARY KEY (workspace_id, app_key, valid_from))
        """,
        "CREATE UNIQUE INDEX apps_open ON apps (workspace_id, app_key) WHERE valid_to IS NULL",
        """
        CREATE TABLE group_rules (
            workspace_id BIGINT NOT NULL, rule_key BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT,
            from_how BIGINT NOT NULL, to_how BIGINT, opened_run BIGINT NOT NULL, closed_run BIGINT,
            content_hash BIGINT NOT NULL,
            integration_id BIGINT NOT NULL, okta_id {text} NOT NULL, name {text} NOT NULL, status {text} NOT NULL,
            expression {text}, group_ids {text} NOT NULL, excluded_user_ids {text} NOT NULL, created_at BIGINT,
            last_updated_at BIGINT,
            PRIMARY KEY (workspace_id, rule_key, valid_from))
        """,
        """
        CREATE TABLE api_tokens (
            workspace_id BIGINT NOT NULL, token_key BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT,
            from_how BIGINT NOT NULL, to_how BIGINT, opened_run BIGINT NOT NULL, closed_run BIGINT,
            content_hash BIGINT NOT NULL,
            integration_id BIGINT NOT NULL, okta_id {text} NOT NULL, name {text} NOT NULL, user_key BIGINT,
            client_name {text}, created_at BIGINT, last_updated_at BIGINT, expires_at BIGINT,
            PRIMARY KEY (workspace_id, token_key, valid_from))
        """,
        """
        CREATE TABLE admin_roles (
            workspace_id BIGINT NOT NULL, holder_key BIGINT NOT NULL, role_id {text} NOT NULL,
            valid_from BIGINT NOT NULL, valid_to BIGINT, from_how BIGINT NOT NULL, to_how BIGINT,
            opened_run BIGINT NOT NULL, closed_run BIGINT, integration_id BIGINT NOT NULL,
            type {text} NOT NULL, label {text} NOT NULL, status {text} NOT NULL, assignment_type {text} NOT NULL,
            custom_role_id {text}, resource_set_id {text}, created_at BIGINT,
            PRIMARY KEY (workspace_id, holder_key, role_id, valid_from))
        """,
        """
        CREATE TABLE factors (
            workspace_id BIGINT NOT NULL, user_key BIGINT NOT NULL, factor_id {text} NOT NULL,
            valid_from BIGINT NOT NULL, valid_to BIGINT, from_how BIGINT NOT NULL, to_how BIGINT,
            opened_run BIGINT NOT NULL, closed_run BIGINT, integration_id BIGINT NOT NULL,
            type {text} NOT NULL, provider {text} NOT NULL, status {text} NOT NULL, created_at BIGINT,
            PRIMARY KEY (workspace_id, user_key, factor_id, valid_from))
        """,
        """
        CREATE TABLE factor_reads (
            workspace_id BIGINT NOT NULL, user_key BIGINT NOT NULL, read_at BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, user_key)) WITHOUT ROWID
        """,
    ])

import DatabaseEngine

/// Workspaces, integrations, and the identity of every Okta object.
///
/// Every key begins with `workspace_id`. Times are microseconds UTC. In every history table `[valid_from, valid_to)` is
/// when a row was true (`valid_to` NULL: still true), `from_how`/`to_how` how Muster knows each end (see `Evidence`), and
/// `opened_run`/`closed_run` in which run it learned so.
let identityMigration = Migration(
    number: 1, title: "workspaces, integrations and identities",
    statements: [
        """
        CREATE TABLE workspaces (
            workspace_id BIGINT NOT NULL PRIMARY KEY, name {text} NOT NULL UNIQUE, created_at BIGINT NOT NULL,
            next_key BIGINT NOT NULL DEFAULT 1, next_run BIGINT NOT NULL DEFAULT 1)
        """,
        """
        CREATE TABLE integrations (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, name {text} NOT NULL, base_url {text} NOT NULL,
            org_id {text} NOT NULL, pipeline {text}, contact {text}, credential_kind {text} NOT NULL,
            sealed_credential BYTEA, created_at BIGINT NOT NULL, disconnected_at BIGINT,
            last_call_at BIGINT, log_cursor {text}, log_since BIGINT, problem_id {text}, problem_title {text},
            problem_remedy {text},
            PRIMARY KEY (workspace_id, integration_id), UNIQUE (workspace_id, name))
        """,
        """
        CREATE TABLE objects (
            workspace_id BIGINT NOT NULL, object_key BIGINT NOT NULL, integration_id BIGINT NOT NULL,
            okta_id {text} NOT NULL,
            PRIMARY KEY (workspace_id, object_key)) WITHOUT ROWID
        """,
        "CREATE UNIQUE INDEX objects_by_okta_id ON objects (workspace_id, integration_id, okta_id)",
        """
        CREATE TABLE log_names (
            workspace_id BIGINT NOT NULL, object_key BIGINT NOT NULL, type {text} NOT NULL, name {text} NOT NULL,
            seen_at BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, object_key)) WITHOUT ROWID
        """,
        """
        CREATE TABLE coverage (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, resource {text} NOT NULL,
            state {text} NOT NULL, checked_at BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, resource)) WITHOUT ROWID
        """,
    ])

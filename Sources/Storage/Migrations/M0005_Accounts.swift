import DatabaseEngine

/// Who uses Muster itself, and what they did.
let accountsMigration = Migration(
    number: 5, title: "sign-in links, sessions and the audit trail",
    statements: [
        """
        CREATE TABLE sign_in_links (
            workspace_id BIGINT NOT NULL, token_sha256 BYTEA NOT NULL, created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL, used_at BIGINT,
            PRIMARY KEY (workspace_id, token_sha256)) WITHOUT ROWID
        """,
        """
        CREATE TABLE sessions (
            workspace_id BIGINT NOT NULL, token_sha256 BYTEA NOT NULL, created_at BIGINT NOT NULL,
            last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, name {text} NOT NULL, role {text} NOT NULL,
            PRIMARY KEY (workspace_id, token_sha256)) WITHOUT ROWID
        """,
        """
        CREATE TABLE audit_trail (
            workspace_id BIGINT NOT NULL, position BIGINT NOT NULL, happened_at BIGINT NOT NULL, actor {text} NOT NULL,
            action {text} NOT NULL, subject {text}, detail {text},
            PRIMARY KEY (workspace_id, position)) WITHOUT ROWID
        """,
    ])

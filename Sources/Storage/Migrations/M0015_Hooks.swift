import DatabaseEngine

/// Event Hooks: the address and the secret's hash of each tenant that has one, and what Okta delivered and nobody has
/// taken yet. What was taken stays for a while without its body, so that a second delivery is known as such.
let hooksMigration = Migration(
    number: 15, title: "deliveries of Event Hooks",
    statements: [
        """
        CREATE TABLE event_hooks (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, address {text} NOT NULL,
            secret_sha256 BYTEA NOT NULL, created_at BIGINT NOT NULL, verified_at BIGINT,
            refused BIGINT NOT NULL DEFAULT 0, refused_at BIGINT, dropped BIGINT NOT NULL DEFAULT 0, dropped_at BIGINT,
            PRIMARY KEY (workspace_id, integration_id)) WITHOUT ROWID
        """,
        "CREATE UNIQUE INDEX event_hooks_by_address ON event_hooks (workspace_id, address)",
        """
        CREATE TABLE hook_deliveries (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, event_id {text} NOT NULL,
            received_at BIGINT NOT NULL, taken_at BIGINT, size BIGINT NOT NULL, body BYTEA NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, event_id))
        """,
        """
        CREATE INDEX hook_deliveries_by_time ON hook_deliveries (workspace_id, integration_id, received_at, event_id)
        """,
        """
        CREATE INDEX hook_deliveries_waiting
            ON hook_deliveries (workspace_id, integration_id, received_at, event_id, size) WHERE taken_at IS NULL
        """,
    ])

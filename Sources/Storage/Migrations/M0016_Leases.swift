import DatabaseEngine

/// Which process works for which tenant, what people asked for, and which workers there are.
let leasesMigration = Migration(
    number: 16, title: "leases, requests and workers",
    statements: [
        // `fence` grows each time the lease changes hands: what an earlier holder still tries to write is refused.
        """
        CREATE TABLE leases (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, owner {text}, purpose {text} NOT NULL,
            fence BIGINT NOT NULL, taken_at BIGINT NOT NULL, heartbeat_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, integration_id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE sync_requests (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, requested_at BIGINT NOT NULL,
            afresh BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, integration_id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE workers (
            owner {text} NOT NULL PRIMARY KEY, started_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
            tenants BIGINT NOT NULL) WITHOUT ROWID
        """,
    ])

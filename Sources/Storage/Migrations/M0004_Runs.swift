import DatabaseEngine

/// What each sync did: runs, the listings they walked with their checkpoints, calls, changes and bad records.
let runsMigration = Migration(
    number: 4, title: "runs, checkpoints, the call ledger, changes and quarantine",
    statements: [
        """
        CREATE TABLE runs (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, kind {text} NOT NULL,
            status {text} NOT NULL, started_at BIGINT NOT NULL, heartbeat_at BIGINT NOT NULL, finished_at BIGINT,
            predicted_calls BIGINT, attempts BIGINT NOT NULL DEFAULT 1, retries BIGINT NOT NULL DEFAULT 0,
            rate_limited BIGINT NOT NULL DEFAULT 0, problem_id {text}, problem_title {text}, problem_remedy {text},
            coverage {text} NOT NULL DEFAULT '{}',
            PRIMARY KEY (workspace_id, run_id)) WITHOUT ROWID
        """,
        "CREATE INDEX runs_by_integration ON runs (workspace_id, integration_id, run_id)",
        """
        CREATE TABLE listings (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, call_class {text} NOT NULL,
            subject_key BIGINT NOT NULL, state BIGINT NOT NULL, page_cursor {text}, pages BIGINT NOT NULL,
            items BIGINT NOT NULL, seen_keys BYTEA, coverage {text},
            PRIMARY KEY (workspace_id, run_id, call_class, subject_key)) WITHOUT ROWID
        """,
        """
        CREATE TABLE run_counts (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, noun {text} NOT NULL, seen BIGINT NOT NULL,
            added BIGINT NOT NULL, changed BIGINT NOT NULL, closed BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, run_id, noun)) WITHOUT ROWID
        """,
        """
        CREATE TABLE run_calls (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, call_class {text} NOT NULL, predicted BIGINT,
            calls BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, run_id, call_class)) WITHOUT ROWID
        """,
        """
        CREATE TABLE held_closures (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, call_class {text} NOT NULL,
            subject_key BIGINT NOT NULL, open_rows BIGINT NOT NULL, would_close BIGINT NOT NULL, accepted_at BIGINT,
            PRIMARY KEY (workspace_id, run_id, call_class, subject_key)) WITHOUT ROWID
        """,
        """
        CREATE TABLE changes (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, noun {text} NOT NULL, change {text} NOT NULL,
            subject_key BIGINT NOT NULL, object_key BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, run_id, noun, change, subject_key, object_key)) WITHOUT ROWID
        """,
        """
        CREATE TABLE quarantine (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, position BIGINT NOT NULL, resource {text} NOT NULL,
            subject_key BIGINT NOT NULL, reason {text} NOT NULL, record {text} NOT NULL, found_at BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, run_id, position)) WITHOUT ROWID
        """,
        """
        CREATE TABLE calls (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, position BIGINT NOT NULL, run_id BIGINT,
            called_at BIGINT NOT NULL, method {text} NOT NULL, path {text} NOT NULL, call_class {text} NOT NULL,
            bucket {text} NOT NULL, status BIGINT NOT NULL, items BIGINT, bytes BIGINT NOT NULL, request_id {text},
            duration_us BIGINT NOT NULL, retry BIGINT NOT NULL, body_sha256 BYTEA, chain_sha256 BYTEA NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, position)) WITHOUT ROWID
        """,
        "CREATE INDEX calls_by_run ON calls (workspace_id, run_id, position)",
        """
        CREATE TABLE rate_gauges (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, bucket {text} NOT NULL,
            header_limit BIGINT NOT NULL, remaining BIGINT NOT NULL, allowed BIGINT NOT NULL, used BIGINT NOT NULL,
            resets_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, bucket)) WITHOUT ROWID
        """,
    ])

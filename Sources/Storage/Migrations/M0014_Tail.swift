import DatabaseEngine

/// Following the System Log between full syncs: what its events touched and is to be read again, how it goes, and how
/// late changes arrive.
let tailMigration = Migration(
    number: 14, title: "the System Log followed between syncs",
    statements: [
        // One row a thing that an event touched, until it has been read again. `revision` grows with each event, so that
        // an event that comes while it is read is not taken for read.
        """
        CREATE TABLE log_marks (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, kind BIGINT NOT NULL,
            subject_key BIGINT NOT NULL, object_key BIGINT NOT NULL, added_at BIGINT, removed_at BIGINT,
            first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, revision BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, kind, subject_key, object_key)) WITHOUT ROWID
        """,
        """
        CREATE INDEX log_marks_by_age ON log_marks (workspace_id, integration_id, first_at, kind, subject_key, object_key)
        """,
        // One run a minute is the tail's: full syncs are found beside them.
        "CREATE INDEX runs_full ON runs (workspace_id, integration_id, run_id) WHERE kind <> 'tail'",
        "CREATE INDEX runs_by_start ON runs (workspace_id, integration_id, started_at)",
        """
        CREATE TABLE tails (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, asked_at BIGINT, event_at BIGINT,
            problem_id {text}, problem_title {text}, problem_remedy {text},
            PRIMARY KEY (workspace_id, integration_id)) WITHOUT ROWID
        """,
        // `within_…`: changes by the time between Okta's event and the row here.
        """
        CREATE TABLE tail_hours (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, hour BIGINT NOT NULL,
            log_calls BIGINT NOT NULL, other_calls BIGINT NOT NULL, events BIGINT NOT NULL,
            within_2s BIGINT NOT NULL, within_5s BIGINT NOT NULL, within_10s BIGINT NOT NULL,
            within_30s BIGINT NOT NULL, within_60s BIGINT NOT NULL, later BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, hour)) WITHOUT ROWID
        """,
    ])

import DatabaseEngine

/// Which way each run read the lists that Okta gives in several ways, and what it could not see of the System Log.
let choicesMigration = Migration(
    number: 10, title: "the ways runs chose, rows missing from one side, and gaps of the System Log",
    statements: [
        """
        CREATE TABLE run_choices (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, list {text} NOT NULL, way {text} NOT NULL,
            why {text} NOT NULL, calls BIGINT NOT NULL, refused {text},
            PRIMARY KEY (workspace_id, run_id, list)) WITHOUT ROWID
        """,
        """
        CREATE TABLE missing_links (
            workspace_id BIGINT NOT NULL, run_id BIGINT NOT NULL, list {text} NOT NULL, subject_key BIGINT NOT NULL,
            object_key BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, run_id, list, subject_key, object_key)) WITHOUT ROWID
        """,
        """
        CREATE TABLE log_gaps (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, gap_from BIGINT NOT NULL,
            gap_to BIGINT NOT NULL, noticed_run BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, gap_from)) WITHOUT ROWID
        """,
        "ALTER TABLE integrations ADD COLUMN log_read_to BIGINT",
    ])

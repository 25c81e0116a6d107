import DatabaseEngine

/// What counts on in a workspace, apart from the list of workspaces: every page of a sync moves a counter, and a list that
/// all machines of a distributed server hold a copy of should seldom change.
let countersMigration = Migration(
    number: 17, title: "counters of workspaces apart from their names",
    statements: [
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
    ])

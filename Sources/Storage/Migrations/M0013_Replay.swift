import DatabaseEngine

/// The System Log replayed backwards: which lists of an integration reach back to when, what an event tells besides its
/// targets, and kept events found by what they are about.
let replayMigration = Migration(
    number: 13, title: "history from before the first sync",
    statements: [
        // What was so from `since` on is known; `horizon` is when the first sync saw it, and `run_id` learnt it.
        """
        CREATE TABLE replays (
            workspace_id BIGINT NOT NULL, integration_id BIGINT NOT NULL, list {text} NOT NULL, since BIGINT NOT NULL,
            horizon BIGINT NOT NULL, run_id BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, integration_id, list)) WITHOUT ROWID
        """,
        "ALTER TABLE log_events ADD COLUMN detail {text}",
        "ALTER TABLE log_names ADD COLUMN login {text}",
        """
        CREATE INDEX log_events_by_group ON log_events (workspace_id, group_key, user_key, published_at, uuid)
            WHERE group_key IS NOT NULL
        """,
        """
        CREATE INDEX log_events_by_app ON log_events (workspace_id, app_key, user_key, published_at, uuid)
            WHERE app_key IS NOT NULL
        """,
        """
        CREATE INDEX log_events_by_user ON log_events (workspace_id, user_key, published_at, uuid)
            WHERE user_key IS NOT NULL AND group_key IS NULL AND app_key IS NULL
        """,
    ])

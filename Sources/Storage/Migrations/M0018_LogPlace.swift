import DatabaseEngine

/// The place in the System Log is what makes every sign-on count once, and no longer a list of all that were seen, which
/// grew with each of them. And how often in a row a sync failed, which is not how often it was stopped.
let logPlaceMigration = Migration(
    number: 18, title: "sign-ons counted once by the place in the log, and failures of a sync apart from its stops",
    statements: [
        "DROP TABLE log_seen",
        "ALTER TABLE integrations ADD COLUMN log_restart_day BIGINT",
        "ALTER TABLE runs ADD COLUMN failures BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE runs ADD COLUMN tried_at BIGINT",
        "ALTER TABLE runs ADD COLUMN in_silence BIGINT NOT NULL DEFAULT 0",
    ])

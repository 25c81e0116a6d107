import DatabaseEngine

/// When each tenant is synced by the server itself: minutes between two syncs, 0 for on request only, NULL for the usual
/// time of the server.
let schedulesMigration = Migration(
    number: 12, title: "a schedule for each tenant",
    statements: ["ALTER TABLE integrations ADD COLUMN sync_every BIGINT"])

import DatabaseEngine

/// Files that people hand in, in parts, until they are imported or a day old: whichever process shows the next step of an
/// import finds them, and a large one never lies in memory whole.
let uploadsMigration = Migration(
    number: 20, title: "files handed in, until they are imported",
    statements: [
        """
        CREATE TABLE uploads (
            workspace_id BIGINT NOT NULL, upload_id BIGINT NOT NULL, purpose {text} NOT NULL, name {text} NOT NULL,
            size BIGINT NOT NULL, sha256 {text}, created_at BIGINT NOT NULL, created_by {text} NOT NULL,
            PRIMARY KEY (workspace_id, upload_id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE upload_parts (
            workspace_id BIGINT NOT NULL, upload_id BIGINT NOT NULL, part BIGINT NOT NULL, bytes BYTEA NOT NULL,
            PRIMARY KEY (workspace_id, upload_id, part))
        """,
    ])

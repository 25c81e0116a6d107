import DatabaseEngine

/// The profiles of people, whole, beside the rows that lists go through: a profile takes four times the room of all the
/// columns that are shown by name, and only a person's own page asks for it.
let profilesMigration = Migration(
    number: 11, title: "profiles beside the rows of people",
    statements: [
        """
        CREATE TABLE user_profiles (
            workspace_id BIGINT NOT NULL, user_key BIGINT NOT NULL, valid_from BIGINT NOT NULL, profile {text} NOT NULL,
            PRIMARY KEY (workspace_id, user_key, valid_from))
        """,
        """
        INSERT INTO user_profiles (workspace_id, user_key, valid_from, profile)
        SELECT workspace_id, user_key, valid_from, profile FROM users ORDER BY workspace_id, user_key, valid_from
        """,
        "ALTER TABLE users DROP COLUMN profile",
    ])

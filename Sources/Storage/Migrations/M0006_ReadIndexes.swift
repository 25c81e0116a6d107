import DatabaseEngine

/// What the lists read: each order and filter that pages offer has an index that answers it without the wide rows.
let readIndexesMigration = Migration(
    number: 6, title: "indexes of the lists",
    statements: [
        "DROP INDEX users_by_login",
        "DROP INDEX users_by_department",
        """
        CREATE INDEX users_by_login ON users (workspace_id, login, user_key, first_name, last_name, email)
            WHERE valid_to IS NULL
        """,
        """
        CREATE INDEX users_by_department ON users (workspace_id, department, user_key, status, manager)
            WHERE valid_to IS NULL
        """,
        "CREATE INDEX users_by_status_login ON users (workspace_id, status, login, user_key) WHERE valid_to IS NULL",
        """
        CREATE INDEX users_by_department_login ON users (workspace_id, department, login, user_key)
            WHERE valid_to IS NULL
        """,
        "CREATE INDEX users_by_last_login ON users (workspace_id, last_login_at, user_key) WHERE valid_to IS NULL",
        "CREATE INDEX users_by_created ON users (workspace_id, created_at, user_key) WHERE valid_to IS NULL",
        "CREATE INDEX admin_roles_open ON admin_roles (workspace_id, holder_key) WHERE valid_to IS NULL",
    ])

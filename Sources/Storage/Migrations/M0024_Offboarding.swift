import DatabaseEngine

/// What people decide when somebody leaves, the company's own roster of people, and two indexes that a leaver's case is
/// read by: what somebody did, and who reports to them.
///
/// Decisions name people and things by Okta's ids: they outlive a tenant that is erased and connected again.
let offboardingMigration = Migration(
    number: 24, title: "offboarding cases, the roster of people, and who did what",
    statements: [
        // One case a person: what was decided about it as a whole. `record` is the checklist as it was when closed.
        """
        CREATE TABLE offboarding_cases (
            workspace_id BIGINT NOT NULL, user_id {text} NOT NULL, login {text}, name {text},
            opened_at BIGINT NOT NULL, opened_by {text} NOT NULL, is_manual BIGINT NOT NULL, owner {text}, due_on BIGINT,
            note {text}, closed_at BIGINT, closed_by {text}, closed_open BIGINT, record {text},
            PRIMARY KEY (workspace_id, user_id)) WITHOUT ROWID
        """,
        // What a person decided about one thing that the leaver had. Everything else of it is seen in the store.
        """
        CREATE TABLE offboarding_items (
            workspace_id BIGINT NOT NULL, user_id {text} NOT NULL, kind {text} NOT NULL, subject_id {text} NOT NULL,
            label {text} NOT NULL, owner {text}, due_on BIGINT, note {text}, evidence {text}, closed_at BIGINT,
            closed_by {text}, changed_at BIGINT NOT NULL, changed_by {text} NOT NULL,
            PRIMARY KEY (workspace_id, user_id, kind, subject_id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE offboarding_events (
            workspace_id BIGINT NOT NULL, user_id {text} NOT NULL, position BIGINT NOT NULL, happened_at BIGINT NOT NULL,
            actor {text} NOT NULL, action {text} NOT NULL, kind {text}, subject_id {text}, label {text}, detail {text},
            PRIMARY KEY (workspace_id, user_id, position)) WITHOUT ROWID
        """,
        """
        CREATE TABLE offboarding_settings (
            workspace_id BIGINT NOT NULL PRIMARY KEY, sla_hours BIGINT NOT NULL, changed_at BIGINT NOT NULL,
            changed_by {text} NOT NULL) WITHOUT ROWID
        """,
        """
        CREATE TABLE roster_imports (
            workspace_id BIGINT NOT NULL, import_id BIGINT NOT NULL, file_name {text} NOT NULL,
            imported_at BIGINT NOT NULL, imported_by {text} NOT NULL, people BIGINT NOT NULL, added BIGINT NOT NULL,
            changed BIGINT NOT NULL, bad_lines BIGINT NOT NULL, leavers BIGINT NOT NULL, returners BIGINT NOT NULL,
            undone_at BIGINT, undone_by {text},
            PRIMARY KEY (workspace_id, import_id)) WITHOUT ROWID
        """,
        // One row a person and import that changed something of them: true from that import until `to_import`.
        """
        CREATE TABLE roster_people (
            workspace_id BIGINT NOT NULL, person_id {text} NOT NULL, from_import BIGINT NOT NULL, to_import BIGINT,
            employee_id {text}, email {text}, name {text}, status {text}, standing {text} NOT NULL, ends_on BIGINT,
            department {text}, manager {text}, kind {text},
            PRIMARY KEY (workspace_id, person_id, from_import)) WITHOUT ROWID
        """,
        """
        CREATE INDEX roster_people_by_email ON roster_people (workspace_id, email, person_id) WHERE to_import IS NULL
        """,
        """
        CREATE INDEX log_events_by_actor ON log_events (workspace_id, actor_key, published_at)
            WHERE actor_key IS NOT NULL AND result = 'SUCCESS'
        """,
        """
        CREATE INDEX users_by_manager ON users (workspace_id, coalesce(manager_id, manager), user_key)
            WHERE valid_to IS NULL
        """,
    ])

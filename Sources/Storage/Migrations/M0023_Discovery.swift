import DatabaseEngine

/// What people decide about services: the state of each with its reason, who owns it, and what they call it.
///
/// Decisions and owners are intervals, so that any date can be asked about. They name a service by Okta's id, not by a key of
/// ours, and outlive a tenant that is erased and connected again.
let discoveryMigration = Migration(
    number: 23, title: "what people decide about services",
    statements: [
        """
        CREATE TABLE app_decisions (
            workspace_id BIGINT NOT NULL, app_id {text} NOT NULL, decision_id BIGINT NOT NULL, state {text} NOT NULL,
            reason {text} NOT NULL, alternative {text}, decided_by {text} NOT NULL, valid_from BIGINT NOT NULL,
            valid_to BIGINT,
            PRIMARY KEY (workspace_id, app_id, decision_id)) WITHOUT ROWID
        """,
        "CREATE UNIQUE INDEX app_decisions_open ON app_decisions (workspace_id, app_id) WHERE valid_to IS NULL",
        """
        CREATE TABLE app_owners (
            workspace_id BIGINT NOT NULL, app_id {text} NOT NULL, change_id BIGINT NOT NULL, owner {text},
            owner_id {text}, backup_owner {text}, backup_owner_id {text}, finance_owner {text},
            finance_owner_id {text}, department {text}, changed_by {text} NOT NULL, valid_from BIGINT NOT NULL,
            valid_to BIGINT,
            PRIMARY KEY (workspace_id, app_id, change_id)) WITHOUT ROWID
        """,
        "CREATE UNIQUE INDEX app_owners_open ON app_owners (workspace_id, app_id) WHERE valid_to IS NULL",
        """
        CREATE TABLE app_facts (
            workspace_id BIGINT NOT NULL, app_id {text} NOT NULL, name {text}, category {text}, note {text},
            changed_at BIGINT NOT NULL, changed_by {text} NOT NULL,
            PRIMARY KEY (workspace_id, app_id)) WITHOUT ROWID
        """,
        // Few of many events: who let an app act for them, and who opened the admin console.
        """
        CREATE INDEX log_events_of_grants ON log_events (workspace_id, event_type, published_at, uuid)
            WHERE event_type IN ('app.oauth2.as.consent.grant', 'app.oauth2.consent.grant',
                'app.oauth2.admin.consent.grant', 'user.session.access_admin_app')
        """,
    ])

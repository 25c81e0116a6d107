import DatabaseEngine

/// What people decide about seats: the rules they are judged by, whom to leave alone, what to take back, and what one
/// currency is worth in another.
///
/// As contracts, all of it names Okta's things by Okta's ids. `counters` holds the next numbers of contracts and actions,
/// and counts every decision, so that what is worked out from them is known to be out of date.
let licencesMigration = Migration(
    number: 21, title: "rules, protected people, rates and reclaimed seats",
    statements: [
        """
        CREATE TABLE decision_counters (
            workspace_id BIGINT NOT NULL PRIMARY KEY, next_contract BIGINT NOT NULL, next_action BIGINT NOT NULL,
            decisions BIGINT NOT NULL) WITHOUT ROWID
        """,
        """
        CREATE TABLE seat_policies (
            workspace_id BIGINT NOT NULL, app_id {text} NOT NULL, product {text} NOT NULL, window_days BIGINT,
            grace_days BIGINT NOT NULL, underused_percent BIGINT NOT NULL, buffer_percent BIGINT NOT NULL,
            peak_percent BIGINT NOT NULL, known_hires BIGINT NOT NULL, round_to BIGINT NOT NULL, category {text},
            changed_at BIGINT NOT NULL, changed_by {text} NOT NULL,
            PRIMARY KEY (workspace_id, app_id, product)) WITHOUT ROWID
        """,
        """
        CREATE TABLE protected_people (
            workspace_id BIGINT NOT NULL, user_id {text} NOT NULL, app_id {text} NOT NULL, reason {text} NOT NULL,
            expires_on BIGINT, created_at BIGINT NOT NULL, created_by {text} NOT NULL,
            PRIMARY KEY (workspace_id, user_id, app_id)) WITHOUT ROWID
        """,
        // Billionths of the one currency that one unit of the other is worth.
        """
        CREATE TABLE rates (
            workspace_id BIGINT NOT NULL, from_code {text} NOT NULL, to_code {text} NOT NULL, day BIGINT NOT NULL,
            billionths BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by {text} NOT NULL,
            PRIMARY KEY (workspace_id, from_code, to_code, day)) WITHOUT ROWID
        """,
        """
        CREATE TABLE reclaim_actions (
            workspace_id BIGINT NOT NULL, action_id BIGINT NOT NULL, app_id {text} NOT NULL, product {text} NOT NULL,
            user_id {text} NOT NULL, bucket {text} NOT NULL, seat_year BIGINT, currency {text},
            asked_at BIGINT NOT NULL, asked_by {text} NOT NULL, note {text}, withdrawn_at BIGINT, withdrawn_by {text},
            gone_at BIGINT, gone_run BIGINT,
            PRIMARY KEY (workspace_id, action_id)) WITHOUT ROWID
        """,
        "CREATE INDEX reclaim_actions_by_app ON reclaim_actions (workspace_id, app_id, user_id, action_id)",
    ])

import DatabaseEngine

/// When in the day people sign in, who signed in to an app for the first time when, and what is worked out of all use once
/// and kept: actives of whole months, calibrated windows with their back-tests, and the counts of the last full sync.
let usageMigration = Migration(
    number: 25, title: "hours of use, first uses and calibrated windows",
    statements: [
        // One row for each app and day, whatever the hours: a page of the log touches as few rows as it has apps.
        """
        CREATE TABLE usage_hours (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, day BIGINT NOT NULL,
            \((0..<24).map { "h\($0) BIGINT NOT NULL" }.joined(separator: ", ")),
            PRIMARY KEY (workspace_id, app_key, day)) WITHOUT ROWID
        """,
        "ALTER TABLE last_uses ADD COLUMN first_day BIGINT",
        """
        UPDATE last_uses SET first_day = (SELECT min(d.day) FROM usage_daily d
            WHERE d.workspace_id = last_uses.workspace_id AND d.app_key = last_uses.app_key
                AND d.user_key = last_uses.user_key)
        """,
        // People and days with a sign-on of months that are over; `sign_ins` tells whether the month was changed since.
        """
        CREATE TABLE active_months (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, month BIGINT NOT NULL, people BIGINT NOT NULL,
            person_days BIGINT NOT NULL, sign_ins BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, app_key, month)) WITHOUT ROWID
        """,
        // The last calibration of each month: what was known at a date in the past is told by the one before it.
        """
        CREATE TABLE usage_windows (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, calibrated_day BIGINT NOT NULL,
            outcome {text} NOT NULL, window_days BIGINT, spells BIGINT NOT NULL, silences BIGINT NOT NULL,
            returned_millionths BIGINT, judged_days BIGINT NOT NULL, known_from BIGINT NOT NULL,
            known_to BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, app_key, calibrated_day)) WITHOUT ROWID
        """,
        """
        CREATE TABLE usage_backtests (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, calibrated_day BIGINT NOT NULL,
            window_days BIGINT NOT NULL, dormant_30 BIGINT NOT NULL, back_30 BIGINT NOT NULL,
            dormant_60 BIGINT NOT NULL, back_60 BIGINT NOT NULL, dormant_90 BIGINT NOT NULL, back_90 BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, app_key, calibrated_day, window_days)) WITHOUT ROWID
        """,
        """
        CREATE TABLE app_usage_counts (
            workspace_id BIGINT NOT NULL, app_key BIGINT NOT NULL, assigned BIGINT, used_30 BIGINT NOT NULL,
            used_60 BIGINT NOT NULL, used_90 BIGINT NOT NULL, others_90 BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, app_key)) WITHOUT ROWID
        """,
        """
        CREATE TABLE department_usage_counts (
            workspace_id BIGINT NOT NULL, department {text} NOT NULL, people BIGINT NOT NULL,
            active_30 BIGINT NOT NULL, active_60 BIGINT NOT NULL, active_90 BIGINT NOT NULL,
            apps_used_90 BIGINT NOT NULL, seats BIGINT NOT NULL, seats_used_30 BIGINT NOT NULL,
            seats_used_60 BIGINT NOT NULL, seats_used_90 BIGINT NOT NULL, seats_no_data BIGINT NOT NULL,
            PRIMARY KEY (workspace_id, department)) WITHOUT ROWID
        """,
        // Which moment the counts are of, and the day of the last calibration.
        """
        CREATE TABLE usage_counted (
            workspace_id BIGINT NOT NULL PRIMARY KEY, counted_at BIGINT NOT NULL, calibrated_day BIGINT) WITHOUT ROWID
        """,
    ])

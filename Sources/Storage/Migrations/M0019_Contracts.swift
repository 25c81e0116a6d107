import DatabaseEngine

/// What the company has agreed to pay for: contracts with their lines.
///
/// What people decide names Okta's things by Okta's ids, not by keys of ours: it outlives a tenant that is erased and
/// connected again. Days count from 1970-01-01; money is in the smallest unit of the contract's currency.
let contractsMigration = Migration(
    number: 19, title: "contracts and their lines",
    statements: [
        """
        CREATE TABLE contracts (
            workspace_id BIGINT NOT NULL, contract_id BIGINT NOT NULL, vendor {text} NOT NULL, title {text} NOT NULL,
            number {text}, starts_on BIGINT NOT NULL, ends_on BIGINT, notice_days BIGINT, renews BIGINT NOT NULL,
            status {text} NOT NULL, currency {text} NOT NULL, billing {text} NOT NULL, owner {text}, note {text},
            created_at BIGINT NOT NULL, created_by {text} NOT NULL, changed_at BIGINT NOT NULL,
            changed_by {text} NOT NULL,
            PRIMARY KEY (workspace_id, contract_id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE contract_lines (
            workspace_id BIGINT NOT NULL, contract_id BIGINT NOT NULL, line_id BIGINT NOT NULL,
            product {text} NOT NULL, kind {text} NOT NULL, app_id {text}, selector {text} NOT NULL,
            selector_name {text}, selector_value {text}, seats BIGINT, unit_price BIGINT, price_period {text},
            amount BIGINT, starts_on BIGINT, ends_on BIGINT, minimum_seats BIGINT, reducible BIGINT NOT NULL,
            trueup_measure {text}, trueup_every {text}, trueup_grace BIGINT, trueup_price BIGINT,
            PRIMARY KEY (workspace_id, contract_id, line_id)) WITHOUT ROWID
        """,
        "CREATE INDEX contract_lines_by_app ON contract_lines (workspace_id, app_id, contract_id, line_id)",
    ])

import DatabaseEngine

/// What the company has paid: lines of ledgers, cards, expenses and invoices, whose they are, and how that is known.
///
/// Days count from 1970-01-01; money is in the smallest unit of the line's currency. The last match of a line stands in its
/// row; those before it in `spend_matches`, so that every decision can be taken back. Okta's things are named by Okta's ids.
let spendMigration = Migration(
    number: 22, title: "spend: imports, lines, vendors and rules",
    statements: statements + [byDate("")],
    // Lists put what is not known first.
    postgresql: statements + [byDate(" NULLS FIRST")])

/// The order of the list, and every sum by month without the wide rows.
private func byDate(_ nulls: String) -> String {
    """
    CREATE INDEX spend_lines_by_date ON spend_lines (workspace_id, booked\(nulls), line_id, currency, state, amount,
        vendor_id, app_id, duplicate_of)
    """
}

private let statements = [
    """
    CREATE TABLE spend_imports (
        workspace_id BIGINT NOT NULL, import_id BIGINT NOT NULL, file_name {text} NOT NULL, source {text} NOT NULL,
        file_hash {text} NOT NULL, header_signature {text} NOT NULL, mapping {text} NOT NULL,
        header {text} NOT NULL, lines BIGINT NOT NULL, repeated BIGINT NOT NULL, refused BIGINT NOT NULL,
        matched BIGINT NOT NULL, duplicates BIGINT NOT NULL, refunds BIGINT NOT NULL,
        created_at BIGINT NOT NULL, created_by {text} NOT NULL,
        PRIMARY KEY (workspace_id, import_id)) WITHOUT ROWID
    """,
    "CREATE INDEX spend_imports_by_hash ON spend_imports (workspace_id, file_hash)",
    "CREATE INDEX spend_imports_by_header ON spend_imports (workspace_id, header_signature, import_id)",
    """
    CREATE TABLE spend_import_errors (
        workspace_id BIGINT NOT NULL, import_id BIGINT NOT NULL, line_no BIGINT NOT NULL, reason {text} NOT NULL,
        original {text} NOT NULL,
        PRIMARY KEY (workspace_id, import_id, line_no)) WITHOUT ROWID
    """,
    """
    CREATE TABLE spend_lines (
        workspace_id BIGINT NOT NULL, line_id BIGINT NOT NULL, import_id BIGINT NOT NULL, source {text} NOT NULL,
        line_no BIGINT NOT NULL, external_id {text}, booked_on BIGINT NOT NULL, booked {text} NOT NULL,
        vendor_text {text} NOT NULL, description {text} NOT NULL, descriptor {text} NOT NULL,
        amount BIGINT NOT NULL, amount_plain {text} NOT NULL, currency {text} NOT NULL,
        account {text}, cost_center {text}, department {text}, employee {text}, card_last4 {text}, mcc {text},
        period_from BIGINT, period_to BIGINT, original {text} NOT NULL, line_hash BIGINT NOT NULL,
        duplicate_of BIGINT, duplicate_how {text}, refund_of BIGINT,
        state {text} NOT NULL, vendor_id {text}, app_id {text}, method {text}, score BIGINT, rule_id BIGINT,
        matched_by {text}, matched_at BIGINT,
        PRIMARY KEY (workspace_id, line_id))
    """,
    "CREATE INDEX spend_lines_by_import ON spend_lines (workspace_id, import_id, line_id)",
    """
    CREATE INDEX spend_lines_by_vendor ON spend_lines (workspace_id, vendor_id, booked_on, line_id, currency, state,
        amount, app_id) WHERE vendor_id IS NOT NULL
    """,
    """
    CREATE INDEX spend_lines_waiting ON spend_lines (workspace_id, descriptor, currency, amount, booked_on)
        WHERE state = 'unmatched'
    """,
    """
    CREATE INDEX spend_lines_by_external ON spend_lines (workspace_id, source, external_id, line_id)
        WHERE external_id IS NOT NULL
    """,
    // The same payment, told by another file.
    """
    CREATE INDEX spend_lines_by_payment ON spend_lines (workspace_id, amount, currency,
        coalesce(vendor_id, descriptor), booked_on, import_id, line_id)
    """,
    "CREATE INDEX spend_lines_copies ON spend_lines (workspace_id, duplicate_of, line_id) WHERE duplicate_of IS NOT NULL",
    "CREATE INDEX spend_lines_refunds ON spend_lines (workspace_id, refund_of) WHERE refund_of IS NOT NULL",
    """
    CREATE TABLE spend_matches (
        workspace_id BIGINT NOT NULL, line_id BIGINT NOT NULL, step BIGINT NOT NULL, state {text} NOT NULL,
        vendor_id {text}, app_id {text}, method {text}, score BIGINT, rule_id BIGINT, matched_by {text},
        matched_at BIGINT, ended_at BIGINT NOT NULL, ended_by {text} NOT NULL,
        PRIMARY KEY (workspace_id, line_id, step)) WITHOUT ROWID
    """,
    """
    CREATE TABLE spend_vendors (
        workspace_id BIGINT NOT NULL, vendor_id {text} NOT NULL, name {text} NOT NULL, domain {text},
        created_at BIGINT NOT NULL, created_by {text} NOT NULL,
        PRIMARY KEY (workspace_id, vendor_id)) WITHOUT ROWID
    """,
    """
    CREATE TABLE spend_aliases (
        workspace_id BIGINT NOT NULL, alias {text} NOT NULL, vendor_id {text} NOT NULL, app_id {text},
        created_at BIGINT NOT NULL, created_by {text} NOT NULL,
        PRIMARY KEY (workspace_id, alias)) WITHOUT ROWID
    """,
    """
    CREATE TABLE spend_rules (
        workspace_id BIGINT NOT NULL, rule_id BIGINT NOT NULL, position BIGINT NOT NULL, name {text} NOT NULL,
        action {text} NOT NULL, condition {text} NOT NULL, vendor_name {text}, app_id {text},
        created_at BIGINT NOT NULL, created_by {text} NOT NULL,
        PRIMARY KEY (workspace_id, rule_id)) WITHOUT ROWID
    """,
]

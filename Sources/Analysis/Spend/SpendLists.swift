import DatabaseEngine
import Directory
public import Storage

extension ListDefinition {
    /// Lines of spend, the latest first when nobody chose otherwise.
    public static func transactions(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "transactions",
            columns: [
                ListColumn("id", .number, "l.line_id"), ListColumn("date", "l.booked"),
                ListColumn("source", "l.source"),
                ListColumn("vendor", "v.name", join: "v", isName: true), ListColumn("payee", "l.vendor_text"),
                ListColumn("description", "l.description"), ListColumn("amount", "l.amount_plain"),
                ListColumn("currency", "l.currency"), ListColumn("state", "l.state"), ListColumn("method", "l.method"),
                ListColumn("score", .number, "l.score"), ListColumn("matched_by", "l.matched_by"),
                ListColumn("app_id", "l.app_id"), ListColumn("app_label", appLabel("l")),
                ListColumn("external_id", "l.external_id"), ListColumn("account", "l.account"),
                ListColumn("cost_center", "l.cost_center"), ListColumn("department", "l.department"),
                ListColumn("employee", "l.employee"), ListColumn("card_last4", "l.card_last4"),
                ListColumn("mcc", "l.mcc"),
                ListColumn("duplicate_of", .number, "l.duplicate_of"), ListColumn("duplicate_how", "l.duplicate_how"),
                ListColumn("refund_of", .number, "l.refund_of"), ListColumn("import", .number, "l.import_id"),
                ListColumn("line", .number, "l.line_no"),
            ],
            extras: [
                ListColumn("amount_minor", .number, "l.amount"), ListColumn("vendor_id", "l.vendor_id"),
                ListColumn("descriptor", "l.descriptor"), ListColumn("rule", .number, "l.rule_id"),
            ],
            defaultSort: "date",
            source: .table(
                ListTable(
                    base: "spend_lines l", condition: "l.workspace_id = $1\(until("l", moment))",
                    keys: ["l.line_id"],
                    joins: ["v": "spend_vendors v ON v.workspace_id = l.workspace_id AND v.vendor_id = l.vendor_id"],
                    search: ListSearch(
                        ["payee", "description", "external_id"],
                        in: ["l.vendor_text", "l.description", "l.descriptor", "coalesce(l.external_id, '')"]),
                    isNumbered: true)))
    }

    /// Imported files.
    public static func spendImports(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "spend-imports",
            columns: [
                ListColumn("id", .number, "i.import_id"), ListColumn("file", "i.file_name"),
                ListColumn("source", "i.source"), ListColumn("lines", .number, "i.lines"),
                ListColumn("repeated", .number, "i.repeated"), ListColumn("refused", .number, "i.refused"),
                ListColumn("matched", .number, "i.matched"), ListColumn("duplicates", .number, "i.duplicates"),
                ListColumn("refunds", .number, "i.refunds"), ListColumn("imported_at", .time, "i.created_at"),
                ListColumn("imported_by", "i.created_by"),
            ],
            source: .table(
                ListTable(
                    base: "spend_imports i", condition: "i.workspace_id = $1", keys: ["i.import_id"],
                    search: ListSearch(["file"], in: ["i.file_name"]), isNumbered: true)))
    }

    /// Payees whose payments belong to no vendor yet, one row for each currency.
    public static func unmatchedSpend(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "unmatched",
            columns: [
                ListColumn("id", "id"), ListColumn("payee", "payee"), ListColumn("currency", "currency"),
                ListColumn("amount", "amount"), ListColumn("payments", .number, "payments"),
                ListColumn("first", "first"), ListColumn("last", "last"),
            ],
            extras: [ListColumn("amount_minor", .number, "amount_minor")], defaultSort: "amount_minor",
            source: .memory(searched: ["payee"]) { connection, workspaceID in
                try SpendQueries.unmatched(connection, workspaceID, moment)
            })
    }

    /// Vendors with what was paid to them, one row for each currency.
    public static func vendors(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "vendors",
            columns: [
                ListColumn("id", "id"), ListColumn("vendor_id", "vendor_id"),
                ListColumn("vendor", .text, "vendor", isName: true), ListColumn("currency", "currency"),
                ListColumn("amount", "amount"), ListColumn("payments", .number, "payments"),
                ListColumn("apps", .number, "apps"), ListColumn("first", "first"), ListColumn("last", "last"),
            ],
            extras: [ListColumn("amount_minor", .number, "amount_minor")], defaultSort: "amount_minor",
            source: .memory(searched: ["vendor"]) { connection, workspaceID in
                try SpendQueries.vendors(connection, workspaceID, moment)
            })
    }

    /// The lists of spend, as files and addresses name them.
    public static func ofSpend(_ noun: String, _ moment: Moment) -> ListDefinition? {
        switch noun {
        case "transactions": .transactions(moment)
        case "spend-imports": .spendImports(moment)
        case "unmatched": .unmatchedSpend(moment)
        case "vendors": .vendors(moment)
        case "spend-checks": .spendChecks(moment)

        default: nil
        }
    }

    /// What keeps lines that were booked by a moment in the past.
    static func until(_ alias: String, _ moment: Moment) -> String {
        guard let time = moment.asOf.time else { return "" }
        return " AND \(alias).booked <= '\(time.date)'"
    }

    /// The name of the app that a line belongs to.
    private static func appLabel(_ alias: String) -> String {
        """
        (SELECT p.label FROM integrations i CROSS JOIN objects o CROSS JOIN apps p
            WHERE i.workspace_id = \(alias).workspace_id AND o.workspace_id = \(alias).workspace_id
            AND o.integration_id = i.integration_id AND o.okta_id = \(alias).app_id
            AND p.workspace_id = \(alias).workspace_id AND p.app_key = o.object_key AND p.valid_to IS NULL
            ORDER BY i.integration_id LIMIT 1)
        """
    }
}

import Analysis
import Directory
import Governance
import Storage
import WebSupport

/// The lists of the place, as pages show them.
enum SpendLists {
    static func transactions(_ visit: Visit, here: Link, selects: Bool = true) -> ListView {
        let select = TableColumn("", name: "select", sort: false) { row, _ in
            row.text("state") == "repeated"
                ? HTML()
                : """
                <input type="checkbox" form="bulk" name="line" value="\(row.number("id") ?? 0)" \
                aria-label="Choose \(row.text("payee"))">
                """
        }
        return ListView(
            list: .transactions(visit.moment), name: "transactions",
            columns: [
                TableColumn("Date", name: "date") { row, visit in
                    """
                    <a class="row-link" href="\(visit.to(SpendParts.line(row.number("id") ?? 0)))"><time>\(row.text("date"))</time></a>\
                    <small class="sub">\(SpendParts.source(row.text("source")))</small>
                    """
                }
            ] + (selects ? [select] : []) + [
                TableColumn("Payee", name: "payee", sort: false) { row, _ in
                    "\(row.text("payee"))<small class=\"sub\">\(row.text("description"))</small>"
                },
                TableColumn("Amount", name: "amount_minor", number: true) { row, _ in SpendParts.amount(row) },
                TableColumn("Vendor", name: "vendor", sort: false) { row, visit in SpendParts.vendor(row, visit) },
                TableColumn("App", name: "app_label", sort: false, minor: true) { row, visit in
                    row.text("app_id").isEmpty
                        ? Part.none
                        : "<a href=\"\(visit.to(.app(row.text("app_id"))))\">\(row.text("app_label"))</a>"
                },
                TableColumn("Noted", name: "duplicate_how", sort: false, minor: true) { row, visit in
                    SpendParts.notes(row, visit)
                },
            ],
            here: here, exportNoun: "transactions",
            presets: [
                ("Without a vendor", ["state=unmatched"]), ("By likeness", ["method=likeness"]),
                ("Possible duplicates", ["duplicate_of>0", "state!=repeated"]), ("Refunds", ["amount_minor<0"]),
                ("Ignored", ["state=ignored"]), ("By a person", ["method=person"]),
            ],
            one: "payment", many: "payments", emptyTitle: "No payments yet",
            emptyText:
                "<a href=\"\(visit.to(SpendParts.new))\">Import a file</a> of your ledger, cards, expenses or invoices."
        )
    }

    static func queue(
        _ visit: Visit, _ suggested: [String: [VendorIndex.Found]], _ currencies: [String]
    ) -> ListView {
        ListView(
            list: .unmatchedSpend(visit.moment), name: "unmatched",
            columns: [
                TableColumn("Payee", name: "payee") { row, visit in
                    let filter = "descriptor=\"\(row.text("payee"))\""
                    let link = Link.below(.spend, "transactions").with([
                        ("where", filter), ("where", "state=unmatched"),
                    ])
                    return """
                        <input type="checkbox" form="bulk" name="payee" value="\(row.text("payee"))" \
                        aria-label="Choose \(row.text("payee"))"> <a class="row-link" href="\(visit.to(link))">\(row.text("payee"))</a>
                        """
                },
                TableColumn("Amount", name: "amount_minor", number: true) { row, _ in SpendParts.amount(row) },
                .number("Payments", "payments"),
                TableColumn("Last", name: "last", minor: true) { row, _ in "<time>\(row.text("last"))</time>" },
                TableColumn("Belongs to", name: "suggestions", sort: false) { row, visit in
                    SpendParts.suggestions(row.text("payee"), suggested[row.text("payee")] ?? [], visit)
                },
            ],
            here: .below(.spend, "unmatched"), exportNoun: "unmatched",
            presets: currencies.prefix(6).map { ($0, ["currency=\($0)"]) }, one: "payee", many: "payees",
            emptyTitle: "Nothing waits", emptyText: "Every payment belongs to a vendor, or is ignored.",
            sortsByAny: true)
    }

    static func vendors(_ visit: Visit) -> ListView {
        ListView(
            list: .vendors(visit.moment), name: "vendors",
            columns: [
                TableColumn("Vendor", name: "vendor") { row, visit in
                    "<a class=\"row-link\" href=\"\(visit.to(SpendParts.vendor(row.text("vendor_id"))))\">\(row.text("vendor"))</a>"
                },
                TableColumn("Amount", name: "amount_minor", number: true) { row, _ in SpendParts.amount(row) },
                .number("Payments", "payments"), .number("Apps", "apps", minor: true),
                TableColumn("First", name: "first", minor: true) { row, _ in "<time>\(row.text("first"))</time>" },
                TableColumn("Last", name: "last") { row, _ in "<time>\(row.text("last"))</time>" },
            ],
            here: .below(.spend, "vendors"), exportNoun: "vendors", presets: [("Of no Okta app", ["apps=0"])],
            one: "vendor", many: "vendors", emptyTitle: "No vendors yet",
            emptyText: "Vendors appear with the first payment that belongs to one.", sortsByAny: true)
    }

    static func checks(_ list: ListDefinition, _ visit: Visit) -> ListView {
        ListView(
            list: list, name: "spend-checks",
            columns: [
                TableColumn("Finding", name: "finding") { row, visit in
                    """
                    <strong>\(SpendParts.check(row.text("check")))</strong>\
                    <small class="sub">\(row.text("finding"))</small>
                    """
                },
                TableColumn("Vendor", name: "vendor") { row, visit in
                    row.text("vendor_id").isEmpty
                        ? Part.none
                        : "<a href=\"\(visit.to(SpendParts.vendor(row.text("vendor_id"))))\">\(row.text("vendor"))</a>"
                },
                TableColumn("App", name: "app_label", minor: true) { row, visit in
                    row.text("app_id").isEmpty
                        ? Part.none : "<a href=\"\(visit.to(.app(row.text("app_id"))))\">\(row.text("app_label"))</a>"
                },
                TableColumn("Money", name: "amount_minor", number: true) { row, _ in
                    row.number("amount_minor") == nil ? Part.none : SpendParts.amount(row)
                },
                TableColumn("Bought", name: "seats", number: true, minor: true) { row, _ in
                    SpendParts.seats(row, "seats")
                },
                TableColumn("Implied", name: "implied_seats", number: true) { row, _ in
                    Part.text(row.text("implied_seats"))
                },
                TableColumn("Assigned", name: "assigned", number: true) { row, _ in SpendParts.seats(row, "assigned") },
                TableColumn("Active", name: "active", number: true, minor: true) { row, _ in
                    SpendParts.seats(row, "active")
                },
            ],
            here: .below(.spend, "checks"), exportNoun: "spend-checks",
            presets: [
                ("Shadow spend", ["check=shadow"]), ("Billed for too many", ["check=over_billed"]),
                ("More than the contract", ["check=over_contract"]), ("Price drift", ["check=price_drift"]),
                ("Seats without spend", ["check=no_spend"]), ("Invoices", ["check=invoice"]),
            ],
            one: "finding", many: "findings", emptyTitle: "Nothing to say",
            emptyText: "Import spend and enter contracts: what does not fit together shows here.", sortsByAny: true)
    }

    static func imports(_ visit: Visit) -> ListView {
        ListView(
            list: .spendImports(visit.moment), name: "spend-imports",
            columns: [
                TableColumn("File", name: "file", sort: false) { row, visit in
                    """
                    <a class="row-link" href="\(visit.to(SpendParts.imported(row.number("id") ?? 0)))">\(row.text("file"))</a>\
                    <small class="sub">\(SpendParts.source(row.text("source")))</small>
                    """
                },
                .number("Lines", "lines", sort: false), .number("Matched", "matched", sort: false),
                .number("Refused", "refused", sort: false), .number("Repeated", "repeated", sort: false, minor: true),
                .time("Imported", "imported_at", sort: false), .text("By", "imported_by", sort: false, minor: true),
            ],
            here: .below(.spend, "imports"), exportNoun: "spend-imports", one: "import", many: "imports",
            emptyTitle: "No imports yet",
            emptyText:
                "<a href=\"\(visit.to(SpendParts.new))\">Import a file</a> of your ledger, cards, expenses or invoices."
        )
    }
}

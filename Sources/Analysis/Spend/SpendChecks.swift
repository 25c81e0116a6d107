import DatabaseEngine
import Directory
public import Storage

extension ListDefinition {
    /// What of spend does not fit contracts and seats, and every invoice with the seats it was for.
    public static func spendChecks(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "spend-checks",
            columns: [
                ListColumn("id", "id"), ListColumn("check", "check"), ListColumn("finding", "finding"),
                ListColumn("vendor_id", "vendor_id"), ListColumn("vendor", .text, "vendor", isName: true),
                ListColumn("app_id", "app_id"), ListColumn("app_label", .text, "app_label", isName: true),
                ListColumn("currency", "currency"), ListColumn("amount", "amount"), ListColumn("period", "period"),
                ListColumn("seats", .number, "seats"), ListColumn("implied_seats", "implied_seats"),
                ListColumn("assigned", .number, "assigned", nullIsUnknown: true),
                ListColumn("active", .number, "active", nullIsUnknown: true), ListColumn("payment", .number, "payment"),
            ],
            extras: [
                ListColumn("amount_minor", .number, "amount_minor"), ListColumn("weight", .number, "weight"),
            ], defaultSort: "weight",
            source: .memory(searched: ["vendor", "app_label", "finding"]) { connection, workspaceID in
                try SpendChecks(connection, workspaceID, moment).rows()
            })
    }
}

/// Works out the findings.
struct SpendChecks {
    private let connection: Connection
    private let workspaceID: Int64
    private let moment: Moment
    private let today: CalendarDay

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) {
        self.connection = connection
        self.workspaceID = workspaceID
        self.moment = moment
        today = CalendarDay(moment.time)
    }

    /// One finding.
    private struct Finding {
        var check: String
        var subject: String
        var words: String
        var vendorID = ""
        var vendor = ""
        var app: (id: String, label: String)?
        var amount: Money?
        var period = ""
        var implied: InvoiceSeats?
        var seats: Int?
        var assigned: Int?
        var active: Int?
        var payment: Int64?
        /// Smaller comes first: what costs money before what fits.
        var weight: Int64 { (SpendChecks.order.firstIndex(of: check).map(Int64.init) ?? 9) }

        var cells: [Value] {
            [
                .text("\(check) \(subject)"), .text(check), .text(words), .optional(vendorID.isEmpty ? nil : vendorID),
                .optional(vendor.isEmpty ? nil : vendor), .optional(app?.id), .optional(app?.label),
                .optional(amount?.currency.code), .optional(amount?.plain), .optional(period.isEmpty ? nil : period),
                .optional((seats ?? implied?.bought).map(Int64.init)), .optional(implied?.text),
                .optional(assigned.map(Int64.init)), .optional(active.map(Int64.init)), .optional(payment),
                .optional(amount?.minor), .integer(weight),
            ]
        }
    }

    static let order = [
        "over_billed", "price_drift", "over_contract", "shadow", "under_contract", "no_spend", "invoice",
    ]

    func rows() throws -> [[Value]] {
        let contracts = try ContractSpend.all(connection, workspaceID)
        let known = try VendorQueries.known(connection, workspaceID)
        let apps = try labels()
        var findings = try invoices(contracts, apps) + totals(contracts)
        let paid = try paidVendors()
        findings += shadow(paid, known) + unpaid(paid, known, apps)
        return findings.sorted {
            ($0.weight, $1.amount?.minor ?? 0, $0.subject) < ($1.weight, $0.amount?.minor ?? 0, $1.subject)
        }
        .map(\.cells)
    }

    // MARK: invoices

    private struct Invoice {
        let line: Int64
        let amount: Int64
        let period: Term
        let appID: String?
        let date: String
    }

    private func invoices(_ contracts: [ContractSpend], _ apps: [String: (key: Int64, label: String, users: Int?)])
        throws
        -> [Finding]
    {
        let history = try AppHistory(connection, workspaceID, moment)
        var findings: [Finding] = []
        for contract in contracts where contract.lines.contains(where: { $0.line.kind == .seats }) {
            let invoices = try self.invoices(of: contract)
            guard !invoices.isEmpty else { continue }
            var assigned: [String: [Int64: Int]] = [:]
            var active: [String: [Term: Int]] = [:]
            for app in contract.apps {
                guard let key = apps[app]?.key else { continue }
                assigned[app] = try history.assigned(
                    key, on: invoices.flatMap { [$0.period.starts.rawValue, last(of: $0.period).rawValue] })
                active[app] = try history.active(key, within: invoices.map { capped($0.period) })
            }
            for invoice in invoices {
                var of = contract.apps
                if let own = invoice.appID, of.contains(own) { of = [own] }
                let lines = contract.lines.map(\.line).filter { line in
                    line.appID.map(of.contains) ?? true
                }
                guard let implied = InvoiceSeats.implied(invoice.amount, lines, for: invoice.period) else { continue }
                findings.append(
                    finding(
                        invoice, implied, contract, of.count == 1 ? of.first : nil,
                        assigned: sum(of) { app in
                            let counts = [invoice.period.starts, last(of: invoice.period)].compactMap {
                                assigned[app]?[$0.rawValue]
                            }
                            return counts.max()
                        }, active: sum(of) { active[$0]?[capped(invoice.period)] }, apps))
            }
        }
        return findings
    }

    /// The sum over apps; nil where nobody can tell it of one of them.
    private func sum(_ apps: [String], _ count: (String) -> Int?) -> Int? {
        guard !apps.isEmpty else { return nil }
        var sum = 0
        for app in apps {
            guard let one = count(app) else { return nil }
            sum += one
        }
        return sum
    }

    private func last(of period: Term) -> CalendarDay { min(period.ends.adding(days: -1), today) }
    private func capped(_ period: Term) -> Term { Term(period.starts, min(period.ends, today.adding(days: 1))) }

    private func finding(
        _ invoice: Invoice, _ implied: InvoiceSeats, _ contract: ContractSpend, _ app: String?, assigned: Int?,
        active: Int?, _ apps: [String: (key: Int64, label: String, users: Int?)]
    ) -> Finding {
        let most = max(implied.bought, assigned ?? implied.bought)
        let seats = implied.text
        var (check, words) = ("invoice", "The invoice of \(invoice.date) is for \(seats) seats, as agreed.")
        if !implied.isWhole || (implied.bought > 0 && implied.rounded == implied.bought && abs(implied.drift) > 20) {
            let percent = "\(implied.drift < 0 ? "−" : "+")\(abs(implied.drift) / 10).\(abs(implied.drift) % 10) %"
            if abs(implied.drift) > 5 {
                (check, words) = (
                    "price_drift",
                    "The invoice of \(invoice.date) comes to \(seats) seats, which is no whole number: the price of a seat is \(percent) from the contract's."
                )
            }
        } else if implied.rounded > most {
            let more = implied.rounded - most
            (check, words) = (
                "over_billed",
                "The invoice of \(invoice.date) is for \(seats) seats, \(more) more than were bought\(assigned == nil ? "" : " or assigned")."
            )
        } else if let assigned, implied.rounded > assigned {
            words =
                "The invoice of \(invoice.date) is for \(seats) seats, as agreed; \(implied.rounded - assigned) of them were assigned to nobody."
        }
        return Finding(
            check: check, subject: "\(contract.vendorID) \(invoice.line)", words: words, vendorID: contract.vendorID,
            vendor: contract.vendor, app: app.flatMap { id in apps[id].map { (id, $0.label) } },
            amount: Money(minor: invoice.amount, contract.currency),
            period: "\(invoice.period.starts.text)/\(last(of: Term(invoice.period.starts, invoice.period.ends)).text)",
            implied: implied, assigned: assigned, active: active, payment: invoice.line)
    }

    /// The invoices of the last twelve months: one row of invoices, or of a ledger where no invoice tells the same, less what
    /// was refunded.
    private func invoices(of contract: ContractSpend) throws -> [Invoice] {
        let year = today.rawValue - 365
        let rows = try connection.query(
            """
            SELECT l.line_id, l.amount + coalesce((SELECT CAST(sum(q.amount) AS BIGINT) FROM spend_lines q
                    WHERE q.workspace_id = $1 AND q.refund_of = l.line_id), 0),
                l.booked_on, l.period_from, l.period_to, l.app_id, l.source, l.booked
            FROM spend_lines l WHERE l.workspace_id = $1 AND l.vendor_id = $2 AND l.currency = $3
                AND l.state = 'matched' AND l.amount > 0 AND l.duplicate_of IS NULL
                AND l.booked_on > \(year) AND l.booked_on <= \(today.rawValue)
            ORDER BY l.booked_on, l.line_id
            """, [.integer(workspaceID), .text(contract.vendorID), .text(contract.currency.code)]
        ) { row in
            (
                line: row.integer(0), amount: row.integer(1), day: CalendarDay(rawValue: row.integer(2)),
                from: row.optionalInteger(3), to: row.optionalInteger(4), app: row.optionalText(5), source: row.text(6),
                date: row.text(7)
            )
        }
        let hasInvoices = rows.contains { $0.source == "invoice" }
        return rows.compactMap { row in
            guard row.amount > 0, !hasInvoices || row.source == "invoice" else { return nil }
            var period = contract.period(of: row.day)
            if let from = row.from, let to = row.to {
                period = Term(CalendarDay(rawValue: from), CalendarDay(rawValue: to + 1))
            }
            guard let period else { return nil }
            return Invoice(line: row.line, amount: row.amount, period: period, appID: row.app, date: row.date)
        }
    }

    // MARK: sums

    /// What was paid in all against what fell due, with 45 days for invoices to come early or late.
    private func totals(_ contracts: [ContractSpend]) throws -> [Finding] {
        try contracts.compactMap { contract in
            let begin = contract.lines.map(\.line.starts).min() ?? today
            let first = max(begin, today.adding(months: -24))
            guard first < today else { return nil }
            let paid = try connection.first(
                """
                SELECT CAST(coalesce(sum(l.amount), 0) AS BIGINT), count(*) FROM spend_lines l
                WHERE l.workspace_id = $1 AND l.vendor_id = $2 AND l.currency = $3 AND l.state = 'matched'
                    AND l.duplicate_of IS NULL AND l.booked_on >= $4 AND l.booked_on <= $5
                """,
                [
                    .integer(workspaceID), .text(contract.vendorID), .text(contract.currency.code),
                    .integer(first.rawValue - 45), .integer(today.rawValue),
                ]
            ) { ($0.integer(0), $0.integer(1)) }
            guard let (paid, payments) = paid, payments > 0 else { return nil }
            let most = contract.billed(from: first, to: today.adding(days: 45))
            let least = contract.billed(from: first, to: today.adding(days: -45))
            func plain(_ minor: Int64) -> String { Money(minor: minor, contract.currency).plain }
            var finding = Finding(
                check: "", subject: "\(contract.vendorID) \(contract.currency.code)", words: "",
                vendorID: contract.vendorID, vendor: contract.vendor, period: "\(first.text)/\(today.text)")
            if paid * 20 > most * 21 {
                finding.check = "over_contract"
                finding.amount = Money(minor: paid - most, contract.currency)
                finding.words =
                    "Paid \(plain(paid)) \(contract.currency.code) since \(first.text), of which contracts explain \(plain(most))."
            } else if paid * 20 < least * 19 {
                finding.check = "under_contract"
                finding.amount = Money(minor: paid - least, contract.currency)
                finding.words =
                    "Paid \(plain(paid)) \(contract.currency.code) since \(first.text); by contract \(plain(least)) fell due."
            } else {
                return nil
            }
            return finding
        }
    }

    private struct Paid {
        let vendorID: String
        let name: String
        let amount: Money
        let payments: Int64
        let apps: Int64
    }

    private func paidVendors() throws -> [Paid] {
        try connection.query(
            """
            SELECT l.vendor_id, min(coalesce(v.name, l.vendor_id)), l.currency, CAST(sum(l.amount) AS BIGINT), count(*),
                count(DISTINCT l.app_id)
            FROM spend_lines l LEFT JOIN spend_vendors v ON v.workspace_id = l.workspace_id AND v.vendor_id = l.vendor_id
            WHERE l.workspace_id = $1 AND l.vendor_id IS NOT NULL AND l.state = 'matched'
                AND l.booked_on > \(today.rawValue - 365) AND l.booked_on <= \(today.rawValue)
            GROUP BY l.vendor_id, l.currency ORDER BY l.vendor_id, l.currency
            """, [.integer(workspaceID)]
        ) { row -> Paid? in
            Currency(row.text(2)).map {
                Paid(
                    vendorID: row.text(0), name: row.text(1), amount: Money(minor: row.integer(3), $0),
                    payments: row.integer(4), apps: row.integer(5))
            }
        }.compactMap(\.self)
    }

    /// Vendors that were paid, and of whom Okta has no app.
    private func shadow(_ paid: [Paid], _ known: [KnownVendor]) -> [Finding] {
        let inOkta = Set(known.filter { $0.target.appID != nil }.map(\.target.vendorID))
        let named = Set(paid.filter { $0.apps > 0 }.map(\.vendorID))
        return paid.filter { $0.amount.minor > 0 && !inOkta.contains($0.vendorID) && !named.contains($0.vendorID) }.map
        {
            Finding(
                check: "shadow", subject: "\($0.vendorID) \($0.amount.currency.code)",
                words: "Paid in \($0.payments) payments within 12 months; Okta has no app of this vendor.",
                vendorID: $0.vendorID, vendor: $0.name, amount: $0.amount)
        }
    }

    /// Apps that people have, for which nothing was paid.
    private func unpaid(
        _ paid: [Paid], _ known: [KnownVendor], _ apps: [String: (key: Int64, label: String, users: Int?)]
    ) -> [Finding] {
        guard !paid.isEmpty else { return [] }
        let vendors = Set(paid.map(\.vendorID))
        return known.compactMap { vendor in
            guard let id = vendor.target.appID, let app = apps[id], let users = app.users, users > 0,
                !vendors.contains(vendor.target.vendorID)
            else { return nil }
            return Finding(
                check: "no_spend", subject: id,
                words: "\(users) people have it; no payment of the last 12 months is known to be for it.",
                vendorID: vendor.target.vendorID, vendor: vendor.target.name, app: (id, app.label), assigned: users)
        }
    }

    private func labels() throws -> [String: (key: Int64, label: String, users: Int?)] {
        var apps: [String: (key: Int64, label: String, users: Int?)] = [:]
        try connection.each(
            """
            SELECT p.okta_id, p.app_key, p.label, p.users_count FROM apps p
            WHERE p.workspace_id = $1 AND p.status = 'ACTIVE' AND \(moment.asOf.holds("p"))
            """, [.integer(workspaceID)]
        ) { row in
            apps[row.text(0)] = (row.integer(1), row.text(2), row.optionalInteger(3).map(Int.init))
            return true
        }
        return apps
    }
}

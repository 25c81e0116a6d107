import Analysis
import Directory
import Governance
import Storage
import WebSupport

/// The parts of the pages of spend.
enum SpendParts {
    static let sentence: HTML = "What was paid, to whom, and whether it fits what was agreed and who uses it."
    static let new = Link.below(.below(.spend, "imports"), "new")

    static func line(_ id: Int64) -> Link { .below(.below(.spend, "lines"), String(id)) }
    static func vendor(_ id: String) -> Link { .below(.below(.spend, "vendors"), id) }
    static func imported(_ id: Int64) -> Link { .below(.below(.spend, "imports"), String(id)) }

    static let tabNames = [
        ("", "Overview"), ("transactions", "Payments"), ("unmatched", "Without a vendor"), ("vendors", "Vendors"),
        ("checks", "Checks"), ("rules", "Rules"), ("imports", "Imports"),
    ]

    static func tabs(_ current: String, _ visit: Visit) -> HTML {
        Part.tabs(
            tabNames.map { tab, title in
                (title, nil, visit.to(tab.isEmpty ? .spend : .below(.spend, tab)), tab == current)
            })
    }

    // MARK: money

    static func money(_ money: Money) -> HTML { "\(Amount.text(money))" }

    static func amount(_ row: ListRow) -> HTML {
        guard let currency = Currency(row.text("currency")), let minor = row.number("amount_minor") else {
            return Part.text(row.text("amount"))
        }
        return money(Money(minor: minor, currency))
    }

    static func sum(_ sum: SpendTotals.Sum, _ totals: SpendTotals) -> HTML {
        money(Money(minor: sum.minor, totals.currency))
    }

    static func currencies(_ all: [SpendTotals], _ chosen: SpendTotals, _ visit: Visit, below id: String? = nil) -> HTML
    {
        guard all.count > 1 else { return HTML() }
        let here = id.map(vendor) ?? .spend
        let chips = all.map { totals -> HTML in
            let isOn: HTML = totals.currency == chosen.currency ? " aria-current=\"true\"" : ""
            return """
                <a class="chip" href="\(visit.to(here.with([("currency", totals.currency.code)])))"\(isOn)>\
                \(totals.currency.code) <b>\(Count.text(totals.all.payments))</b></a>
                """
        }
        return "<div class=\"chips\" aria-label=\"Currencies; amounts of two are never added\">\(chips)</div>"
    }

    static func figures(_ totals: SpendTotals, _ visit: Visit, isVendor: Bool = false) -> HTML {
        let year = totals.year(visit.moment)
        let list = Link.below(.spend, "transactions")
        let money = "currency=\(totals.currency.code)"
        func rows(_ filters: [String]) -> Link? {
            isVendor ? nil : visit.to(list.with(([money] + filters).map { ("where", $0) }))
        }
        let share = Count.share(year.matched.payments, of: year.all.payments) ?? "–"
        var figures = [
            Part.figure(
                "Paid, 12 months", sum(year.all, totals),
                "\(Count.of(year.all.payments, "payment", "payments")), \(totals.currency.code) only",
                rows(["date>=\(SpendTotals.yearAgo(visit.moment))"]))
        ]
        if !isVendor {
            figures += [
                Part.figure(
                    "Vendor known", "\(share)",
                    "\(Count.text(year.matched.payments)) of \(Count.text(year.all.payments)) payments, \(sum(year.matched, totals))",
                    rows(["state=matched"])),
                Part.figure(
                    "Without a vendor", sum(totals.unmatched, totals),
                    "\(Count.of(totals.unmatched.payments, "payment", "payments")) of \(Count.text(totals.all.payments)), all time",
                    visit.to(Link.below(.spend, "unmatched").with([("where", money)]))),
            ]
        } else {
            figures.append(
                Part.figure(
                    "Paid, all time", sum(totals.all, totals),
                    "\(Count.of(totals.all.payments, "payment", "payments"))", nil))
        }
        figures += [
            Part.figure(
                "Possible duplicates", sum(totals.flagged, totals),
                "\(Count.of(totals.flagged.payments, "payment", "payments")), counted until somebody ignores them",
                rows(["duplicate_of>0", "state!=repeated"])),
            Part.figure(
                "Ignored", sum(totals.ignored, totals),
                "\(Count.of(totals.ignored.payments, "payment", "payments")), in no sum", rows(["state=ignored"])),
        ]
        return Part.figures(figures)
    }

    static func top(_ vendors: [VendorSpend], _ visit: Visit) -> HTML {
        let rows = vendors.map { one -> [HTML] in
            [
                "<a class=\"row-link\" href=\"\(visit.to(vendor(one.vendorID)))\">\(one.name)</a>", money(one.amount),
                "\(Count.text(one.payments))",
            ]
        }
        return Part.section(
            "Most paid, 12 months",
            rows.isEmpty
                ? Part.empty("No vendor yet", "None of these payments belongs to a vendor.")
                : Part.table("Vendors", [("Vendor", false), ("Paid", true), ("Payments", true)], rows),
            note: "<a href=\"\(visit.to(.below(.spend, "vendors")))\">All vendors</a>")
    }

    static let behind: HTML = """
        <section class="card"><header class="card-head"><h2>How this is counted</h2></header>\
        <p>A payment counts on the day its file gives. What was spent is above zero, a refund below. Amounts of two currencies are \
        never added. Ignored payments, and lines that an earlier file told word for word, are in no sum.</p>\
        <p>Whose a payment is, is found in this order: a name that a person taught or that a vendor, contract or Okta app has; \
        the domain in it; the rules from top to bottom; likeness of at least 0.92 where no other vendor comes nearer than 0.80. \
        What a person decided stays.</p></section>
        """

    static let checksBehind: HTML = """
        <details class="behind"><summary>How this is counted</summary><p>Implied seats of an invoice = (invoice − fixed fees) ÷ \
        unit price for the period it is for. Assigned is the most people who had the app on the first or the last day of that \
        period, active how many signed in within it. The contract's share of a month is its lines spread evenly over the days of \
        their term; 12 months are compared. Shadow spend is paid to a vendor of whom Okta has no app.</p></details>
        """

    // MARK: cells

    static func source(_ text: String) -> String { SpendSource(rawValue: text)?.title ?? text }

    static func seats(_ row: ListRow, _ column: String) -> HTML {
        if let number = row.number(column) { return "\(Count.text(number))" }
        return ["invoice", "over_billed", "price_drift"].contains(row.text("check")) ? Part.notEvaluated : Part.none
    }

    static func check(_ name: String) -> String {
        switch name {
        case "shadow": "Shadow spend"
        case "over_billed": "Billed for too many"
        case "over_contract": "More than the contract"
        case "under_contract": "Less than the contract"
        case "price_drift": "Price drift"
        case "no_spend": "Seats without spend"
        default: "Invoice fits"
        }
    }

    /// The vendor of a payment, and how it is known.
    static func vendor(_ row: ListRow, _ visit: Visit) -> HTML {
        switch row.text("state") {
        case "matched":
            let id = row.text("vendor_id")
            let name = row.text("vendor").isEmpty ? id : row.text("vendor")
            return "<a href=\"\(visit.to(vendor(id)))\">\(name)</a><small class=\"sub\">\(method(row))</small>"
        case "ignored": return "<span class=\"badge neutral\">ignored</span><small class=\"sub\">\(method(row))</small>"
        case "repeated": return "<span class=\"badge neutral\">told before</span>"
        default: return "<span class=\"badge attention\">unknown</span>"
        }
    }

    static func method(_ row: ListRow) -> String {
        method(row.text("method"), score: row.number("score"), rule: row.number("rule"), by: row.text("matched_by"))
    }

    static func method(_ method: String, score: Int64?, rule: Int64?, by person: String) -> String {
        let who = person.isEmpty ? "" : " by \(person)"
        return switch method {
        case "alias": person.isEmpty ? "by its name" : "taught\(who)"
        case "domain": "by its domain"
        case "rule": "by rule \(rule ?? 0)"
        case "likeness": "likeness 0.\(score ?? 0)"
        case "person": "decided\(who)"
        default: ""
        }
    }

    static func notes(_ row: ListRow, _ visit: Visit) -> HTML {
        var notes: [HTML] = []
        if let other = row.number("duplicate_of") {
            let words = row.text("state") == "repeated" ? "same line as" : "maybe the same as"
            notes.append("\(words) <a href=\"\(visit.to(line(other)))\">\(other)</a>")
        }
        if let other = row.number("refund_of") {
            notes.append("refund of <a href=\"\(visit.to(line(other)))\">\(other)</a>")
        }
        return notes.isEmpty ? Part.none : HTML(notes)
    }

    /// The vendors that come nearest, each one press away.
    static func suggestions(_ payee: String, _ found: [VendorIndex.Found], _ visit: Visit) -> HTML {
        let buttons = found.filter { $0.score >= 800 }.map { one -> HTML in
            """
            <button name="target" value="\(one.target.appID ?? "-") \(one.target.name)" \
            title="likeness \(one.score) of 1000">\(one.target.name)</button>
            """
        }
        return """
            <form method="post" action="\(Link.below(.spend, "teach"))" class="row">\(visit.csrf())\
            <input type="hidden" name="payee" value="\(payee)">\(buttons)\
            <button class="quiet" name="target" value="- \(VendorName(payee).display)">New: \(VendorName(payee).display)</button></form>
            """
    }

    /// The bar below a list that does something to all chosen rows.
    static func bulk(_ visit: Visit, _ link: Link, _ names: [String], ignores: Bool) -> HTML {
        let ignore: HTML? = ignores ? "<button name=\"what\" value=\"ignore\">Ignore</button>" : nil
        return """
            <form id="bulk" method="post" action="\(link)" class="sticky-action row">\(visit.csrf())\
            <label for="bulk-vendor">Chosen rows belong to</label>\
            <input id="bulk-vendor" name="vendor" list="vendor-names" maxlength="200" placeholder="Vendor" autocomplete="off">\
            \(vendorNames(names))<button class="primary" name="what" value="match">Match</button>\(ignore)</form>
            """
    }

    static func vendorNames(_ names: [String]) -> HTML {
        "<datalist id=\"vendor-names\">\(names.prefix(500).map { "<option value=\"\($0)\"></option>" as HTML })</datalist>"
    }
}

extension SpendTotals {
    /// The first day of the twelve months that end with a moment's month.
    static func yearAgo(_ moment: Moment) -> String { "\(Moment.monthName(moment.month - 11))-01" }

    /// The twelve months that end with a moment's month.
    func year(_ moment: Moment) -> SpendTotals {
        var year = self
        let first = Moment.monthName(moment.month - 11)
        year.months = months.filter { $0.name >= first && $0.name <= Moment.monthName(moment.month) }
        return year
    }
}

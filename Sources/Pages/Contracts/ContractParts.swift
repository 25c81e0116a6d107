import Analysis
import Directory
import Governance
import Storage
import WebSupport

/// The parts of the pages about contracts.
enum ContractParts {
    static func columns(_ day: CalendarDay) -> [TableColumn] {
        [
            TableColumn("Contract", name: "vendor") { row, visit in
                """
                <a class="row-link" href="\(visit.to(.contract(row.number("contract") ?? 0)))">\(row.text("vendor"))</a>\
                <small class="sub">\(row.text("title"))</small>
                """
            },
            TableColumn("Standing", name: "standing") { row, _ in standing(row.text("standing")) },
            TableColumn("Renews or ends", name: "ends_on") { row, _ in Part.text(row.text("ends_on")) },
            TableColumn("Notice by", name: "notice_by") { row, _ in
                let assumed: HTML? = row.number("notice_assumed") == 1 ? " <small class=\"muted\">assumed</small>" : nil
                return Part.text(row.text("notice_by")) + HTML([assumed].compactMap(\.self))
            },
            .number("Seats", "seats", minor: true),
            TableColumn("This month", name: "cost_month_minor", number: true) { row, _ in
                Amount.html(row.number("cost_month_minor"), Currency(row.text("currency")))
            },
            .text("Owner", "owner", minor: true),
        ]
    }

    static func standing(_ word: String) -> HTML {
        let look =
            switch word {
            case "active", "renewed": "good"
            case "renewal due": "attention"
            case "overdue": "danger"
            default: "neutral"
            }
        return "<span class=\"badge \(look)\">\(word)</span>"
    }

    static func standing(_ contract: Contract, _ day: CalendarDay) -> HTML {
        let end: HTML = contract.endsOn.map { "\(contract.renews ? "renews" : "ends") on \($0.text)" } ?? "has no end"
        return
            "\(standing(contract.standing(on: day).rawValue)) \(contract.startsOn.text), \(end) \(deadline(contract, day))"
    }

    /// The notice deadline in words, with how soon it is.
    static func deadline(_ contract: Contract, _ day: CalendarDay) -> HTML {
        guard let renewal = contract.renewal, contract.status == .active else { return HTML() }
        let left = renewal.daysLeft(on: day)
        let assumed = renewal.isAssumed ? ", assumed 30 days before" : ""
        if left < 0 {
            return "<span class=\"badge neutral\">notice was due by \(renewal.noticeBy.text)\(assumed)</span>"
        }
        return """
            <span class="badge \(look(renewal.severity(on: day)))">notice by \(renewal.noticeBy.text), in \
            \(Count.of(left, "day", "days"))\(assumed)</span>
            """
    }

    static func look(_ severity: Renewal.Severity?) -> String {
        switch severity {
        case .critical: "danger"
        case .high: "attention"
        case .medium, .info: "unknown"
        case nil: "neutral"
        }
    }

    static func figures(_ contracts: [Contract], _ day: CalendarDay, _ visit: Visit) -> HTML {
        guard !contracts.isEmpty else { return HTML() }
        let inForce = contracts.filter { $0.startsOn <= day && ($0.endsOn.map { day < $0 } ?? true) }
        let soon = contracts.filter { $0.status == .active && $0.renewal?.severity(on: day) != nil }
        let next = soon.compactMap(\.renewal).map(\.noticeBy).min()
        let overdue = contracts.count { $0.standing(on: day) == .overdue }
        return Part.figures([
            Part.figure(
                "In force", "\(Count.text(inForce.count))", "of \(Count.of(contracts.count, "contract", "contracts"))",
                nil),
            Part.figure(
                "This month", "\(Amount.sums(Amount.total(inForce.map { $0.cost(ofMonth: day.month, on: day) })))",
                "each term spread evenly over its days", nil),
            Part.figure(
                "Notice within 90 days", "\(Count.text(soon.count))", next.map { "the next by \($0.text)" } ?? "none",
                visit.to(Link.contracts.with([("where", "days_left>=0"), ("where", "days_left<=90")]))),
            Part.figure(
                "Overdue", "\(Count.text(overdue))", "ended, and nobody said what became of them",
                visit.to(Link.contracts.with([("where", "standing=overdue")]))),
        ])
    }

    static func facts(_ contract: Contract, _ day: CalendarDay, _ visit: Visit) -> HTML {
        Part.section(
            "Agreement",
            Part.facts([
                ("Number", Part.text(contract.number)), ("Owner", Part.text(contract.owner)),
                (
                    "Notice",
                    contract.noticeDays.map { "\(Count.of($0, "day", "days")) before" } ?? "unknown: 30 days assumed"
                ),
                ("Billed", "\(contract.billing.rawValue)"),
                ("The whole term", "\(Amount.text(contract.total(on: day)))"),
                ("This month", "\(Amount.text(contract.cost(ofMonth: day.month, on: day)))"),
                ("Note", Part.text(contract.note)),
                (
                    "Changed",
                    contract.changed.map { "\(When.ago($0.at, now: visit.now)) by \($0.by)" } ?? Part.none
                ),
            ]))
    }

    static func lines(
        _ contract: Contract, _ day: CalendarDay, _ apps: [String: String], _ visit: Visit
    ) -> HTML {
        guard !contract.lines.isEmpty else {
            return Part.section(
                "Lines",
                Part.empty(
                    "No lines yet",
                    "<a href=\"\(visit.to(.contract(contract.id, tab: "line")))\">Add what is bought</a>: seats, fees, discounts."
                ))
        }
        let rows = zip(contract.lines, contract.licenceLines).map { line, licence -> [HTML] in
            let edit = visit.to(Link.contract(contract.id, tab: "line").with([("line", String(line.id))]))
            let app: HTML =
                line.appID.map { id in
                    "<a href=\"\(visit.to(.app(id, tab: "licences")))\">\(apps[id] ?? id)</a>"
                } ?? Part.none
            let price = Money(minor: licence.price, contract.currency)
            return [
                "<a class=\"row-link\" href=\"\(edit)\">\(line.product)</a>", app + " " + selector(line.selector),
                line.seats.map { "\(Count.text($0))" } ?? "\(line.kind.rawValue)",
                "\(Amount.text(price)) <small class=\"muted\">a \(line.period.rawValue)</small>",
                licence.total(on: day).map { "\(Amount.text(Money(minor: $0, contract.currency)))" }
                    ?? "<span class=\"muted\">not in force</span>",
                line.trueUp.map { "\($0.measure.rawValue), each \($0.every.rawValue), \($0.gracePercent) % free" }
                    ?? Part.none,
            ]
        }
        return Part.section(
            "Lines",
            Part.table(
                "Lines",
                [
                    ("Product", false), ("App", false), ("Seats", true), ("Price", true), ("Term", true),
                    ("True-up", false),
                ], rows))
    }

    private static func selector(_ selector: SeatSelector) -> HTML {
        switch selector {
        case .all: HTML()
        case .rest: "<small class=\"muted\">everybody else</small>"
        case .group(let id): "<small class=\"muted\">in group \(id)</small>"
        case .attribute(let name, let value):
            "<small class=\"muted\">\(name.replacing("_", with: " ")) is \(value)</small>"
        }
    }

    static func importForm(_ visit: Visit) -> HTML {
        Part.section(
            "Import",
            """
            <form method="post" action="\(Link.below(.contracts, "import"))" enctype="multipart/form-data" class="form">\
            \(visit.csrf())<label>A CSV file, one row for each line of a contract<input type="file" name="file" \
            accept=".csv,text/csv" required></label><button>Import contracts</button></form>
            <details class="behind"><summary>Columns</summary><p>Needed: vendor, starts_on, currency, product. Of a contract: \
            \(ContractFields.ofContract.joined(separator: ", ")). Of a line: \
            \(ContractFields.ofLine.joined(separator: ", ")). Dates are written 2026-01-31, amounts 1234.50. Rows of one \
            contract share its number, or its vendor, title and first day, and repeat its fields. A contract that is there \
            already is changed to what the file says; where any line is at fault, nothing is imported.</p></details>
            """)
    }
}

/// The next renewals and notice deadlines on a strip of months.
enum RenewalCalendar {
    static func section(_ contracts: [Contract], _ day: CalendarDay, _ visit: Visit) -> HTML {
        let from = day.firstOfMonth.adding(months: -6), to = day.firstOfMonth.adding(months: 7)
        let shown = contracts.compactMap { contract in contract.renewal.map { (contract, $0) } }
            .filter { $0.1.renewsOn >= from && $0.1.noticeBy < to && $0.0.status == .active }
            .sorted { $0.1.noticeBy < $1.1.noticeBy }
        guard !shown.isEmpty else { return HTML() }
        return Part.section(
            "Renewals and notice deadlines", picture(Array(shown.prefix(12)), day, from, to) + table(shown, day, visit),
            note: "six months back and ahead")
    }

    private static func picture(
        _ shown: [(Contract, Renewal)], _ day: CalendarDay, _ from: CalendarDay, _ to: CalendarDay
    ) -> HTML {
        func x(_ day: CalendarDay) -> Int { 120 + Int(min(max(0, day - from), to - from) * 480 / (to - from)) }
        let height = shown.count * 20 + 26
        let months = (0..<13).map { month -> HTML in
            let begin = from.adding(months: month)
            return """
                <line class="base" x1="\(x(begin))" y1="16" x2="\(x(begin))" y2="\(height)"/>\
                <text class="axis left" x="\(x(begin) + 2)" y="11">\(begin.text.prefix(7).suffix(2))</text>
                """
        }
        let bars = shown.enumerated().map { position, item -> HTML in
            let (contract, renewal) = item
            let y = position * 20 + 20
            let look =
                switch renewal.severity(on: day) {
                case .critical, .high: "late"
                default: "bar"
                }
            return """
                <text class="axis left" x="0" y="\(y + 12)">\(contract.vendor.prefix(18))</text>\
                <rect class="\(look)" x="\(x(renewal.noticeBy))" y="\(y + 2)" \
                width="\(max(3, x(renewal.renewsOn) - x(renewal.noticeBy)))" height="12" rx="3"><title>\(contract.vendor): \
                notice by \(renewal.noticeBy.text), renews \(renewal.renewsOn.text)</title></rect>
                """
        }
        return """
            <figure class="chart"><svg viewBox="0 0 610 \(height)" preserveAspectRatio="xMinYMid" role="img" \
            aria-label="\(Count.of(shown.count, "renewal", "renewals")) between \(from.text) and \(to.text), each from its notice \
            deadline to its renewal">\(months)<line class="edge used" x1="\(x(day))" y1="14" x2="\(x(day))" y2="\(height)"/>\
            \(bars)</svg></figure>
            """
    }

    private static func table(_ shown: [(Contract, Renewal)], _ day: CalendarDay, _ visit: Visit) -> HTML {
        let rows = shown.map { contract, renewal -> [HTML] in
            [
                "<a href=\"\(visit.to(.contract(contract.id, tab: "memo")))\">\(contract.vendor), \(contract.title)</a>",
                ContractParts.deadline(contract, day), "\(renewal.renewsOn.text)",
            ]
        }
        return """
            <details class="behind"\(shown.count <= 6 ? " open" : "" as HTML)><summary>Show the dates</summary>\
            \(Part.table("Deadlines", [("Contract", false), ("Notice", false), ("Renews or ends", false)], rows))</details>
            """
    }
}

/// One page to decide a renewal by.
enum DecisionMemo {
    static func html(_ contract: Contract, _ book: LicenceBook, _ day: CalendarDay, _ visit: Visit) -> HTML {
        let licences = book.licences.filter { licence in licence.lines.contains { $0.contractID == contract.id } }
        let saving = Amount.total(
            licences.compactMap { licence in
                licence.money.flatMap { money in money.renewalSaving.map { Money(minor: $0, money.currency) } }
            })
        let rows = licences.map { licence -> [HTML] in
            [
                "<a href=\"\(visit.to(.app(licence.appID, tab: "licences")))\">\(licence.appLabel) \(licence.product)</a>",
                licence.purchased.map { "\(Count.text($0))" } ?? Part.none, Part.number(licence.assigned),
                Part.number(licence.active), Part.number(licence.reclaimable), Part.number(licence.rightSize),
                Part.number(licence.cautiousSize),
                Amount.html(
                    licence.money?.renewalSaving, licence.currencies.count == 1 ? licence.currencies.first : nil),
            ]
        }
        let advice: HTML =
            licences.isEmpty
            ? "No line of this contract is for an app in Okta, so Muster cannot tell whether its seats are used."
            : saving.allSatisfy { $0.minor == 0 }
                ? "What is bought is needed, as far as sign-ins tell: renew as it is."
                : "Renewing at the right size would save <strong>\(Amount.sums(saving))</strong> for a term at today's prices."
        let table: HTML? =
            rows.isEmpty
            ? nil
            : Part.table(
                "Licences of the contract",
                [
                    ("Licence", false), ("Bought", true), ("Assigned", true), ("Used", true), ("To take back", true),
                    ("Right size", true), ("With set aside", true), ("Saving", true),
                ], rows)
        let evidence = licences.map { licence -> HTML in
            """
            <li>\(licence.appLabel) \(licence.product): grade \(licence.evidence.grade.rawValue). \(licence.evidence.reason) \
            \(Count.of(licence.buckets?.setAside ?? 0, "seat is", "seats are")) set aside: protected, new or without data.</li>
            """
        }
        let total = contract.total(on: day)
        return Part.section(
            "Decide by \(contract.renewal?.noticeBy.text ?? "any day: it has no end")",
            """
            <p>\(ContractParts.deadline(contract, day)) \(advice)</p>\(table)\
            \(Part.facts([
                ("Whole term", "\(Amount.text(total))"),
                ("Term", "\(contract.startsOn.text) to \(contract.endsOn?.text ?? "no end")"),
                ("Renews by itself", contract.renews ? "yes, unless notice is given" : "no"),
                ("Owner", Part.text(contract.owner)),
            ]))<h3>How sure this is</h3><ul class="muted notes">\(evidence)</ul>\
            <p class="muted">Right size counts used seats and the busiest month, with the buffer. “With set aside” keeps \
            besides what nobody can judge yet. Savings hold only where notice is given in time.</p>
            """, note: "as of \(day.text), \(LicenceParts.madeAt(book, visit))")
    }
}

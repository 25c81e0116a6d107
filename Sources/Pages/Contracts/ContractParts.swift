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

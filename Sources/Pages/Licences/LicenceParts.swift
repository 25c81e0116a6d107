import Analysis
import Directory
import Governance
import Problems
import Storage
import WebSupport

/// The parts of the pages about licences.
enum LicenceParts {
    static func tabs(_ current: String, _ visit: Visit) -> HTML {
        Part.tabs(
            [
                ("Licences", ""), ("Simulator", "simulate"), ("Reclaimed", "reclaimed"), ("Chargeback", "chargeback"),
                ("Rules", "rules"),
            ].map { title, part in
                (title, nil, visit.to(part.isEmpty ? .licences : .below(.licences, part)), part == current)
            })
    }

    static func madeAt(_ book: LicenceBook, _ visit: Visit) -> HTML {
        "worked out \(When.ago(book.madeAt, now: visit.now))"
    }

    // MARK: the list

    static func columns(_ licences: [Licence]) -> [TableColumn] {
        let currencies = Dictionary(
            licences.map { ($0.id, $0.currencies) }, uniquingKeysWith: { first, _ in first })
        func money(_ title: String, _ name: String) -> TableColumn {
            TableColumn(title, name: "\(name)_minor", number: true, minor: name == "cost_year") { row, _ in
                let known = currencies[row.text("licence")] ?? []
                if known.count > 1 {
                    return "<span class=\"muted\">\(known.map(\.code).joined(separator: " and "))</span>"
                }
                return Amount.html(row.number("\(name)_minor"), known.first)
            }
        }
        func count(_ title: String, _ name: String, _ filters: [(String, String?)]?, minor: Bool = false) -> TableColumn
        {
            TableColumn(title, name: name, number: true, minor: minor) { row, visit in
                guard let number = row.number(name) else { return missing(name, row) }
                guard let filters, number > 0 else { return "\(Count.text(number))" }
                let product = SeatChoice.filters(product: row.text("product"))
                let link = Link.app(row.text("app_id"), tab: "licences").with(product + filters)
                return "<a href=\"\(visit.to(link))\">\(Count.text(number))</a>"
            }
        }
        return [
            TableColumn("App", name: "app_label") { row, visit in
                let product = row.text("product").isEmpty ? "no contract" : row.text("product")
                return """
                    <a class="row-link" href="\(visit.to(.app(row.text("app_id"), tab: "licences")))">\
                    \(row.text("app_label"))</a><small class="sub">\(product)</small>
                    """
            },
            count("Bought", "purchased", nil), count("Assigned", "assigned", []),
            count("Used", "used", SeatChoice.filters(kind: "used")),
            count("To take back", "reclaimable", SeatChoice.filters(kind: "reclaimable")),
            count("Shelf", "shelf", nil, minor: true), count("Over", "overage", nil, minor: true),
            count("Right size", "right_size", nil, minor: true),
            money("A year", "cost_year"), money("Renewal saving", "renewal_saving"),
        ]
    }

    /// A figure that is not there: because nothing is bought, or because nobody could tell.
    private static func missing(_ name: String, _ row: ListRow) -> HTML {
        if row.number("open_to_all") == 1 { return name == "assigned" ? "everyone" : Part.none }
        return row.number("purchased") == nil && ["purchased", "shelf", "overage"].contains(name)
            ? Part.none : Part.notEvaluated
    }

    static let seatColumns: [TableColumn] = [
        .person, .text("Department", "department", minor: true),
        TableColumn("Bucket", name: "bucket") { row, _ in
            SeatBucket(name: row.text("bucket")).map(badge) ?? Part.none
        },
        .text("Why", "reason"), .time("Assigned", "assigned_at", minor: true), .time("Last sign-in", "last_sign_in_at"),
        TableColumn("How", name: "scope", minor: true) { row, _ in
            row.text("scope") == "USER" ? "directly" : "through a group"
        },
        .text("Product", "product", minor: true),
    ]

    static func badge(_ bucket: SeatBucket) -> HTML {
        let look =
            switch bucket {
            case .leaver, .suspended: "danger"
            case .neverUsed, .inactive: "attention"
            case .protected, .new, .noData: "unknown"
            case .underused, .overlapping: "neutral"
            case .active: "good"
            }
        return "<span class=\"badge \(look)\">\(bucket.title.lowercased())</span>"
    }

    // MARK: figures

    static func figures(_ book: LicenceBook, _ visit: Visit) -> HTML {
        let all = book.licences
        let paid = all.filter { $0.purchased != nil }
        let bought = paid.reduce(0) { $0 + ($1.purchased ?? 0) }
        let assigned = paid.reduce(0) { $0 + ($1.assigned ?? 0) }
        let judged = paid.filter { $0.active != nil }
        let used = judged.reduce(0) { $0 + ($1.active ?? 0) }
        let spare = paid.reduce(0) { $0 + ($1.reclaimable ?? 0) }
        func link(_ filter: String) -> Link { visit.to(Link.licences.with([("where", filter)])) }
        let isJudged = visit.moment.usageKnown
        return Part.figures([
            Part.figure(
                "Seats bought", "\(Count.text(bought))", "in \(Count.of(paid.count, "licence", "licences"))",
                link("contracts>0")),
            Part.figure(
                "Assigned", "\(Count.text(assigned))", "\(Count.share(assigned, of: bought) ?? "–") of those bought",
                link("contracts>0")),
            Part.figure(
                "Used", Part.number(isJudged && !judged.isEmpty ? used : nil),
                "of \(Count.of(judged.reduce(0) { $0 + ($1.assigned ?? 0) }, "seat", "seats")) that sign-ins tell of",
                link("used>0")),
            Part.figure(
                "To take back", Part.number(paid.isEmpty ? nil : spare),
                "\(Count.share(spare, of: assigned) ?? "–") of those assigned", link("reclaimable>0")),
        ])
    }

    /// The funnel of all licences under contract: bought, assigned, used.
    static func funnel(_ licences: [Licence], _ visit: Visit) -> HTML {
        let paid = licences.filter { $0.purchased != nil }
        guard !paid.isEmpty else {
            return Part.section(
                "Nothing is known to be bought",
                """
                <p>Muster counts who has and uses each app below. What was bought stands in contracts: \
                <a href="\(visit.to(.below(.contracts, "new")))">add one</a>, or <a href="\(visit.to(.contracts))">import \
                a file</a>.</p>
                """)
        }
        func sum(_ count: (Licence) -> Int?) -> Int { paid.reduce(0) { $0 + (count($1) ?? 0) } }
        let steps = [
            ("Bought", sum(\.purchased)), ("Assigned", sum(\.assigned)), ("Used", sum(\.active)),
        ]
        return Part.section("From bought to used", SeatFunnel.draw("Seats of all contracts", steps))
    }

    // MARK: money

    /// The three sums, apart, and what departments and clauses come to; each currency by itself.
    static func money(_ book: LicenceBook, _ rates: RateTable, _ visit: Visit) -> HTML {
        let paid = book.licences.compactMap(\.money)
        guard !paid.isEmpty else { return HTML() }
        func total(_ amount: (LicenceMoney) -> Int64?) -> HTML {
            let sums = Amount.total(paid.compactMap { one in amount(one).map { Money(minor: $0, one.currency) } })
            let told: HTML = sums.isEmpty ? Part.notEvaluated : "\(Amount.sums(sums))"
            return told + converted(sums, rates, visit)
        }
        let rows: [[HTML]] = [
            ["Cost of this month", total { $0.month }, "each term spread evenly over its days"],
            ["A year", total { $0.year }, "this month × 12"],
            [
                "Cash now", total { $0.cashNow },
                "seats nobody would miss, of lines that can be reduced, to the end of their term; else 0",
            ],
            [
                "Avoided true-up", total { $0.avoidedTrueUp },
                "min(reclaimable, overage) × the price of one seat more, to the end of the term",
            ],
            [
                "Renewal saving", total { $0.renewalSaving },
                "max(0, bought − right size) × a seat's price for the next term; decide before the notice deadline",
            ],
            ["True-up exposure", total { $0.trueUpExposure }, "the overage that the clause counts × its price"],
        ]
        return Part.section(
            "Money",
            Part.table("Money", [("What", false), ("Amount", true), ("How it is counted", false)], rows) + """
                <p class="muted">Cash now, avoided true-up and renewal saving overlap: they are never added. Amounts of two \
                currencies are never added either.</p>
                """, note: madeAt(book, visit))
    }

    /// The same in one currency, where there are several and each has a rate: with the rate's date.
    private static func converted(_ sums: [Money], _ rates: RateTable, _ visit: Visit) -> HTML {
        guard sums.count > 1, let target = sums.first?.currency else { return HTML() }
        let day = CalendarDay(visit.moment.time)
        let parts = sums.map { rates.convert($0, to: target, on: day) }
        guard parts.allSatisfy({ $0 != nil }) else {
            return "<small class=\"sub\">no rate is known, so not in one currency</small>"
        }
        let sum = parts.reduce(Int64(0)) { $0 + ($1?.money.minor ?? 0) }
        let oldest = parts.compactMap { $0?.day }.min() ?? day
        return "<small class=\"sub\">\(Amount.text(Money(minor: sum, target))) at rates of \(oldest.text)</small>"
    }

    // MARK: one licence

    static func card(_ licence: Licence, _ book: LicenceBook, _ visit: Visit) -> HTML {
        let title = licence.product.isEmpty ? "Seats without a contract" : licence.product
        if licence.isOpenToAll {
            return Part.section(
                title,
                Part.note(.unknown, "Everybody may use this app (Federation Broker Mode), so nobody holds a seat."))
        }
        guard let buckets = licence.buckets else {
            return Part.section(
                title, Part.note(.unknown, "\(Part.notEvaluated) Muster could not read who has this app."))
        }
        let steps = [
            ("Bought", licence.purchased), ("Assigned", licence.assigned), ("Used", licence.active),
        ].compactMap { name, count in count.map { (name, $0) } }
        return Part.section(
            title,
            """
            <div class="columns"><div>\(SeatFunnel.draw("\(licence.appLabel) \(title)", steps))\
            </div><div>\(bucketTable(licence, buckets, visit))</div></div>\(facts(licence, visit))\(how(licence))
            """,
            note: "grade \(licence.evidence.grade.rawValue), window \(licence.windowDays) days")
    }

    private static func facts(_ licence: Licence, _ visit: Visit) -> HTML {
        func ratio(_ ratio: Ratio?) -> HTML {
            ratio.map {
                "\($0.percent) % <small class=\"muted\">\(Count.text($0.part)) of \(Count.text($0.whole))</small>"
            }
                ?? Part.notEvaluated
        }
        var facts: [(String, HTML)] = []
        if licence.purchased != nil {
            facts += [
                ("Allocation", ratio(licence.allocation)), ("Seats in use", ratio(licence.seatUtilisation)),
                ("Bought seats in use", ratio(licence.effectiveUtilisation)),
                ("Shelf", Part.number(licence.shelf)), ("Over", Part.number(licence.overage)),
                ("Right size", Part.number(licence.rightSize)),
            ]
        } else {
            facts.append(("Seats in use", ratio(licence.seatUtilisation)))
        }
        if let money = licence.money {
            func amount(_ minor: Int64?) -> HTML { Amount.html(minor, money.currency) }
            facts += [
                ("This month", amount(money.month)), ("A seat and year", amount(money.seatYear)),
                ("For each used seat, a month", amount(money.perActive)), ("Cash now", amount(money.cashNow)),
                ("Avoided true-up", amount(money.avoidedTrueUp)), ("Renewal saving", amount(money.renewalSaving)),
                (
                    "True-up exposure",
                    licence.lines.contains { $0.trueUp != nil } ? amount(money.trueUpExposure) : Part.none
                ),
            ]
        } else if licence.currencies.count > 1 {
            facts.append(("Money", "in \(licence.currencies.map(\.code).joined(separator: " and ")): not added"))
        }
        for id in Set(licence.lines.map(\.contractID)).sorted() {
            facts.append(("Contract", "<a href=\"\(visit.to(.contract(id)))\">Contract \(id)</a>"))
        }
        return Part.facts(facts)
    }

    private static func bucketTable(_ licence: Licence, _ buckets: SeatBuckets, _ visit: Visit) -> HTML {
        let rows = SeatBucket.allCases.map { bucket -> [HTML] in
            let count = buckets[bucket]
            let link = Link.app(licence.appID, tab: "licences").with(
                SeatChoice.filters(bucket: bucket.name, product: licence.product))
            let number: HTML =
                count == 0 ? "<span class=\"none\">0</span>" : "<a href=\"\(visit.to(link))\">\(Count.text(count))</a>"
            return [badge(bucket), number, "\(Count.share(count, of: buckets.all) ?? "–")"]
        }
        return Part.table(
            "Seats by bucket", [("Bucket", false), ("Seats", true), ("Of \(Count.text(buckets.all))", true)], rows)
    }

    private static func how(_ licence: Licence) -> HTML {
        """
        <details class="behind"><summary>How this is counted</summary><p>Each assigned seat is in exactly one bucket, the \
        first that fits in this order. To take back = leavers + suspended + never used + inactive. Used = underused + \
        overlapping + active. Allocation = assigned ÷ bought. Seats in use = used ÷ (assigned − protected − new − no data). \
        Bought seats in use = used ÷ bought. Right size = max(\(Count.text(licence.minimum)) by contract, roundup(max(used, \
        busiest month of twelve × \(licence.policy.peakPercent) %) × (1 + \(licence.policy.bufferPercent) %) + \
        \(licence.policy.knownHires) known hires)); the busiest month \
        \(licence.peakActive.map { "had \(Count.text($0)) people" } ?? "is not known"). Rules: \(licence.policy.words). \
        Sign-ins: \(licence.evidence.reason)</p></details>
        """
    }

    /// The form that asks for the seats shown to be taken back.
    static func ask(_ licences: [Licence], _ choice: SeatChoice, _ app: String, _ visit: Visit) -> HTML {
        let isReclaimable = choice.bucket?.isReclaimable ?? (choice.kind == "reclaimable")
        guard isReclaimable, visit.moment.asOf == .now else { return HTML() }
        let chosen = licences.filter { choice.product == nil || $0.product == choice.product }
        let count = chosen.reduce(0) { sum, licence in
            sum + SeatBucket.allCases.filter(choice.holds).reduce(0) { $0 + (licence.buckets?[$1] ?? 0) }
        }
        guard count > 0 else { return HTML() }
        return """
            <form method="post" action="\(Link.below(.licences, "reclaimed"))" class="inline">\(visit.csrf())\
            <input type="hidden" name="app" value="\(app)"><input type="hidden" name="bucket" value="\(choice.bucket?.name)">\
            <input type="hidden" name="kind" value="\(choice.kind)">\
            \(choice.product.map { "<input type=\"hidden\" name=\"product\" value=\"\($0)\">" as HTML })\
            <button>Ask for \(Count.of(count, "seat", "seats")) to be taken back</button> <span class="muted">An instruction: \
            Muster changes nothing in Okta, and counts it as realised only when a sync saw the seat gone.</span></form>
            """
    }
}

import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// The contracts of one vendor in one currency: what they say should be paid.
struct ContractSpend {
    /// How often a vendor sends an invoice.
    enum Billing: String {
        case monthly, quarterly, yearly, upfront

        var months: Int? {
            switch self {
            case .monthly: 1
            case .quarterly: 3
            case .yearly: 12
            case .upfront: nil
            }
        }
    }

    let vendorID: String
    let vendor: String
    let currency: Currency
    var lines: [(line: LicenceLine, billing: Billing)] = []

    /// All contracts that are or were in force, by vendor and currency.
    static func all(_ connection: Connection, _ workspaceID: Int64) throws -> [ContractSpend] {
        var found: [String: ContractSpend] = [:]
        try connection.each(
            """
            SELECT c.contract_id, l.line_id, c.vendor, c.currency, c.billing, l.product, l.kind, l.app_id, l.seats,
                l.unit_price, l.amount, l.price_period, coalesce(l.starts_on, c.starts_on), coalesce(l.ends_on, c.ends_on)
            FROM contracts c JOIN contract_lines l ON l.workspace_id = c.workspace_id AND l.contract_id = c.contract_id
            WHERE c.workspace_id = $1 ORDER BY c.contract_id, l.line_id
            """, [.integer(workspaceID)]
        ) { row in
            guard let currency = Currency(row.text(3)) else { return true }
            let slug = VendorName(row.text(2)).slug
            let kind = LicenceLine.Kind(rawValue: row.text(6)) ?? .fee
            let line = LicenceLine(
                contractID: row.integer(0), lineID: row.integer(1), product: row.text(5), kind: kind,
                appID: row.optionalText(7), seats: Int(row.integer(8)),
                price: kind == .seats ? row.integer(9) : row.integer(10),
                period: PricePeriod(rawValue: row.text(11)) ?? .year, currency: currency,
                starts: CalendarDay(rawValue: row.integer(12)),
                ends: row.optionalInteger(13).map { CalendarDay(rawValue: $0) })
            let key = "\(slug) \(currency.code)"
            var vendor = found[key] ?? ContractSpend(vendorID: slug, vendor: row.text(2), currency: currency)
            vendor.lines.append((line, Billing(rawValue: row.text(4)) ?? .yearly))
            found[key] = vendor
            return true
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The Okta ids of the apps that are bought.
    var apps: [String] { Set(lines.compactMap(\.line.appID)).sorted() }

    /// The contract's share of a month: each line spread evenly over the days of its term.
    func amortised(month: Int64) -> Int64 {
        let first = CalendarDay(Timestamp(month: month))
        let last = first.adding(months: 1).adding(days: -1)
        return lines.reduce(0) { sum, one in
            // A line that begins within the month, or ends in it, is in force on one of the two days.
            let day = one.line.covers(first) ? first : one.line.covers(last) ? last : max(first, one.line.starts)
            return one.line.covers(day) ? sum + one.line.cost(ofMonth: month, on: day) : sum
        }
    }

    /// What falls due on the first days of billing periods within some days: the last one is left out.
    func billed(from first: CalendarDay, to end: CalendarDay) -> Int64 {
        lines.reduce(0) { sum, one in sum + Self.bills(one.line, one.billing, from: first, to: end) }
    }

    private static func bills(
        _ line: LicenceLine, _ billing: Billing, from first: CalendarDay, to end: CalendarDay
    ) -> Int64 {
        var sum: Int64 = 0
        var day = line.starts
        // Term by term; a line without an end goes on year by year.
        while day < end, let term = line.term(on: day), let total = line.total(on: day) {
            let periods = line.kind == .once ? [term] : self.periods(of: term, billing)
            let parts = Amortisation.spread(total, over: periods.map(\.days))
            for (period, part) in zip(periods, parts) where period.starts >= first && period.starts < end {
                // A fee that is paid once is due in the first term alone.
                if line.kind != .once || period.starts == line.starts { sum += part }
            }
            guard term.ends > day else { break }
            day = term.ends
        }
        return sum
    }

    /// The stretches that invoices are for.
    static func periods(of term: Term, _ billing: Billing) -> [Term] {
        guard let step = billing.months else { return [term] }
        var periods: [Term] = []
        var count = 0
        while term.starts.adding(months: count * step) < term.ends {
            let begin = term.starts.adding(months: count * step)
            periods.append(Term(begin, min(term.starts.adding(months: (count + 1) * step), term.ends)))
            count += 1
        }
        return periods
    }

    /// The stretch that an invoice of a day is for: the one the day is in, or the next one that begins within 45 days.
    func period(of day: CalendarDay) -> Term? {
        for begin in [day, day.adding(days: 45)] {
            for one in lines where one.line.kind == .seats {
                guard let term = one.line.term(on: begin) else { continue }
                return Self.periods(of: term, one.billing).first { $0.contains(begin) }
            }
        }
        return nil
    }

    /// Whether any line is in force on a day.
    func covers(_ day: CalendarDay) -> Bool { lines.contains { $0.line.covers(day) } }
}

extension LicenceLine {
    /// What the price for the line's period comes to for another stretch of days: by whole months where it has them, by days
    /// else. Not rounded: it is divided by.
    func price(for stretch: Term) -> Double {
        let price = Double(price)
        if period == .term {
            return term(on: stretch.starts).map { price * Double(stretch.days) / Double($0.days) } ?? 0
        }
        let perMonth = period == .month ? price : price / 12
        for months in 1...60 {
            let end = stretch.starts.adding(months: months)
            if end == stretch.ends { return perMonth * Double(months) }
            if end > stretch.ends { break }
        }
        return perMonth * 12 * Double(stretch.days) / 365
    }
}

/// What a vendor's contracts say of each month, in one currency.
public struct ContractMonths: Sendable, Equatable {
    /// The currency.
    public let currency: Currency
    /// Month by month: its share of the contracts, spread over the days of their terms, and what falls due in it.
    public let months: [(month: String, share: Int64, due: Int64)]

    /// Equal amounts of equal months.
    public static func == (left: ContractMonths, right: ContractMonths) -> Bool {
        left.currency == right.currency
            && left.months.map { "\($0)" } == right.months.map { "\($0)" }
    }
}

extension Store {
    /// What the contracts of a vendor say should be paid in the twelve months that end with a moment's month.
    public func contractMonths(of vendor: String, _ moment: Moment) async throws(Problem) -> [ContractMonths] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try ContractSpend.all(connection, workspaceID).filter { $0.vendorID == vendor }.map { contract in
                ContractMonths(
                    currency: contract.currency,
                    months: (moment.month - 11...moment.month).map { month in
                        let first = CalendarDay(Timestamp(month: month))
                        return (
                            Moment.monthName(month), contract.amortised(month: month),
                            contract.billed(from: first, to: first.adding(months: 1))
                        )
                    })
            }
        }
    }

    /// What changes with every decision and import: the number of the last note of the trail of who did what.
    public func lastDecision() async throws(Problem) -> Int64 {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try connection.first(
                "SELECT coalesce(max(a.position), 0) FROM audit_trail a WHERE a.workspace_id = $1",
                [.integer(workspaceID)], { $0.integer(0) }) ?? 0
        }
    }
}

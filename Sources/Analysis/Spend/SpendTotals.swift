import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// What was paid in one currency, by month and by what is known of it.
public struct SpendTotals: Sendable {
    /// The currency of all its amounts.
    public let currency: Currency
    /// The months, oldest first, without gaps.
    public var months: [Month]
    /// What is flagged as a possible duplicate; it is counted in all sums until somebody ignores it.
    public var flagged = Sum()
    /// What a person or a rule said not to count.
    public var ignored = Sum()

    /// An amount with the number of payments it is made of.
    public struct Sum: Sendable, Equatable {
        /// In the smallest unit.
        public var minor: Int64 = 0
        /// How many payments.
        public var payments = 0

        mutating func add(_ minor: Int64, _ payments: Int) {
            self.minor += minor
            self.payments += payments
        }

        static func + (left: Sum, right: Sum) -> Sum {
            Sum(minor: left.minor + right.minor, payments: left.payments + right.payments)
        }
    }

    /// One month.
    public struct Month: Sendable, Equatable {
        /// `2026-03`.
        public let name: String
        /// What belongs to a vendor.
        public var matched = Sum()
        /// What belongs to nobody yet.
        public var unmatched = Sum()
    }

    /// What belongs to a vendor.
    public var matched: Sum { months.reduce(Sum()) { $0 + $1.matched } }
    /// What belongs to nobody yet.
    public var unmatched: Sum { months.reduce(Sum()) { $0 + $1.unmatched } }
    /// All of it: matched and unmatched.
    public var all: Sum { matched + unmatched }
}

extension Store {
    /// What was paid, by currency: the one with the most payments first.
    ///
    /// - Parameter vendor: of one vendor alone.
    public func spendTotals(_ moment: Moment, vendor: String? = nil) async throws(Problem) -> [SpendTotals] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try SpendTotals.read(connection, workspaceID, moment, vendor: vendor)
        }
    }

    /// The vendors that were paid most within the last twelve months, by currency.
    public func topVendors(_ moment: Moment, most: Int) async throws(Problem) -> [VendorSpend] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try VendorSpend.top(connection, workspaceID, moment, most: most)
        }
    }
}

extension SpendTotals {
    static func read(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment, vendor: String?
    ) throws -> [SpendTotals] {
        var found: [String: SpendTotals] = [:]
        var months: [String: [String: Month]] = [:]
        let own = vendor == nil ? "" : " AND l.vendor_id = $2"
        try connection.each(
            """
            SELECT substr(l.booked, 1, 7), l.currency, l.state, CASE WHEN l.duplicate_of IS NULL THEN 0 ELSE 1 END,
                count(*), CAST(sum(l.amount) AS BIGINT)
            FROM spend_lines l WHERE l.workspace_id = $1\(own) AND l.state <> 'repeated'\(ListDefinition.until("l", moment))
            GROUP BY 1, 2, 3, 4
            """, [.integer(workspaceID)] + (vendor.map { [.text($0)] } ?? [])
        ) { row in
            let code = row.text(1)
            guard let currency = Currency(code) else { return true }
            let (count, sum) = (Int(row.integer(4)), row.integer(5))
            var totals = found[code] ?? SpendTotals(currency: currency, months: [])
            if row.text(2) == "ignored" {
                totals.ignored.add(sum, count)
            } else {
                if row.flag(3) { totals.flagged.add(sum, count) }
                var month = months[code]?[row.text(0)] ?? Month(name: row.text(0))
                if row.text(2) == "matched" { month.matched.add(sum, count) } else { month.unmatched.add(sum, count) }
                months[code, default: [:]][row.text(0)] = month
            }
            found[code] = totals
            return true
        }
        return found.values.map { totals in
            var totals = totals
            totals.months = filled(months[totals.currency.code] ?? [:])
            return totals
        }.sorted { ($1.all.payments, $0.currency) < ($0.all.payments, $1.currency) }
    }

    /// The months from the first to the last, those without a payment among them.
    private static func filled(_ months: [String: Month]) -> [Month] {
        guard let first = months.keys.min().flatMap(number), let last = months.keys.max().flatMap(number) else {
            return []
        }
        return (first...last).map { number in
            let name = Moment.monthName(number)
            return months[name] ?? Month(name: name)
        }
    }

    private static func number(_ name: String) -> Int64? { Timestamp(iso8601: "\(name)-01").map(Moment.month(of:)) }
}

/// What was paid to a vendor in one currency.
public struct VendorSpend: Sendable, Equatable {
    /// The vendor.
    public let vendorID: String
    /// Its name.
    public let name: String
    /// What it was paid.
    public let amount: Money
    /// In how many payments.
    public let payments: Int

    static func top(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment, most: Int
    ) throws -> [VendorSpend] {
        let year = Int64(moment.time.day) - 365
        let rows = try connection.query(
            """
            SELECT l.vendor_id, l.currency, CAST(sum(l.amount) AS BIGINT), count(*) FROM spend_lines l
            WHERE l.workspace_id = $1 AND l.vendor_id IS NOT NULL AND l.state = 'matched' AND l.booked_on > \(year)
                \(SpendQueries.until(moment))
            GROUP BY l.vendor_id, l.currency
            """, [.integer(workspaceID)]
        ) { ($0.text(0), $0.text(1), $0.integer(2), Int($0.integer(3))) }
        let name = try connection.prepare(
            "SELECT v.name FROM spend_vendors v WHERE v.workspace_id = $1 AND v.vendor_id = $2")
        var found: [VendorSpend] = []
        for (code, rows) in Dictionary(grouping: rows, by: \.1).sorted(by: { $0.key < $1.key }) {
            guard let currency = Currency(code) else { continue }
            for row in rows.sorted(by: { ($1.2, $0.0) < ($0.2, $1.0) }).prefix(most) {
                name.bind([.integer(workspaceID), .text(row.0)])
                let shown = try name.first { $0.text(0) } ?? row.0
                found.append(
                    VendorSpend(vendorID: row.0, name: shown, amount: Money(minor: row.2, currency), payments: row.3))
            }
        }
        return found
    }
}

import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// What one unit of a currency was worth in another on a day, as somebody told Muster. Never guessed.
public struct Rate: Sendable, Equatable {
    /// The day it is of.
    public var day: CalendarDay
    /// The currency it is for.
    public var from: Currency
    /// The currency it is in.
    public var to: Currency
    /// Billionths of `to` for one `from`.
    public var billionths: Int64

    /// `1.0843`: without zeroes at its end.
    public var text: String {
        let digits = String(billionths % 1_000_000_000)
        let padded = String(repeating: "0", count: 9 - digits.count) + digits
        let fraction = String(padded.reversed().drop { $0 == "0" }.reversed())
        return "\(billionths / 1_000_000_000)" + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    /// Reads `1.0843`: up to nine digits on each side of the point, and more than nothing.
    static func billionths(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.count <= 9, (parts.last?.count ?? 0) <= 9,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } && !$0.isEmpty })
        else { return nil }
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let billionths = Int64(whole + fraction + String(repeating: "0", count: 9 - fraction.count))
        return billionths.flatMap { $0 > 0 ? $0 : nil }
    }
}

/// The rates somebody imported, asked for by day.
public struct RateTable: Sendable {
    /// All of them, by currencies and day.
    public let rates: [Rate]

    /// A table.
    public init(_ rates: [Rate]) { self.rates = rates }

    /// The latest rate up to a day: as told, or the other way round; nil where there is none.
    public func rate(_ from: Currency, _ to: Currency, on day: CalendarDay) -> (rate: Rate, isInverse: Bool)? {
        func latest(_ from: Currency, _ to: Currency) -> Rate? {
            rates.filter { $0.from == from && $0.to == to && $0.day <= day }.max { $0.day < $1.day }
        }
        if let told = latest(from, to) { return (told, false) }
        return latest(to, from).map { ($0, true) }
    }

    /// An amount in another currency, rounded to its smallest unit, and the day of the rate; nil without a rate.
    public func convert(_ money: Money, to currency: Currency, on day: CalendarDay) -> (money: Money, day: CalendarDay)?
    {
        if money.currency == currency { return (money, day) }
        guard let (rate, isInverse) = rate(money.currency, currency, on: day) else { return nil }
        // From smallest unit to smallest unit: currencies have 0 to 3 digits behind the point.
        let scale = Self.power(currency.places), unit = Self.power(money.currency.places)
        let (up, down): (Int128, Int128) =
            isInverse
            ? (Int128(1_000_000_000) * scale, Int128(rate.billionths) * unit)
            : (Int128(rate.billionths) * scale, Int128(1_000_000_000) * unit)
        let (product, isTooLarge) = Int128(money.minor).multipliedReportingOverflow(by: up)
        guard !isTooLarge, down > 0 else { return nil }
        let rounded = (product.magnitude + (down / 2).magnitude) / down.magnitude
        guard let minor = Int64(exactly: rounded) else { return nil }
        return (Money(minor: product < 0 ? -minor : minor, currency), rate.day)
    }

    private static func power(_ places: Int) -> Int128 { [1, 10, 100, 1_000][min(3, max(0, places))] }
}

extension Store {
    /// Every rate that somebody imported.
    public func rates() async throws(Problem) -> RateTable {
        let workspaceID = workspaceID
        return RateTable(
            try await engine.read { connection in
                try connection.query(
                    """
                    SELECT x.day, x.from_code, x.to_code, x.billionths FROM rates x WHERE x.workspace_id = $1
                    ORDER BY x.from_code, x.to_code, x.day
                    """, [.integer(workspaceID)]
                ) { row in
                    Rate(
                        day: CalendarDay(rawValue: row.integer(0)), from: Currency(row.text(1)) ?? .unknown,
                        to: Currency(row.text(2)) ?? .unknown, billionths: row.integer(3))
                }
            })
    }

    /// Imports rates from CSV with the columns date, from, to, rate: all of them, or none where any line is at fault. A
    /// rate of the same day and currencies is replaced.
    ///
    /// - Returns: how many lines the file had.
    /// - Throws: `rates.import.faults`.
    public func importRates(_ csv: [UInt8], by actor: String, at now: Timestamp) async throws(Problem) -> Int {
        let rates = try Self.rates(csv)
        let workspaceID = workspaceID
        try await write { connection in
            try DecisionCounter.move(connection, workspaceID)
            for rate in rates {
                try connection.execute(
                    """
                    INSERT INTO rates (workspace_id, from_code, to_code, day, billionths, created_at, created_by)
                    VALUES ($1, $2, $3, $4, $5, $6, $7)
                    ON CONFLICT (workspace_id, from_code, to_code, day) DO UPDATE
                    SET billionths = excluded.billionths, created_at = excluded.created_at,
                        created_by = excluded.created_by
                    """,
                    [
                        .integer(workspaceID), .text(rate.from.code), .text(rate.to.code),
                        .integer(rate.day.rawValue), .integer(rate.billionths), .integer(now.rawValue), .text(actor),
                    ])
            }
            try AuditNote(actor: actor, action: "rates.import", detail: "\(rates.count) rates")
                .write(on: connection, workspaceID: workspaceID, at: now)
        }
        return rates.count
    }

    private static func rates(_ csv: [UInt8]) throws(Problem) -> [Rate] {
        var parser = CSVParser(CSVFormat.detect(Array(csv.prefix(65_536))))
        var records: [CSVRecord] = []
        parser.read(csv[...]) { if records.count <= 100_000 { records.append($0) } }
        parser.finish { if records.count <= 100_000 { records.append($0) } }
        let header = records.first?.fields.map { $0.lowercased() } ?? []
        var places: [Int] = []
        for name in ["date", "from", "to", "rate"] {
            guard let place = header.firstIndex(of: name) else {
                throw faults([ImportFault(line: 1, "The first line has to be: date,from,to,rate.")])
            }
            places.append(place)
        }
        if records.count > 100_000 {
            throw faults([ImportFault(line: 100_001, "The file has more than 100,000 rates.")])
        }
        var rates: [Rate] = []
        var found: [ImportFault] = []
        for record in records.dropFirst() {
            let row = record.row(columns: header.count)
            if let fault = row.fault {
                found.append(ImportFault(line: row.line, "The line \(fault.sentence)."))
                continue
            }
            let cells = places.map { place in row.fields[place].split(separator: " ").joined() }
            let date = CalendarDay(cells[0]), from = Currency(cells[1]), to = Currency(cells[2])
            if let date, let from, let to, from != to, let billionths = Rate.billionths(cells[3]) {
                rates.append(Rate(day: date, from: from, to: to, billionths: billionths))
            } else {
                found.append(
                    ImportFault(
                        line: row.line,
                        "“\(cells.joined(separator: ",").prefix(80))” is no rate. For example 2026-01-31,USD,EUR,0.9231."
                    ))
            }
        }
        if !found.isEmpty { throw faults(found) }
        return rates
    }

    private static func faults(_ faults: [ImportFault]) -> Problem {
        Problem(
            id: "rates.import.faults", kind: .badInput, title: "The file of rates has lines that are not right",
            explanation: faults.prefix(20).map(\.sentence).joined(separator: " "),
            remedy: "Correct the lines that are named, and import the file again. Nothing of it was imported.")
    }
}

import DatabaseEngine
import Directory
import Storage

/// An invoice held against its contract: how many seats it was for.
///
/// implied seats = (invoice − fixed fees) ÷ unit price for the period it is for.
package struct InvoiceSeats: Sendable, Equatable {
    /// The seats in hundredths.
    package let hundredths: Int64
    /// What a seat was charged with, had the invoice been for the seats bought.
    package let paidPerSeat: Double
    /// What a seat costs by the contract, for the same period.
    package let unitPrice: Double
    /// The seats bought on the first day of the period.
    package let bought: Int

    /// `107` or `107.25`
    package var text: String {
        let rest = hundredths.magnitude % 100
        guard rest > 0 else { return String(hundredths / 100) }
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Whether it is a whole number of seats, to within a fiftieth of one.
    package var isWhole: Bool {
        let rest = hundredths.magnitude % 100
        return rest <= 2 || rest >= 98
    }

    /// Whole seats.
    package var rounded: Int { Int((Double(hundredths) / 100).rounded()) }

    /// How far the price of a seat is from the contract's, in tenths of a percent.
    package var drift: Int {
        guard unitPrice > 0 else { return 0 }
        // A price of nearly nothing makes a share that no number of whole permille holds.
        return Int(min(max(((paidPerSeat / unitPrice - 1) * 1000).rounded(), -1e9), 1e9))
    }

    /// Works it out; nil where the lines say no price.
    package static func implied(_ invoice: Int64, _ lines: [LicenceLine], for period: Term) -> InvoiceSeats? {
        let force = lines.filter { $0.covers(period.starts) }
        let seats = force.filter { $0.kind == .seats && $0.price > 0 }
        guard !seats.isEmpty else { return nil }
        let fees = force.reduce(0.0) { sum, line in
            switch line.kind {
            case .seats: sum
            case .fee: sum + line.price(for: period)
            case .once: line.starts == period.starts ? sum + Double(line.price) : sum
            }
        }
        // Of several products at several prices, the mean by seats bought.
        let bought = seats.reduce(0) { $0 + $1.seats }
        let whole = seats.reduce(0.0) { $0 + $1.price(for: period) * Double(bought > 0 ? $1.seats : 1) }
        let unit = whole / Double(bought > 0 ? bought : seats.count)
        guard unit > 0 else { return nil }
        let net = Double(invoice) - fees
        let hundredths = (net / unit * 100).rounded()
        // More seats than there are people on earth: the price is none of these seats'.
        guard hundredths.magnitude < 1e12 else { return nil }
        return InvoiceSeats(
            hundredths: Int64(hundredths), paidPerSeat: bought > 0 ? net / Double(bought) : unit,
            unitPrice: unit, bought: bought)
    }
}

/// How many people had an app on some days, and how many used it within some stretches: one pass over each table an app.
struct AppHistory {
    let connection: Connection
    let workspaceID: Int64
    /// Before it nobody can tell who had what.
    let knownSince: Int64?
    let moment: Moment

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        self.connection = connection
        self.workspaceID = workspaceID
        self.moment = moment
        let since = try connection.first(
            "SELECT min(coalesce(i.log_since, i.created_at)) FROM integrations i WHERE i.workspace_id = $1",
            [.integer(workspaceID)], { $0.optionalInteger(0) })
        knownSince = since ?? nil
    }

    func key(of app: String) throws -> Int64? { try Objects.key(connection, workspaceID, oktaID: app) }

    /// People on each day, at its end or, of today, now; nil where nobody can tell.
    func assigned(_ key: Int64, on days: [Int64]) throws -> [Int64: Int] {
        let open = try connection.first(
            """
            SELECT p.implicit_assignment FROM apps p WHERE p.workspace_id = $1 AND p.app_key = $2 AND p.valid_to IS NULL
            """, [.integer(workspaceID), .integer(key)], { $0.flag(0) })
        guard open != true else { return [:] }
        let times = Set(days).sorted().map { day in
            (day, min(Timestamp(day: Int32(day + 1)).rawValue - 1, moment.time.rawValue))
        }.filter { day, time in
            Timestamp(day: Int32(day)) <= moment.time && knownSince.map { time >= $0 } ?? false
        }
        guard !times.isEmpty else { return [:] }
        var counts = [Int](repeating: 0, count: times.count)
        try connection.each(
            "SELECT a.valid_from, a.valid_to FROM assignments a WHERE a.workspace_id = $1 AND a.app_key = $2",
            [.integer(workspaceID), .integer(key)]
        ) { row in
            let (from, to) = (row.integer(0), row.optionalInteger(1) ?? .max)
            for (position, time) in times.enumerated() where from <= time.1 && to > time.1 { counts[position] += 1 }
            return true
        }
        return Dictionary(uniqueKeysWithValues: zip(times.map(\.0), counts))
    }

    /// People who signed in within each stretch; nil where the log does not tell of all of it.
    func active(_ key: Int64, within stretches: [Term]) throws -> [Term: Int] {
        guard moment.usageKnown, let since = moment.usageSince.map({ Int64($0.day) }) else { return [:] }
        let known = Set(stretches).filter { $0.starts.rawValue >= since && $0.starts.start <= moment.time }.sorted {
            $0.starts < $1.starts
        }
        guard let first = known.first else { return [:] }
        var counts = [Int](repeating: 0, count: known.count)
        var seen = [Bool](repeating: false, count: known.count)
        var user: Int64 = -1
        try connection.each(
            """
            SELECT d.user_key, d.day FROM usage_daily d WHERE d.workspace_id = $1 AND d.app_key = $2 AND d.day >= $3
                AND \(moment.counts("d")) ORDER BY d.user_key, d.day
            """, [.integer(workspaceID), .integer(key), .integer(first.starts.rawValue)]
        ) { row in
            if row.integer(0) != user {
                user = row.integer(0)
                seen = [Bool](repeating: false, count: known.count)
            }
            let day = CalendarDay(rawValue: row.integer(1))
            for (position, stretch) in known.enumerated() where !seen[position] && stretch.contains(day) {
                seen[position] = true
                counts[position] += 1
            }
            return true
        }
        return Dictionary(uniqueKeysWithValues: zip(known, counts))
    }
}

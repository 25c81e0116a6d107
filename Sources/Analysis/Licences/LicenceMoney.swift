public import Directory

/// What a licence costs and what could be saved on it, in one currency.
///
/// The three sums answer three questions and overlap: they are never added.
public struct LicenceMoney: Sendable, Equatable {
    /// The currency of all of it.
    public var currency: Currency
    /// What the month of the day costs.
    public var month: Int64
    /// The month twelve times.
    public var year: Int64 { month * 12 }
    /// What a seat costs for a year, on average of the lines; nil without seats.
    public var seatYear: Int64?
    /// (i) Cash now: what giving seats back at once would save to the end of the term, where the contract allows it.
    public var cashNow: Int64?
    /// (ii) Avoided true-up: min(Rec, O) seats that need not be bought.
    public var avoidedTrueUp: Int64?
    /// (iii) Renewal saving: max(0, P − T) seats that need not be renewed, for a term at today's price.
    public var renewalSaving: Int64?
    /// What the true-up clause would charge as things stand: its measure of overage at its price.
    public var trueUpExposure: Int64?
    /// The month's cost for each seat that is used.
    public var perActive: Int64?
    /// The month's cost for each seat that is assigned.
    public var perAssigned: Int64?
}

extension Licence {
    /// The currencies of its lines.
    public var currencies: [Currency] { Set(lines.map(\.currency)).sorted() }

    /// Costs and savings; nil without lines, or where they are in several currencies, which are never added.
    public var money: LicenceMoney? {
        guard let currency = currencies.first, currencies.count == 1 else { return nil }
        let month = lines.reduce(0) { $0 + $1.cost(ofMonth: day.month, on: day) }
        let seats = lines.filter { $0.kind == .seats && $0.seats > 0 }
        return LicenceMoney(
            currency: currency, month: month,
            seatYear: Self.mean(seats) { $0.unitPriceOfYear(on: day) },
            cashNow: cashNow, avoidedTrueUp: avoidedTrueUp, renewalSaving: renewalSaving,
            trueUpExposure: trueUpExposure,
            perActive: active.flatMap { $0 > 0 ? Amortisation.part(month, 1, of: Int64($0)) : nil },
            perAssigned: assigned.flatMap { $0 > 0 ? Amortisation.part(month, 1, of: Int64($0)) : nil })
    }

    /// The mean price of a seat, each line by its seats.
    private static func mean(_ lines: [LicenceLine], _ price: (LicenceLine) -> Int64) -> Int64? {
        let seats = lines.reduce(0) { $0 + $1.seats }
        guard seats > 0 else { return nil }
        return Amortisation.part(lines.reduce(0) { $0 + price($1) * Int64($1.seats) }, 1, of: Int64(seats))
    }

    /// (i) Seats that nobody would miss, P − max(A − Rec, minimum), of lines that can be reduced, at what they cost to the
    /// end of their term. 0 where no line can be reduced.
    public var cashNow: Int64? {
        guard let purchased, let assigned, let reclaimable else { return nil }
        let spare = max(0, purchased - max(assigned - reclaimable, minimum))
        return most(spare, of: lines.filter(\.isReducible)) { $0.unitPriceToEnd($0.price, from: day) }
    }

    /// (ii) min(Rec, O) · the price of one seat more, to the end of the term.
    public var avoidedTrueUp: Int64? {
        guard let reclaimable, let overage else { return nil }
        return trueUpPrice.map { Int64(min(reclaimable, overage)) * $0 }
    }

    /// (iii) max(0, P − T) · the price of a seat for the next term.
    public var renewalSaving: Int64? {
        guard let purchased, let rightSize else { return nil }
        return most(max(0, purchased - rightSize), of: lines) { $0.unitPriceOfTerm(on: day) }
    }

    /// The overage that the clause counts: at the date, at the peak, or of the mean; nil without a clause, or where the
    /// period's days are not known. In hundredths of a seat.
    public var countedOverage: Int? {
        guard let clause = lines.lazy.compactMap(\.trueUp).first, let allowed, let assigned else { return nil }
        switch clause.measure {
        case .atDate: return max(0, assigned - allowed) * 100
        case .peak: return period.map { max(0, $0.peak - allowed) * 100 }
        case .mean:
            return period.flatMap { period in
                guard period.days > 0 else { return nil }
                let over = max(0, period.personDays - Int64(allowed) * period.days)
                return Int(Amortisation.part(over * 100, 1, of: period.days))
            }
        }
    }

    /// The counted overage at the price of one seat more, to the end of the term.
    public var trueUpExposure: Int64? {
        guard let countedOverage, let trueUpPrice else { return nil }
        return Amortisation.part(trueUpPrice, Int64(countedOverage), of: 100)
    }

    /// One seat more to the end of the term: by the clause that says so, else by the contract.
    private var trueUpPrice: Int64? {
        let seats = lines.filter { $0.kind == .seats }
        return (seats.first { $0.trueUp != nil } ?? seats.first)?.trueUpPriceToEnd(from: day)
    }

    /// What a number of seats is worth, the dearest first: these are given back first.
    private func most(_ count: Int, of lines: [LicenceLine], _ price: (LicenceLine) -> Int64) -> Int64 {
        var left = count
        var sum: Int64 = 0
        for line in lines.filter({ $0.kind == .seats }).sorted(by: { price($0) > price($1) }) {
            let seats = min(left, max(0, line.seats - line.minimumSeats))
            sum += Int64(seats) * price(line)
            left -= seats
        }
        return sum
    }

    /// The first line to be renewed.
    public var renewsOn: CalendarDay? { lines.compactMap(\.ends).min() }
}

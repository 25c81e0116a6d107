public import Directory

/// Divides amounts of money so that the parts always add up to the whole.
public enum Amortisation {
    /// An amount divided by weights to the smallest unit: each part rounded down, and what is left over given to those
    /// with the largest remainders (the first of equal ones).
    public static func spread(_ total: Int64, over weights: [Int64]) -> [Int64] {
        guard !weights.isEmpty else { return [] }
        let sum = weights.reduce(Int128(0)) { $0 + Int128(max(0, $1)) }
        guard sum > 0 else { return spread(total, over: weights.map { _ in 1 }) }
        let amount = Int128(total.magnitude)
        var parts: [Int64] = []
        var remainders: [(position: Int, rest: Int128)] = []
        var left = amount
        for (position, weight) in weights.enumerated() {
            let (part, rest) = (amount * Int128(max(0, weight))).quotientAndRemainder(dividingBy: sum)
            parts.append(Int64(part))
            left -= part
            if rest > 0 { remainders.append((position, rest)) }
        }
        remainders.sort { $0.rest == $1.rest ? $0.position < $1.position : $0.rest > $1.rest }
        for remainder in remainders.prefix(Int(left)) { parts[remainder.position] += 1 }
        return total < 0 ? parts.map { -$0 } : parts
    }

    /// A part of an amount, rounded to the nearest smallest unit, a half away from zero.
    public static func part(_ amount: Int64, _ numerator: Int64, of denominator: Int64) -> Int64 {
        guard denominator > 0 else { return 0 }
        let product = Int128(amount) * Int128(numerator)
        let half = Int128(denominator) / 2
        return Int64((product.magnitude + half.magnitude) / Int128(denominator).magnitude)
            * (product < 0 ? -1 : 1)
    }

    /// The days of a term by calendar month, in order.
    public static func months(of term: Term) -> [(month: Int64, days: Int64)] {
        var months: [(month: Int64, days: Int64)] = []
        var day = term.starts
        while day < term.ends {
            let next = min(day.firstOfMonth.adding(months: 1), term.ends)
            months.append((day.month, next - day))
            day = next
        }
        return months
    }
}

extension LicenceLine {
    /// How often a price for a period falls due within a term: whole periods, and days of the one that follows.
    ///
    /// A year's price for 18 months is due once, and for 184 of the 365 days of the next year.
    private func due(_ price: Int64, in term: Term) -> Int64 {
        let step: Int
        switch period {
        case .term: return price
        case .month: step = 1
        case .year: step = 12
        }
        var whole = 0
        while term.starts.adding(months: (whole + 1) * step) <= term.ends { whole += 1 }
        let begin = term.starts.adding(months: whole * step)
        let length = term.starts.adding(months: (whole + 1) * step) - begin
        return price * Int64(whole) + Amortisation.part(price, term.ends - begin, of: length)
    }

    /// What the line costs for the whole of the term that a day is in; nil when it is not in force then.
    public func total(on day: CalendarDay) -> Int64? {
        guard let term = term(on: day) else { return nil }
        switch kind {
        case .seats: return due(price * Int64(seats), in: term)
        case .fee: return due(price, in: term)
        // Of a contract without an end each year is a term of its own: what is paid once belongs to the first.
        case .once: return term.starts == starts ? price : 0
        }
    }

    /// What the line costs for a calendar month: its total spread evenly over the days of its term.
    public func cost(ofMonth month: Int64, on day: CalendarDay) -> Int64 {
        guard let term = term(on: day), let total = total(on: day) else { return 0 }
        let months = Amortisation.months(of: term)
        let parts = Amortisation.spread(total, over: months.map(\.days))
        return zip(months, parts).reduce(0) { $1.0.month == month ? $0 + $1.1 : $0 }
    }

    /// What one seat costs for a year.
    public func unitPriceOfYear(on day: CalendarDay) -> Int64 { unitPrice(price, ofYear: day) }

    /// What one seat at a price for the line's period costs for a year.
    private func unitPrice(_ price: Int64, ofYear day: CalendarDay) -> Int64 {
        switch period {
        case .month: return price * 12
        case .year: return price
        case .term: return term(on: day).map { Amortisation.part(price, 365, of: $0.days) } ?? 0
        }
    }

    /// What one seat costs from a day to the end of the term.
    public func unitPriceToEnd(_ price: Int64, from day: CalendarDay) -> Int64 {
        guard let term = term(on: day) else { return 0 }
        return Amortisation.part(due(price, in: term), term.ends - day, of: term.days)
    }

    /// What one seat costs for the whole of the term that a day is in.
    public func unitPriceOfTerm(on day: CalendarDay) -> Int64 {
        term(on: day).map { due(price, in: $0) } ?? 0
    }

    /// What one seat more costs from a day to the end of the term: by the clause, else by the contract.
    public func trueUpPriceToEnd(from day: CalendarDay) -> Int64 {
        unitPriceToEnd(trueUp?.price ?? price, from: day)
    }
}

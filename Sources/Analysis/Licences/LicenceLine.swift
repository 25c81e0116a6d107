public import Directory

/// Which of an app's people a licence is for.
public enum SeatSelector: Sendable, Hashable {
    /// Everybody who has the app.
    case all
    /// Everybody who has the app and is in none of the app's other licences.
    case rest
    /// Who is in an Okta group, by its id.
    case group(String)
    /// Whose profile in Okta has this value: `department` is `Sales`.
    case attribute(String, String)

    /// The attributes of people that a licence can be told by.
    public static let attributes = [
        "department", "division", "cost_center", "organization", "title", "user_type",
    ]
}

/// What a price is for.
public enum PricePeriod: String, Sendable, CaseIterable {
    case month, year
    /// The whole term of the line.
    case term
}

/// What happens by contract when more seats are assigned than bought.
public struct TrueUpClause: Sendable, Hashable {
    /// What is counted.
    public enum Measure: String, Sendable, CaseIterable {
        /// Who has a seat on the day.
        case atDate = "at-date"
        /// The most who had one at once within the period.
        case peak
        /// The mean of the days of the period.
        case mean
    }

    /// How often it is counted.
    public enum Frequency: String, Sendable, CaseIterable {
        case month, quarter, year, term
    }

    /// What is counted.
    public var measure: Measure
    /// How often.
    public var every: Frequency
    /// How many seats more than bought are free, in percent.
    public var gracePercent: Int
    /// What one more seat costs for the line's price period, in the smallest unit; nil: the contract's own price.
    public var price: Int64?

    /// A clause; see the properties.
    public init(measure: Measure, every: Frequency = .term, gracePercent: Int = 0, price: Int64? = nil) {
        self.measure = measure
        self.every = every
        self.gracePercent = gracePercent
        self.price = price
    }

    /// The first day of the period that a day is in: periods are counted from the first day of the term.
    public func begin(of day: CalendarDay, in term: Term) -> CalendarDay {
        let step: Int64
        switch every {
        case .month: step = 1
        case .quarter: step = 3
        case .year: step = 12
        case .term: return term.starts
        }
        var periods = max(0, (day.month - term.starts.month) / step)
        if periods > 0, term.starts.adding(months: Int(periods * step)) > day { periods -= 1 }
        return term.starts.adding(months: Int(periods * step))
    }
}

/// A stretch of days: the first one, and the first one after it.
public struct Term: Sendable, Hashable {
    /// Its first day.
    public var starts: CalendarDay
    /// The first day that is no longer in it: when it renews or ends.
    public var ends: CalendarDay

    /// A stretch of days.
    public init(_ starts: CalendarDay, _ ends: CalendarDay) {
        self.starts = starts
        self.ends = ends
    }

    /// How many days it has.
    public var days: Int64 { max(0, ends - starts) }

    /// Whether a day is in it.
    public func contains(_ day: CalendarDay) -> Bool { starts <= day && day < ends }
}

/// A line of a contract as licences are worked out from it.
public struct LicenceLine: Sendable, Hashable {
    /// What a line is for.
    public enum Kind: String, Sendable, CaseIterable {
        /// Seats at a price each.
        case seats
        /// A fee, or with a minus a discount, that comes again each period or term.
        case fee
        /// A fee that is paid once: never part of the price of a seat.
        case once
    }

    /// The contract it stands in.
    public var contractID: Int64
    /// Its number in the contract.
    public var lineID: Int64
    /// What is bought: `Enterprise`.
    public var product: String
    /// What it is for.
    public var kind: Kind
    /// The Okta id of the app; nil: of none.
    public var appID: String?
    /// Which of the app's people it is for.
    public var selector: SeatSelector
    /// How many seats.
    public var seats: Int
    /// What a seat costs, or the fee, in the smallest unit of the currency.
    public var price: Int64
    /// What the price is for.
    public var period: PricePeriod
    /// The currency.
    public var currency: Currency
    /// Its first day.
    public var starts: CalendarDay
    /// When it renews or ends: the first day no longer in it; nil: it goes on year by year.
    public var ends: CalendarDay?
    /// Never fewer seats than this.
    public var minimumSeats: Int
    /// Whether seats can be given back before the term ends.
    public var isReducible: Bool
    /// What happens when more seats are assigned.
    public var trueUp: TrueUpClause?

    /// A line; see the properties.
    public init(
        contractID: Int64 = 0, lineID: Int64 = 0, product: String, kind: Kind = .seats, appID: String? = nil,
        selector: SeatSelector = .all, seats: Int = 0, price: Int64 = 0, period: PricePeriod = .year,
        currency: Currency, starts: CalendarDay, ends: CalendarDay?, minimumSeats: Int = 0, isReducible: Bool = false,
        trueUp: TrueUpClause? = nil
    ) {
        self.contractID = contractID
        self.lineID = lineID
        self.product = product
        self.kind = kind
        self.appID = appID
        self.selector = selector
        self.seats = seats
        self.price = price
        self.period = period
        self.currency = currency
        self.starts = starts
        self.ends = ends
        self.minimumSeats = minimumSeats
        self.isReducible = isReducible
        self.trueUp = trueUp
    }

    /// Whether it is in force on a day: `start ≤ day < end`.
    public func covers(_ day: CalendarDay) -> Bool { starts <= day && ends.map { day < $0 } ?? true }

    /// The term that a day is in; of a line without an end, the year of it.
    public func term(on day: CalendarDay) -> Term? {
        guard covers(day) else { return nil }
        if let ends { return Term(starts, ends) }
        var years = Int((day.month - starts.month) / 12)
        if starts.adding(months: years * 12) > day { years -= 1 }
        return Term(starts.adding(months: years * 12), starts.adding(months: years * 12 + 12))
    }
}

public import Analysis
public import Directory

/// What the company agreed to pay a vendor, with its lines.
public struct Contract: Sendable, Equatable {
    /// How often the vendor sends an invoice.
    public enum Billing: String, Sendable, CaseIterable {
        case monthly, quarterly, yearly
        /// The whole term at once.
        case upfront
    }

    /// Its number in Muster; 0 until it is kept.
    public var id: Int64 = 0
    /// Who is paid.
    public var vendor: String
    /// What people call it.
    public var title: String
    /// The number on paper.
    public var number: String?
    /// Its first day.
    public var startsOn: CalendarDay
    /// When it renews or ends: the first day no longer covered; nil: it has no end.
    public var endsOn: CalendarDay?
    /// How many days before that notice has to be given; nil: nobody knows, and 30 are assumed.
    public var noticeDays: Int?
    /// Whether it renews by itself unless notice is given.
    public var renews: Bool
    /// Where it stands.
    public var status: ContractStatus
    /// The currency of all its amounts.
    public var currency: Currency
    /// How often it is billed.
    public var billing: Billing
    /// Who decides about it.
    public var owner: String?
    /// Anything else.
    public var note: String?
    /// What is bought.
    public var lines: [ContractLine]
    /// Who changed it last, and when; nil until it is kept.
    public var changed: (by: String, at: Timestamp)?

    /// A contract; see the properties.
    public init(
        vendor: String, title: String, number: String? = nil, startsOn: CalendarDay, endsOn: CalendarDay?,
        noticeDays: Int? = nil, renews: Bool = true, status: ContractStatus = .active, currency: Currency,
        billing: Billing = .yearly, owner: String? = nil, note: String? = nil, lines: [ContractLine] = []
    ) {
        self.vendor = vendor
        self.title = title
        self.number = number
        self.startsOn = startsOn
        self.endsOn = endsOn
        self.noticeDays = noticeDays
        self.renews = renews
        self.status = status
        self.currency = currency
        self.billing = billing
        self.owner = owner
        self.note = note
        self.lines = lines
    }

    /// Equal in everything that people enter: numbers of ours and who changed it last are left out.
    public static func == (left: Contract, right: Contract) -> Bool {
        left.vendor == right.vendor && left.title == right.title && left.number == right.number
            && left.startsOn == right.startsOn && left.endsOn == right.endsOn && left.noticeDays == right.noticeDays
            && left.renews == right.renews && left.status == right.status && left.currency == right.currency
            && left.billing == right.billing && left.owner == right.owner && left.note == right.note
            && left.lines == right.lines
    }

    /// What an import knows it by: its number on paper, else vendor, title and first day.
    public var identity: String {
        if let number, !number.isEmpty { return "\(vendor.lowercased())\n#\(number.lowercased())" }
        return "\(vendor.lowercased())\n\(title.lowercased())\n\(startsOn.text)"
    }
}

/// One line of a contract.
public struct ContractLine: Sendable, Equatable {
    /// Its number in the contract; 0 until it is kept.
    public var id: Int64 = 0
    /// What is bought: `Enterprise`.
    public var product: String
    /// Seats, a fee that comes again, or one that is paid once.
    public var kind: LicenceLine.Kind
    /// The Okta id of the app it is for.
    public var appID: String?
    /// Which of the app's people it is for.
    public var selector: SeatSelector
    /// How many seats; nil for fees.
    public var seats: Int?
    /// What a seat costs for the period, in the smallest unit; nil for fees.
    public var unitPrice: Int64?
    /// The fee for the period, in the smallest unit, a discount with a minus; nil for seats.
    public var amount: Int64?
    /// What the price or the fee is for.
    public var period: PricePeriod
    /// Its first day, where that is not the contract's.
    public var startsOn: CalendarDay?
    /// The first day no longer covered, where that is not the contract's.
    public var endsOn: CalendarDay?
    /// Never fewer seats than this.
    public var minimumSeats: Int?
    /// Whether seats can be given back before the term ends.
    public var isReducible: Bool
    /// What happens when more seats are assigned.
    public var trueUp: TrueUpClause?

    /// A line; see the properties.
    public init(
        product: String, kind: LicenceLine.Kind = .seats, appID: String? = nil, selector: SeatSelector = .all,
        seats: Int? = nil, unitPrice: Int64? = nil, amount: Int64? = nil, period: PricePeriod = .year,
        startsOn: CalendarDay? = nil, endsOn: CalendarDay? = nil, minimumSeats: Int? = nil, isReducible: Bool = false,
        trueUp: TrueUpClause? = nil
    ) {
        self.product = product
        self.kind = kind
        self.appID = appID
        self.selector = selector
        self.seats = seats
        self.unitPrice = unitPrice
        self.amount = amount
        self.period = period
        self.startsOn = startsOn
        self.endsOn = endsOn
        self.minimumSeats = minimumSeats
        self.isReducible = isReducible
        self.trueUp = trueUp
    }

    /// Equal in everything that people enter.
    public static func == (left: ContractLine, right: ContractLine) -> Bool {
        left.product == right.product && left.kind == right.kind && left.appID == right.appID
            && left.selector == right.selector && left.seats == right.seats && left.unitPrice == right.unitPrice
            && left.amount == right.amount && left.period == right.period && left.startsOn == right.startsOn
            && left.endsOn == right.endsOn && left.minimumSeats == right.minimumSeats
            && left.isReducible == right.isReducible && left.trueUp == right.trueUp
    }
}

extension Contract {
    /// Its lines as licences are worked out from them.
    public var licenceLines: [LicenceLine] {
        lines.map { line in
            LicenceLine(
                contractID: id, lineID: line.id, product: line.product, kind: line.kind, appID: line.appID,
                selector: line.selector, seats: line.seats ?? 0, price: line.unitPrice ?? line.amount ?? 0,
                period: line.period, currency: currency, starts: line.startsOn ?? startsOn,
                ends: line.endsOn ?? endsOn, minimumSeats: line.minimumSeats ?? 0, isReducible: line.isReducible,
                trueUp: line.trueUp)
        }
    }

    /// What it costs for the whole of the term that a day is in, one-off fees included.
    public func total(on day: CalendarDay) -> Money {
        Money(minor: licenceLines.reduce(0) { $0 + ($1.total(on: day) ?? 0) }, currency)
    }

    /// What the month of a day costs: each line's term spread evenly over its days.
    public func cost(ofMonth month: Int64, on day: CalendarDay) -> Money {
        Money(minor: licenceLines.reduce(0) { $0 + $1.cost(ofMonth: month, on: day) }, currency)
    }
}

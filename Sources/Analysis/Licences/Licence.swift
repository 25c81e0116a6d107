public import Directory

/// One product of one app at a date: what is bought of it, who has it, and who uses it.
public struct Licence: Sendable {
    /// The app's key in the store; nil for a product whose app Okta does not have.
    public var appKey: Int64?
    /// The app's Okta id.
    public var appID: String
    /// The app's name.
    public var appLabel: String
    /// The product as the contract names it; empty for seats of an app that no contract is for.
    public var product: String
    /// The day it is told of.
    public var day: CalendarDay
    /// The lines in force on the day. Without one, nothing is known to be bought.
    public var lines: [LicenceLine]
    /// By which rules its seats are judged.
    public var policy: SeatPolicy
    /// What single sign-on can say about the app.
    public var evidence: SeatEvidence
    /// The window that applied.
    public var windowDays: Int
    /// Everybody may use the app, and nobody is assigned.
    public var isOpenToAll: Bool
    /// The seats by bucket; nil where nobody could read who has the app.
    public var buckets: SeatBuckets?
    /// The most people who used it within one of the last twelve whole months; nil where that is not known.
    public var peakActive: Int?
    /// Who was assigned over the period that the true-up clause counts.
    public var period: AssignedPeriod?

    /// How many people were assigned, day by day, within a period.
    public struct AssignedPeriod: Sendable, Equatable {
        /// Its first day.
        public var begins: CalendarDay
        /// How many days of it have passed, the day asked about included.
        public var days: Int64
        /// The most people on one day.
        public var peak: Int
        /// People added up over all days.
        public var personDays: Int64

        /// A period; see the properties.
        public init(begins: CalendarDay, days: Int64, peak: Int, personDays: Int64) {
            self.begins = begins
            self.days = days
            self.peak = peak
            self.personDays = personDays
        }
    }

    /// A licence; see the properties.
    public init(
        appKey: Int64?, appID: String, appLabel: String, product: String, day: CalendarDay, lines: [LicenceLine] = [],
        policy: SeatPolicy = SeatPolicy(), evidence: SeatEvidence, windowDays: Int = SeatPolicy.usualWindow,
        isOpenToAll: Bool = false, buckets: SeatBuckets?, peakActive: Int? = nil, period: AssignedPeriod? = nil
    ) {
        self.appKey = appKey
        self.appID = appID
        self.appLabel = appLabel
        self.product = product
        self.day = day
        self.lines = lines
        self.policy = policy
        self.evidence = evidence
        self.windowDays = windowDays
        self.isOpenToAll = isOpenToAll
        self.buckets = buckets
        self.peakActive = peakActive
        self.period = period
    }

    /// What tells it from all others: the app's id and the product.
    public var id: String { product.isEmpty ? appID : "\(appID):\(product)" }
}

// The counts, each by its formula.
extension Licence {
    private var seatLines: [LicenceLine] { lines.filter { $0.kind == .seats } }

    /// P: the seats of all lines in force on the day; nil without one.
    public var purchased: Int? { seatLines.isEmpty ? nil : seatLines.reduce(0) { $0 + $1.seats } }

    /// A: people with at least one path to it.
    public var assigned: Int? { buckets?.all }

    /// S = max(0, P − A): bought and given to nobody.
    public var shelf: Int? { both { max(0, $0 - $1) } }

    /// How many seats may be assigned before a true-up counts: P·(1 + g), whole seats.
    public var allowed: Int? {
        seatLines.isEmpty
            ? nil : seatLines.reduce(0) { $0 + $1.seats * (100 + ($1.trueUp?.gracePercent ?? 0)) } / 100
    }

    /// O = max(0, A − P·(1 + g)): assigned beyond what is bought.
    public var overage: Int? {
        guard let allowed, let assigned else { return nil }
        return max(0, assigned - allowed)
    }

    /// Rec: leavers, suspended, never used and inactive.
    public var reclaimable: Int? { buckets?.reclaimable }

    /// Act: underused, overlapping and active; nil where use cannot be told.
    public var active: Int? { evidence.isObservable ? buckets?.active : nil }

    /// A/P: how much of what is bought is given out; nil without a denominator.
    public var allocation: Ratio? { both { Ratio($1, of: $0) } ?? nil }

    /// Act/(A − protected − new − no data): how many of the seats that can be judged are used.
    public var seatUtilisation: Ratio? {
        guard let buckets, let active else { return nil }
        return Ratio(active, of: buckets.all - buckets.setAside)
    }

    /// Act/P: how much of what is bought is used.
    public var effectiveUtilisation: Ratio? {
        guard let purchased, let active else { return nil }
        return Ratio(active, of: purchased)
    }

    /// Never fewer seats than this, by contract.
    public var minimum: Int { seatLines.reduce(0) { $0 + $1.minimumSeats } }

    /// T = max(minimum, roundup(max(Act, peak·q)·(1 + b) + known hires)).
    public var rightSize: Int? {
        active.map { Self.rightSize(active: $0, peak: peakActive ?? 0, policy, minimum: minimum) }
    }

    /// The right size with the seats that nothing is concluded of (protected, new, no data) kept besides.
    public var cautiousSize: Int? {
        guard let buckets, let active else { return nil }
        return Self.rightSize(
            active: active + buckets.setAside, peak: peakActive ?? 0, policy, minimum: minimum)
    }

    /// T for these counts.
    public static func rightSize(active: Int, peak: Int, _ policy: SeatPolicy, minimum: Int) -> Int {
        // In ten-thousandths of a seat, so that nothing is rounded but the end.
        let needed = max(active * 100, peak * policy.peakPercent) * (100 + policy.bufferPercent)
        let seats = (needed + 9_999) / 10_000 + policy.knownHires
        let step = max(1, policy.roundTo)
        return max(minimum, (seats + step - 1) / step * step)
    }

    private func both<Result>(_ body: (Int, Int) -> Result) -> Result? {
        guard let purchased, let assigned else { return nil }
        return body(purchased, assigned)
    }
}

/// A part of a whole, with both kept: the denominator is always shown.
public struct Ratio: Sendable, Equatable {
    /// The part.
    public let part: Int
    /// The whole; never 0.
    public let whole: Int

    /// A part of a whole; nil of nothing.
    public init?(_ part: Int, of whole: Int) {
        guard whole > 0 else { return nil }
        self.part = part
        self.whole = whole
    }

    /// In percent, rounded.
    public var percent: Int { (part * 200 + whole) / (whole * 2) }
}

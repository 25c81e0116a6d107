public import Directory
public import Storage

/// What is known of one seat: its owner, since when it is assigned, and when it was used.
public struct SeatFacts: Sendable, Equatable {
    /// How its owner stands.
    public enum Owner: Sendable, Equatable {
        /// Works here.
        case here
        /// Deactivated, gone from Okta, or past the end that HR told.
        case left
        /// Suspended.
        case suspended
        /// Has an account that is not usable yet, since a moment where that is known.
        case waiting(since: Int64?)
    }

    /// How its owner stands.
    public var owner: Owner
    /// When its owner's account was made, in microseconds; nil where nobody knows.
    public var ownerSince: Int64?
    /// When it was assigned, in microseconds; nil where nobody knows.
    public var assignedAt: Int64?
    /// Whether a person decided to keep it.
    public var isProtected: Bool
    /// The last sign-in, in microseconds; nil: none is known.
    public var lastUse: Int64?
    /// The whole months, newest first from bit 0, in which it was used.
    public var months: UInt32
    /// Whether its owner uses another app of the same category.
    public var isUsedElsewhere: Bool

    /// A seat; see the properties.
    public init(
        owner: Owner = .here, ownerSince: Int64? = nil, assignedAt: Int64? = nil, isProtected: Bool = false,
        lastUse: Int64? = nil, months: UInt32 = 0, isUsedElsewhere: Bool = false
    ) {
        self.owner = owner
        self.ownerSince = ownerSince
        self.assignedAt = assignedAt
        self.isProtected = isProtected
        self.lastUse = lastUse
        self.months = months
        self.isUsedElsewhere = isUsedElsewhere
    }
}

/// Puts each seat of one licence at one moment into its bucket.
///
/// Use is known by day: with a window of 60 days a seat is inactive when its last sign-in lies 60 days back or more, so that
/// the same seats have no sign-ins within 60 days in lists.
public struct SeatJudge: Sendable {
    /// After how many days without a sign-in a seat is inactive.
    public let windowDays: Int
    private let policy: SeatPolicy
    private let time: Int64
    private let today: Int64
    private let isObservable: Bool
    private let since: Int64?
    /// The first moments of the last whole months, newest first.
    private let months: [Int64]
    private static let day: Int64 = 86_400_000_000

    /// A judge.
    ///
    /// - Parameters:
    ///   - months: whether it is known in which months seats were used, so that underuse can be judged.
    public init(_ moment: Moment, _ policy: SeatPolicy, _ evidence: SeatEvidence, months isByMonth: Bool = true) {
        self.policy = policy
        windowDays = policy.windowDays ?? evidence.calibratedDays ?? SeatPolicy.usualWindow
        time = moment.time.rawValue
        today = moment.today
        isObservable = evidence.isObservable && moment.usageKnown
        since = moment.usageSince?.rawValue
        months = isByMonth ? Self.months(before: moment, SeatPolicy.mostMonths).map(\.rawValue) : []
    }

    /// The first moments of the whole months before a moment, newest first.
    public static func months(before moment: Moment, _ count: Int) -> [Timestamp] {
        (1...count).compactMap { Moment.begin(ofMonth: moment.month - Int64($0)) }
    }

    /// The one bucket of a seat.
    public func bucket(of seat: SeatFacts) -> SeatBucket {
        let isYoung = { (date: Int64?) in date.map { $0 > time - Int64(policy.graceDays) * Self.day } ?? false }
        switch seat.owner {
        case .left: return .leaver
        case .suspended: return .suspended
        case .waiting(let since): if !isYoung(since) { return .suspended }
        case .here: break
        }
        if seat.isProtected { return .protected }
        if isYoung(seat.assignedAt) || isYoung(seat.ownerSince) { return .new }
        guard isObservable else { return .noData }
        guard let lastUse = seat.lastUse, lastUse >= seat.assignedAt ?? .min else { return unused(seat) }
        if Self.days(lastUse) <= today - Int64(windowDays) { return .inactive }
        if isUnderused(seat) { return .underused }
        return seat.isUsedElsewhere ? .overlapping : .active
    }

    /// A seat that no sign-in is known of since it was assigned. What the log does not reach back to, nobody can tell.
    private func unused(_ seat: SeatFacts) -> SeatBucket {
        let covers = { (start: Int64) in since.map { $0 <= start } ?? true }
        if let assignedAt = seat.assignedAt, covers(assignedAt) { return .neverUsed }
        return covers(Self.midnight(today - Int64(windowDays) + 1)) ? .inactive : .noData
    }

    /// Whether it was used in too few of the whole months that it was assigned and watched in.
    private func isUnderused(_ seat: SeatFacts) -> Bool {
        guard policy.underusedPercent > 0 else { return false }
        let begin = max(seat.assignedAt ?? .min, since ?? .min)
        let known = months.prefix { $0 >= begin }.count
        guard known >= SeatPolicy.fewestMonths else { return false }
        let used = (seat.months & (1 << UInt32(known) - 1)).nonzeroBitCount
        return used * 100 < policy.underusedPercent * known
    }

    private static func days(_ time: Int64) -> Int64 { (time >= 0 ? time : time - (day - 1)) / day }
    private static func midnight(_ day: Int64) -> Int64 { day * Self.day }
}

/// What one assigned seat is: every seat is in exactly one of these, the first that fits, in this order.
public enum SeatBucket: Int, Sendable, CaseIterable, Comparable {
    /// Its owner left: deactivated in Okta, gone from it, or past an end date that HR told.
    case leaver = 1
    /// Its owner is suspended, or waits for an account for longer than the grace period.
    case suspended
    /// Somebody decided to keep it for now, with a reason and an end.
    case protected
    /// Assigned, or its owner hired, within the grace period.
    case new
    /// Single sign-on cannot tell whether it is used. Never called unused.
    case noData
    /// Not used once since it was assigned, for longer than the grace period.
    case neverUsed
    /// Used before, and not within the window.
    case inactive
    /// Used, but in too few months.
    case underused
    /// Used, and so is another app of the same category, by the same person.
    case overlapping
    /// Used within the window.
    case active

    /// The name in addresses, columns and files: `never_used`.
    public var name: String {
        switch self {
        case .leaver: "leaver"
        case .suspended: "suspended"
        case .protected: "protected"
        case .new: "new"
        case .noData: "no_data"
        case .neverUsed: "never_used"
        case .inactive: "inactive"
        case .underused: "underused"
        case .overlapping: "overlapping"
        case .active: "active"
        }
    }

    /// As a page calls it.
    public var title: String {
        let words = name.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// The bucket of a name.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// Whether its seats can be taken back: leavers, suspended, never used, inactive.
    public var isReclaimable: Bool { [.leaver, .suspended, .neverUsed, .inactive].contains(self) }

    /// Whether its seats are used: underused, overlapping, active.
    public var isActive: Bool { [.underused, .overlapping, .active].contains(self) }

    /// Whether nothing is concluded of its seats: protected, new, no data.
    public var isSetAside: Bool { [.protected, .new, .noData].contains(self) }

    /// In the order in which they are tried.
    public static func < (left: SeatBucket, right: SeatBucket) -> Bool { left.rawValue < right.rawValue }
}

/// How many seats are in each bucket.
public struct SeatBuckets: Sendable, Equatable {
    private var counts = [Int](repeating: 0, count: SeatBucket.allCases.count)

    /// No seats.
    public init() {}

    /// How many seats are in a bucket.
    public subscript(_ bucket: SeatBucket) -> Int {
        get { counts[bucket.rawValue - 1] }
        set { counts[bucket.rawValue - 1] = newValue }
    }

    /// All seats.
    public var all: Int { counts.reduce(0, +) }
    /// Leavers, suspended, never used and inactive.
    public var reclaimable: Int { sum(\.isReclaimable) }
    /// Underused, overlapping and active.
    public var active: Int { sum(\.isActive) }
    /// Protected, new and no data.
    public var setAside: Int { sum(\.isSetAside) }

    private func sum(_ keep: (SeatBucket) -> Bool) -> Int {
        SeatBucket.allCases.reduce(0) { keep($1) ? $0 + self[$1] : $0 }
    }
}

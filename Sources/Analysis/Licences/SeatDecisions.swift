public import Directory

/// What people decided that seats are judged by: what is bought, and by which rules.
public struct SeatDecisions: Sendable {
    /// The lines of all contracts.
    public var lines: [LicenceLine]
    /// The rules of the company.
    public var policy: SeatPolicy
    /// Rules of their own that an app or one of its products has, by `key`.
    public var policies: [String: SeatPolicy]
    /// Whom somebody decided to leave alone, by Okta id: in one app by its id, or everywhere by an empty one.
    public var protected: [String: Set<String>]
    /// What apps are for, by their ids: two of one category overlap.
    public var categories: [String: String]

    /// Decisions; see the properties.
    public init(
        lines: [LicenceLine] = [], policy: SeatPolicy = SeatPolicy(), policies: [String: SeatPolicy] = [:],
        protected: [String: Set<String>] = [:], categories: [String: String] = [:]
    ) {
        self.lines = lines
        self.policy = policy
        self.policies = policies
        self.protected = protected
        self.categories = categories
    }

    /// What the rules of an app or a product of it are kept under.
    public static func key(app: String, product: String = "") -> String { "\(app):\(product.lowercased())" }

    /// The rules that hold for a product: its own, else its app's, else the company's.
    public func policy(app: String, product: String) -> SeatPolicy {
        policies[Self.key(app: app, product: product)] ?? policies[Self.key(app: app)] ?? policy
    }

    /// The products of an app on a day with their lines, in order of their names; fees go with the product they name, else
    /// with the first.
    func products(of app: String, on day: CalendarDay) -> [(product: String, lines: [LicenceLine])] {
        let inForce = lines.filter { $0.appID == app && $0.covers(day) }
        var products: [String: (product: String, lines: [LicenceLine])] = [:]
        for line in inForce where line.kind == .seats {
            products[line.product.lowercased(), default: (line.product, [])].lines.append(line)
        }
        let names = products.keys.sorted()
        for fee in inForce where fee.kind != .seats {
            let name = fee.product.lowercased()
            let key = products[name] == nil ? names.first ?? "" : name
            products[key, default: ("", [])].lines.append(fee)
        }
        return products.keys.sorted().compactMap { products[$0] }
    }
}

/// An assigned seat with its bucket.
public struct Seat: Sendable, Equatable {
    /// The key of its owner.
    public var userKey: Int64
    /// When it was assigned; nil where nobody knows.
    public var assignedAt: Timestamp?
    /// The last sign-in that is known.
    public var lastUse: Timestamp?
    /// What it is.
    public var bucket: SeatBucket
    /// Its owner's department; empty when none is known.
    public var department: String
    /// Whether Okta assigned it directly, so that it can be taken back one by one.
    public var isDirect: Bool
    /// Which of the app's licences it is of, counted from 0.
    public var licence: Int
}

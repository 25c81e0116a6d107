import Analysis

/// Whose a line of spend is, and how that is known.
public struct SpendMatch: Sendable, Equatable {
    /// Where a line stands.
    public enum State: String, Sendable, CaseIterable {
        /// It belongs to a vendor.
        case matched
        /// Nobody knows yet.
        case unmatched
        /// It is not counted: a person or a rule said so.
        case ignored
        /// An earlier file told the very same line.
        case repeated
    }

    /// Where the line stands.
    public var state: State
    /// The vendor.
    public var vendorID: String?
    /// Okta's id of the app.
    public var appID: String?
    /// `alias`, `domain`, `rule`, `likeness` or `person`; nil where there is no match.
    public var method: String?
    /// How sure it is, in thousandths.
    public var score: Int64?
    /// The rule that decided.
    public var ruleID: Int64?

    /// No match.
    public static let none = SpendMatch(state: .unmatched)

    init(
        state: State, vendorID: String? = nil, appID: String? = nil, method: String? = nil, score: Int64? = nil,
        ruleID: Int64? = nil
    ) {
        self.state = state
        self.vendorID = vendorID
        self.appID = appID
        self.method = method
        self.score = score
        self.ruleID = ruleID
    }

    init(_ found: VendorIndex.Found) {
        self.init(
            state: .matched, vendorID: found.target.vendorID, appID: found.target.appID, method: found.method,
            score: found.score)
    }
}

/// Finds out whose lines are: an alias that people taught or a vendor's own name, then its domain, then the rules in their
/// order, then likeness. The same lines, vendors and rules give the same matches each time.
struct SpendMatcher {
    let index: VendorIndex
    let rules: [SpendRule]
    private var names: [String: Known] = [:]
    /// The names of vendors that matches used.
    private(set) var used: [String: String] = [:]

    private struct Known {
        let name: VendorName
        let taught: VendorIndex.Found?
        let certain: VendorIndex.Found?
        var alike: VendorIndex.Found??
    }

    init(index: VendorIndex, rules: [SpendRule]) {
        self.index = index
        self.rules = rules.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    }

    /// The key of a payee and the match of its line.
    mutating func match(payee: String, _ facts: SpendFacts) -> (descriptor: String, match: SpendMatch) {
        var known = known(payee)
        let match = decide(&known, facts)
        if names.count > 50_000 { names.removeAll(keepingCapacity: true) }
        names[payee] = known
        return (known.name.key, match)
    }

    private func known(_ payee: String) -> Known {
        if let known = names[payee] { return known }
        let name = VendorName(payee)
        return Known(name: name, taught: index.taught(name), certain: index.certain(name), alike: nil)
    }

    private mutating func decide(_ known: inout Known, _ facts: SpendFacts) -> SpendMatch {
        if let taught = known.taught { return use(taught) }
        if let certain = known.certain, !certain.isOpen { return use(certain) }
        if let rule = rules.first(where: { $0.holds(on: facts) }) {
            switch rule.action {
            case .ignore: return SpendMatch(state: .ignored, method: "rule", score: 1000, ruleID: rule.id)
            case .match(let vendor, let appID):
                let slug = VendorName(vendor).slug
                used[slug] = vendor
                return SpendMatch(
                    state: .matched, vendorID: slug, appID: appID, method: "rule", score: 1000, ruleID: rule.id)
            }
        }
        // The vendor is certain; which of its apps, nobody can tell.
        if let certain = known.certain { return use(certain) }
        if known.alike == nil { known.alike = .some(index.alike(known.name)) }
        if let alike = known.alike ?? nil { return use(alike) }
        return .none
    }

    private mutating func use(_ found: VendorIndex.Found) -> SpendMatch {
        used[found.target.vendorID] = found.target.name
        return SpendMatch(found)
    }
}

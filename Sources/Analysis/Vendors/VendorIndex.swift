/// Whom a payment can belong to: a vendor and, where it is certain, one of its apps.
public struct VendorTarget: Sendable, Hashable, Comparable {
    /// What names the vendor in rows and addresses.
    public let vendorID: String
    /// Its name.
    public let name: String
    /// Okta's id of the app; nil where the vendor has several, or none.
    public let appID: String?

    /// A target; see the properties.
    public init(vendorID: String, name: String, appID: String? = nil) {
        self.vendorID = vendorID
        self.name = name
        self.appID = appID
    }

    /// By name, so that every order is the same each time.
    public static func < (left: VendorTarget, right: VendorTarget) -> Bool {
        (left.vendorID, left.appID ?? "", left.name) < (right.vendorID, right.appID ?? "", right.name)
    }
}

/// A vendor that is known, and the names it goes by.
public struct KnownVendor: Sendable {
    /// The vendor.
    public var target: VendorTarget
    /// Its names as people write them.
    public var names: [String]
    /// Its domains.
    public var domains: [String]
    /// How card statements and ledgers name it, with `*` for anything: `SLACK T*`.
    public var descriptors: [String]

    /// A vendor; see the properties.
    public init(target: VendorTarget, names: [String], domains: [String] = [], descriptors: [String] = []) {
        self.target = target
        self.names = names
        self.domains = domains
        self.descriptors = descriptors
    }
}

/// Finds the vendor of a name: exactly, by domain, or by likeness with a margin.
public struct VendorIndex: Sendable {
    /// A likeness from which on two names are one, where no other comes near.
    static let sure = 0.92
    /// The most likeness that the second best may have.
    static let margin = 0.80

    /// What was found, and how.
    public struct Found: Sendable, Equatable {
        /// Whose it is.
        public let target: VendorTarget
        /// `alias`, `domain` or `likeness`.
        public let method: String
        /// The likeness in thousandths.
        public let score: Int64
        /// Whether the vendor has several apps, so that a rule may say which.
        public let isOpen: Bool
    }

    /// How statements name a vendor: parts that follow one another.
    private struct Pattern: Sendable {
        let parts: [Substring]
        let target: VendorTarget
        var letters: Int { parts.reduce(0) { $0 + $1.utf8.count } }

        func fits(_ text: String) -> Bool {
            guard let first = parts.first, text.hasPrefix(first) else { return false }
            var rest = text.dropFirst(first.count)
            for part in parts.dropFirst() where !part.isEmpty {
                guard let found = rest.firstRange(of: part) else { return false }
                rest = rest[found.upperBound...]
            }
            return true
        }
    }

    private struct Candidate: Sendable {
        let name: VendorName
        let target: VendorTarget
    }

    private var exact: [String: Set<VendorTarget>] = [:]
    private var taught: [String: VendorTarget] = [:]
    private var domains: [String: Set<VendorTarget>] = [:]
    private var patterns: [String: [Pattern]] = [:]
    private var candidates: [Candidate] = []
    /// Candidates by the first two letters of each of their words: only these are compared.
    private var blocks: [String: [Int]] = [:]
    private var appsOf: [String: Set<String>] = [:]

    /// An index of these vendors; `aliases` are what people taught, by key.
    public init(_ vendors: [KnownVendor], aliases: [String: VendorTarget]) {
        taught = aliases
        for vendor in vendors.sorted(by: { $0.target < $1.target }) {
            if let app = vendor.target.appID { appsOf[vendor.target.vendorID, default: []].insert(app) }
            for text in Set(vendor.names).sorted() {
                let name = VendorName(text)
                guard !name.key.isEmpty else { continue }
                exact[name.key, default: []].insert(vendor.target)
                if let domain = name.domain { domains[domain, default: []].insert(vendor.target) }
                for block in Set(name.tokens.map { String($0.prefix(2)) }) {
                    blocks[block, default: []].append(candidates.count)
                }
                candidates.append(Candidate(name: name, target: vendor.target))
            }
            for domain in vendor.domains { domains[domain.lowercased(), default: []].insert(vendor.target) }
            for text in vendor.descriptors {
                let pattern = Pattern(
                    parts: text.lowercased().split(separator: "*", omittingEmptySubsequences: false),
                    target: vendor.target)
                guard let first = pattern.parts.first, first.utf8.count >= 2 else { continue }
                patterns[String(first.prefix(2)), default: []].append(pattern)
            }
        }
    }

    /// Whether people taught the index whose this name is.
    package func taught(_ name: VendorName) -> Found? {
        taught[name.key].map { Found(target: $0, method: "alias", score: 1000, isOpen: isOpen($0)) }
    }

    /// Whose a name is by an alias or one of the names of a vendor, or else by its domain.
    public func certain(_ name: VendorName) -> Found? {
        if let taught = taught(name) { return taught }
        if let targets = exact[name.key], let only = one(targets) { return found(only, "alias", 1000) }
        if let seller = name.processor, let targets = exact["\(seller) \(name.key)"], let only = one(targets) {
            return found(only, "alias", 1000)
        }
        if let domain = name.domain, let targets = domains[domain], let only = one(targets) {
            return found(only, "domain", 1000)
        }
        return statement(name)
    }

    /// Whose a name is by the way statements write it; of several patterns that fit, the one with the most letters counts.
    private func statement(_ name: VendorName) -> Found? {
        for text in [name.written, name.key] {
            let fits = (patterns[String(text.prefix(2))] ?? []).filter { $0.fits(text) }
            guard let most = fits.map(\.letters).max() else { continue }
            if let only = one(Set(fits.filter { $0.letters == most }.map(\.target))) {
                return found(only, "alias", 990)
            }
        }
        return nil
    }

    /// Whose a name is by likeness: the best is sure and no other vendor comes near.
    public func alike(_ name: VendorName) -> Found? {
        let best = suggestions(name, most: 2)
        guard let first = best.first, Double(first.score) >= Self.sure * 1000 else { return nil }
        guard best.count < 2 || Double(best[1].score) <= Self.margin * 1000 else { return nil }
        return first
    }

    /// The vendors whose names come nearest, the best first.
    public func suggestions(_ name: VendorName, most: Int) -> [Found] {
        var seen: Set<Int> = []
        var best: [String: (target: VendorTarget, score: Double)] = [:]
        for block in Set(name.tokens.map({ String($0.prefix(2)) })) {
            for position in blocks[block] ?? [] where seen.insert(position).inserted {
                let candidate = candidates[position]
                let score = NameLikeness.of(name, candidate.name)
                guard score >= 0.6 else { continue }
                let vendor = candidate.target.vendorID
                if let known = best[vendor] {
                    if known.score > score { continue }
                    if known.score == score, known.target != candidate.target {
                        // Several apps of one vendor are equally near: the vendor it is, which app stays open.
                        best[vendor] = (VendorTarget(vendorID: vendor, name: known.target.name), score)
                        continue
                    }
                }
                best[vendor] = (candidate.target, score)
            }
        }
        return best.values.sorted { ($1.score, $0.target) < ($0.score, $1.target) }.prefix(most).map {
            found($0.target, "likeness", Int64(($0.score * 1000).rounded()))
        }
    }

    private func found(_ target: VendorTarget, _ method: String, _ score: Int64) -> Found {
        Found(target: target, method: method, score: score, isOpen: isOpen(target))
    }

    private func isOpen(_ target: VendorTarget) -> Bool {
        target.appID == nil && (appsOf[target.vendorID]?.count ?? 0) > 1
    }

    /// The one target that all of them are: an app of a vendor and the vendor itself are the app, where it has no other.
    private func one(_ targets: Set<VendorTarget>) -> VendorTarget? {
        guard let first = targets.min() else { return nil }
        guard targets.allSatisfy({ $0.vendorID == first.vendorID }) else { return nil }
        let apps = Set(targets.compactMap(\.appID))
        let name = targets.first { $0.appID == nil }?.name ?? first.name
        if apps.count == 1, let app = apps.first {
            return VendorTarget(vendorID: first.vendorID, name: name, appID: app)
        }
        return VendorTarget(vendorID: first.vendorID, name: name)
    }
}

/// Services of one category that the same people use.
public struct Overlap: Sendable {
    /// What they are for.
    public let category: ServiceCategory
    /// Them, those that most people use first.
    public let services: [DiscoveredService]
    /// How many people use at least one of them.
    public let people: Int
    /// Every two that somebody uses both of, those that most people share first.
    public let pairs: [Pair]

    /// Two services of one category.
    public struct Pair: Sendable {
        /// The one that more people use.
        public let first: DiscoveredService
        /// The other.
        public let second: DiscoveredService
        /// How many people use both.
        public let both: Int
        /// How many use only the first: who would have to move to the second.
        public let onlyFirst: Int
        /// How many use only the second: who would have to move to the first.
        public let onlySecond: Int

        /// The people who use both as a share of those who use the smaller one, from 0 to 1.
        public var share: Double {
            let smaller = both + min(onlyFirst, onlySecond)
            return smaller == 0 ? 0 : Double(both) / Double(smaller)
        }

        init(_ first: DiscoveredService, _ second: DiscoveredService, _ one: PersonSet, _ other: PersonSet) {
            self.first = first
            self.second = second
            both = one.shared(with: other)
            onlyFirst = one.count - both
            onlySecond = other.count - both
        }
    }
}

extension Survey {
    /// The categories in which at least one person uses two services, those in which most people do first.
    ///
    /// - Parameter category: the category of a service, where people gave it another than the catalogue.
    public func overlaps(category: (DiscoveredService) -> ServiceCategory?) -> [Overlap] {
        var groups: [ServiceCategory: [DiscoveredService]] = [:]
        for service in services where service.canOverlap && (service.active90 ?? 0) > 0 {
            if let category = category(service) { groups[category, default: []].append(service) }
        }
        let found = groups.compactMap { category, services in overlap(category, services) }
        return found.sorted { one, other in
            let (left, right) = (one.pairs.first?.both ?? 0, other.pairs.first?.both ?? 0)
            return left == right ? one.category < other.category : left > right
        }
    }

    private func overlap(_ category: ServiceCategory, _ members: [DiscoveredService]) -> Overlap? {
        guard members.count > 1 else { return nil }
        let services = members.sorted { ($1.active90 ?? 0, $0.label) < ($0.active90 ?? 0, $1.label) }
        var everybody = PersonSet()
        for service in services { everybody.formUnion(active(service)) }
        let pairs = pairs(services).filter { $0.both > 0 }
        guard !pairs.isEmpty else { return nil }
        return Overlap(category: category, services: services, people: everybody.count, pairs: pairs)
    }

    /// Every two of some services, those that most people share first.
    public func pairs(_ services: [DiscoveredService]) -> [Overlap.Pair] {
        var pairs: [Overlap.Pair] = []
        for (position, first) in services.enumerated() {
            for second in services[(position + 1)...] {
                pairs.append(Overlap.Pair(first, second, active(first), active(second)))
            }
        }
        return pairs.sorted { ($1.both, $0.first.label) < ($0.both, $1.first.label) }
    }
}

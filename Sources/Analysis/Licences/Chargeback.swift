public import Directory

/// What departments are charged for a licence. Whatever the way, the parts add up to the whole, to the smallest unit.
public struct Chargeback: Sendable, Equatable {
    /// How a cost is divided.
    public enum Way: String, Sendable, CaseIterable {
        /// By the seats that its people have; seats that nobody has are charged to nobody.
        case licence
        /// By the seats that its people use; the whole cost.
        case user
        /// By percentages that somebody decided; the rest is charged to nobody.
        case percent
    }

    /// What one department is charged.
    public struct Share: Sendable, Equatable {
        /// The department; empty for people without one; nil for what nobody is charged.
        public var department: String?
        /// What it was divided by: seats, users, or percent.
        public var weight: Int
        /// What is charged.
        public var amount: Money
    }

    /// The shares, by department; what nobody is charged comes last.
    public var shares: [Share]

    /// Divides a licence's cost of the month; nil where it has none in one currency.
    ///
    /// - Parameter percentages: of each department, for `.percent`; of more than 100 together, each is a share of all.
    public init?(_ licence: Licence, by way: Way, percentages: [String: Int] = [:]) {
        guard let money = licence.money else { return nil }
        self.init(
            Money(minor: money.month, money.currency), by: way, purchased: licence.purchased ?? 0,
            departments: licence.departments, percentages: percentages)
    }

    /// Divides a cost.
    public init(
        _ cost: Money, by way: Way, purchased: Int = 0, departments: [String: Licence.DepartmentSeats],
        percentages: [String: Int] = [:]
    ) {
        var weights: [(department: String?, weight: Int)]
        switch way {
        case .licence:
            weights = departments.map { ($0.key, $0.value.assigned) }
            weights.append((nil, max(0, purchased - weights.reduce(0) { $0 + $1.weight })))
        case .user:
            weights = departments.map { ($0.key, $0.value.active) }
            // Where nobody uses it, there is nobody to charge.
            if weights.allSatisfy({ $0.weight == 0 }) { weights.append((nil, 1)) }
        case .percent:
            weights = percentages.map { ($0.key, max(0, $0.value)) }
            weights.append((nil, max(0, 100 - weights.reduce(0) { $0 + $1.weight })))
        }
        weights = weights.filter { $0.weight > 0 }
        if weights.isEmpty { weights = [(nil, 1)] }
        weights.sort { left, right in
            guard let leftName = left.department else { return false }
            return right.department.map { leftName < $0 } ?? true
        }
        let parts = Amortisation.spread(cost.minor, over: weights.map { Int64($0.weight) })
        shares = zip(weights, parts).map { weight, part in
            Share(department: weight.department, weight: weight.weight, amount: Money(minor: part, cost.currency))
        }
    }
}

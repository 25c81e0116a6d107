import Analysis
import Directory
public import Problems

/// A rule that says whose payments are: lines on which its conditions hold belong to a vendor, or to nobody.
public struct SpendRule: Sendable, Equatable {
    /// Its number; 0 for one that is not kept yet.
    public var id: Int64
    /// Its place in the order: the first rule that holds decides.
    public var position: Int64
    /// What people call it.
    public var name: String
    /// What it does.
    public var action: Action
    /// Whether all conditions have to hold, or any of them.
    public var joining: Joining
    /// Its conditions.
    public var conditions: [Condition]

    /// What a rule does.
    public enum Action: Sendable, Equatable {
        /// The line belongs to this vendor and, where one is named, to this app.
        case match(vendor: String, appID: String?)
        /// The line is no spend on software.
        case ignore
    }

    /// How conditions are joined.
    public enum Joining: String, Sendable, CaseIterable {
        /// AND
        case all
        /// OR
        case any
    }

    /// What a condition looks at.
    public enum Field: String, Sendable, CaseIterable {
        case vendor, description, amount, source
    }

    /// How it compares. Text is compared without regard to case.
    public enum Comparison: String, Sendable, CaseIterable {
        case contains, begins, equals
        case lacks = "does not contain"
        case atLeast = "at least"
        case atMost = "at most"
    }

    /// One condition.
    public struct Condition: Sendable, Equatable {
        /// What it looks at.
        public var field: Field
        /// How it compares.
        public var comparison: Comparison
        /// What with.
        public var value: String

        /// A condition; see the properties.
        public init(_ field: Field, _ comparison: Comparison, _ value: String) {
            self.field = field
            self.comparison = comparison
            self.value = value
        }

        /// Whether it makes sense: amounts compare with numbers, words with words.
        var isSound: Bool {
            let isSize = comparison == .atLeast || comparison == .atMost
            guard !value.isEmpty, value.utf8.count <= 200 else { return false }
            if field == .amount { return (isSize || comparison == .equals) && amount(Self.anyCurrency) != nil }
            return !isSize
        }

        private static let anyCurrency = Currency("EUR")

        func amount(_ currency: Currency?) -> Int64? {
            guard let currency, let written = try? WrittenAmount(value, decimal: .point) else { return nil }
            return try? written.minor(currency)
        }
    }

    /// A rule; see the properties.
    public init(
        id: Int64 = 0, position: Int64 = 0, name: String, action: Action, joining: Joining = .all,
        conditions: [Condition]
    ) {
        self.id = id
        self.position = position
        self.name = name
        self.action = action
        self.joining = joining
        self.conditions = conditions
    }

    /// Refuses a rule that says nothing, or nothing that can hold.
    ///
    /// - Throws: `spend.rule.unsound`.
    public func check() throws(Problem) {
        func unsound(_ title: String, _ remedy: String) -> Problem {
            Problem(id: "spend.rule.unsound", kind: .usage, title: title, remedy: remedy)
        }
        if name.isEmpty { throw unsound("The rule has no name", "Say in a few words what it does.") }
        guard !conditions.isEmpty, conditions.count <= 10 else {
            throw unsound("The rule has no condition", "Give it at least one: without any it would take every line.")
        }
        for condition in conditions where !condition.isSound {
            throw unsound(
                "“\(condition.field.rawValue) \(condition.comparison.rawValue) \(condition.value.prefix(40))” cannot be compared",
                "Amounts are at least, at most or equal to a number such as 12.50; words contain, begin with or equal words."
            )
        }
        if case .match(let vendor, _) = action, VendorName(vendor).key.isEmpty {
            throw unsound("The rule names no vendor", "Write whose payments these are.")
        }
    }

    /// Whether it takes a line.
    func holds(on line: SpendFacts) -> Bool {
        switch joining {
        case .all: conditions.allSatisfy { Self.holds($0, line) }
        case .any: conditions.contains { Self.holds($0, line) }
        }
    }

    private static func holds(_ condition: Condition, _ line: SpendFacts) -> Bool {
        let text: String
        switch condition.field {
        case .vendor: text = line.vendor
        case .description: text = line.description
        case .source: text = line.source
        case .amount:
            guard let amount = condition.amount(Currency(line.currency)) else { return false }
            switch condition.comparison {
            case .atLeast: return line.amount >= amount
            case .atMost: return line.amount <= amount
            default: return line.amount == amount
            }
        }
        let (folded, value) = (text.lowercased(), condition.value.lowercased())
        return switch condition.comparison {
        case .contains: folded.contains(value)
        case .lacks: !folded.contains(value)
        case .begins: folded.hasPrefix(value)
        default: folded == value
        }
    }

    /// The conditions as they are kept: one a line.
    var condition: String {
        ([joining.rawValue]
            + conditions.map {
                "\($0.field.rawValue)\t\($0.comparison.rawValue)\t\($0.value.replacing("\n", with: " ").replacing("\t", with: " "))"
            }).joined(separator: "\n")
    }

    /// The conditions that were kept.
    static func read(_ text: String) -> (Joining, [Condition]) {
        let lines = text.split(separator: "\n").map(String.init)
        let conditions = lines.dropFirst().compactMap { line -> Condition? in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let field = Field(rawValue: parts[0]),
                let comparison = Comparison(rawValue: parts[1])
            else { return nil }
            return Condition(field, comparison, parts[2])
        }
        return (lines.first.flatMap(Joining.init) ?? .all, conditions)
    }

    /// The rule in words: `vendor contains atlassian and description contains jira`.
    public var words: String {
        conditions.map { "\($0.field.rawValue) \($0.comparison.rawValue) “\($0.value)”" }
            .joined(separator: joining == .all ? " and " : " or ")
    }
}

/// What rules look at.
struct SpendFacts: Sendable {
    var vendor: String
    var description: String
    var amount: Int64
    var currency: String
    var source: String
}

/// A SCIM expression, as `search` and `filter` carry it: `status eq "ACTIVE" and (profile.city sw "S" or not (…))`.
indirect enum Search: Sendable {
    case compare(attribute: String, comparison: Comparison, value: String)
    case and(Search, Search)
    case or(Search, Search)
    case not(Search)

    enum Comparison: String, Sendable { case eq, ne, co, sw, ew, pr, gt, ge, lt, le }

    /// Whether an object passes; `values` gives what an attribute holds, empty when nothing.
    func matches(_ values: (String) -> [String]) -> Bool {
        switch self {
        case .and(let left, let right): return left.matches(values) && right.matches(values)
        case .or(let left, let right): return left.matches(values) || right.matches(values)
        case .not(let inner): return !inner.matches(values)
        case .compare(let attribute, let comparison, let value):
            let held = values(attribute)
            if comparison == .pr { return !held.isEmpty }
            if comparison == .ne { return !held.contains { Self.compare($0, .eq, value) } }
            return held.contains { Self.compare($0, comparison, value) }
        }
    }

    private static func compare(_ held: String, _ comparison: Comparison, _ value: String) -> Bool {
        switch comparison {
        case .eq:
            if let left = Calendar.milliseconds(parsing: held), let right = Calendar.milliseconds(parsing: value) {
                return left == right
            }
            return held == value || held.lowercased() == value.lowercased()
        case .ne: return held.lowercased() != value.lowercased()
        case .co: return held.lowercased().contains(value.lowercased())
        case .sw: return held.lowercased().hasPrefix(value.lowercased())
        case .ew: return held.lowercased().hasSuffix(value.lowercased())
        case .pr: return true
        case .gt, .ge, .lt, .le: return ordered(held, comparison, value)
        }
    }

    private static func ordered(_ held: String, _ comparison: Comparison, _ value: String) -> Bool {
        let order: Int
        if let left = Calendar.milliseconds(parsing: held), let right = Calendar.milliseconds(parsing: value) {
            order = left < right ? -1 : left > right ? 1 : 0
        } else {
            order = held < value ? -1 : held > value ? 1 : 0
        }
        switch comparison {
        case .gt: return order > 0
        case .ge: return order >= 0
        case .lt: return order < 0
        default: return order <= 0
        }
    }

    /// Every attribute the expression asks about.
    var attributes: [String] {
        switch self {
        case .compare(let attribute, _, _): [attribute]
        case .and(let left, let right), .or(let left, let right): left.attributes + right.attributes
        case .not(let inner): inner.attributes
        }
    }

    /// Whether the expression asks anything by `comparison`.
    func uses(_ comparison: Comparison) -> Bool {
        switch self {
        case .compare(_, let used, _): used == comparison
        case .and(let left, let right), .or(let left, let right): left.uses(comparison) || right.uses(comparison)
        case .not(let inner): inner.uses(comparison)
        }
    }
}

extension Search {
    /// Reads an expression; nil when it is not one.
    init?(_ text: String) {
        guard text.utf8.count <= 8_192 else { return nil }
        var parser = SearchParser(text)
        guard let search = parser.alternatives(), parser.isAtEnd else { return nil }
        self = search
    }
}

/// A descent through `or`, `and`, `not`, parentheses and comparisons.
private struct SearchParser {
    private var tokens: ArraySlice<Token>
    private var depth = 0

    private enum Token: Equatable { case open, close, word(String), quoted(String) }

    init(_ text: String) { tokens = Self.tokens(text)[...] }

    var isAtEnd: Bool { tokens.isEmpty }

    private static func tokens(_ text: String) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let character = rest.first {
            switch character {
            case " ", "\t":
                rest = rest.dropFirst()
            case "(", ")":
                tokens.append(character == "(" ? .open : .close)
                rest = rest.dropFirst()
            case "\"":
                var value = ""
                rest = rest.dropFirst()
                while let next = rest.popFirst(), next != "\"" {
                    if next == "\\", let escaped = rest.popFirst() { value.append(escaped) } else { value.append(next) }
                }
                tokens.append(.quoted(value))
            default:
                let word = rest.prefix { $0 != " " && $0 != "(" && $0 != ")" && $0 != "\"" }
                tokens.append(.word(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }

    private mutating func take(word: String) -> Bool {
        guard case .word(let next) = tokens.first, next.lowercased() == word else { return false }
        tokens = tokens.dropFirst()
        return true
    }

    mutating func alternatives() -> Search? {
        guard var left = conjunction() else { return nil }
        while take(word: "or") {
            guard let right = conjunction() else { return nil }
            left = .or(left, right)
        }
        return left
    }

    private mutating func conjunction() -> Search? {
        guard var left = term() else { return nil }
        while take(word: "and") {
            guard let right = term() else { return nil }
            left = .and(left, right)
        }
        return left
    }

    private mutating func term() -> Search? {
        if take(word: "not") { return term().map { .not($0) } }
        if tokens.first == .open {
            depth += 1
            guard depth < 64 else { return nil }
            tokens = tokens.dropFirst()
            guard let inner = alternatives(), tokens.first == .close else { return nil }
            tokens = tokens.dropFirst()
            depth -= 1
            return inner
        }
        guard case .word(let attribute) = tokens.popFirst(), case .word(let word) = tokens.popFirst(),
            let comparison = Search.Comparison(rawValue: word.lowercased())
        else { return nil }
        if comparison == .pr { return .compare(attribute: attribute, comparison: .pr, value: "") }
        switch tokens.popFirst() {
        case .quoted(let value), .word(let value):
            return .compare(attribute: attribute, comparison: comparison, value: value)
        default: return nil
        }
    }
}

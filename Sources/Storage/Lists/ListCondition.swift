import DatabaseEngine

/// A filter whose value is understood: it can become SQL with bound parameters, or judge a value in memory.
enum ListCondition {
    case missing(Bool, empty: Bool)
    case text(ListFilter.Operator, String)
    case number(ListFilter.Operator, Int64)
    case time(ListFilter.Operator, Int64, isDay: Bool)

    static let day: Int64 = 86_400_000_000

    /// The condition on an expression. Values are appended to `parameters`, never written into the text.
    ///
    /// - Parameter folded: whether an index holds the expression in lower case.
    func sql(on expression: String, folded: Bool = false, _ parameters: inout [Value]) -> String {
        switch self {
        case .missing(let missing, let empty):
            if missing {
                return empty
                    ? "(\(expression) IS NULL OR \(expression) = '')" : "\(expression) IS NULL"
            }
            return empty ? "(\(expression) IS NOT NULL AND \(expression) <> '')" : "\(expression) IS NOT NULL"
        case .text(.contains, let text):
            parameters.append(.text(Self.pattern(containing: text)))
            return Matching.contains(folded ? "lower(\(expression))" : expression, parameters.count)
        case .text(.notContains, let text):
            parameters.append(.text(Self.pattern(containing: text)))
            return "(\(expression) IS NULL OR \(Matching.contains(expression, parameters.count, not: true)))"
        case .text(.equal, let text) where folded:
            parameters.append(.text(text))
            let number = parameters.count
            return "(lower(\(expression)) = lower($\(number)) AND \(expression) = $\(number))"
        case .text(let comparison, let text):
            parameters.append(.text(text))
            return Self.compare(expression, comparison, parameters.count)
        case .number(let comparison, let number):
            parameters.append(.integer(number))
            return Self.compare(expression, comparison, parameters.count)
        case .time(let comparison, let time, let isDay):
            return Self.compareTime(expression, comparison, time, isDay, &parameters)
        }
    }

    /// Whether a value satisfies the condition.
    func holds(_ value: Value) -> Bool {
        switch self {
        case .missing(let missing, let empty):
            let absent = value == .null || (empty && value == .text(""))
            return absent == missing
        case .text(let comparison, let text):
            guard case .text(let found) = value else { return comparison == .notEqual || comparison == .notContains }
            switch comparison {
            case .contains: return found.lowercased().contains(text.lowercased())
            case .notContains: return !found.lowercased().contains(text.lowercased())
            default: return Self.holds(found, comparison, text)
            }
        case .number(let comparison, let number):
            guard case .integer(let found) = value else { return comparison == .notEqual }
            return Self.holds(found, comparison, number)
        case .time(let comparison, let time, let isDay):
            guard case .integer(let found) = value else { return comparison == .notEqual }
            guard isDay else { return Self.holds(found, comparison, time) }
            let foundDay = found >= 0 ? found / Self.day : (found - Self.day + 1) / Self.day
            return Self.holds(foundDay, comparison, time / Self.day)
        }
    }

    /// The pattern for LIKE … ESCAPE '!' that finds a text anywhere, whatever its case.
    static func pattern(containing text: String) -> String {
        "%" + escaped(text) + "%"
    }

    /// Only ASCII is made lower: the database knows no other letters' case, so that "Émile" finds Émile.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars where scalar != "\0" {
            if scalar == "%" || scalar == "_" || scalar == "!" { escaped.append("!") }
            escaped.unicodeScalars.append(
                scalar.isASCII ? scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar : scalar)
        }
        return escaped
    }

    /// Whether it keeps rows for what they have; the others keep rows for what they lack.
    var isPositive: Bool {
        switch self {
        case .missing(let missing, _): !missing
        case .text(let comparison, _): comparison != .notEqual && comparison != .notContains
        case .number(let comparison, _): comparison != .notEqual
        case .time(let comparison, _, _): comparison != .notEqual
        }
    }

    private static func compare(_ expression: String, _ comparison: ListFilter.Operator, _ number: Int) -> String {
        switch comparison {
        case .notEqual: "(\(expression) IS NULL OR \(expression) <> $\(number))"
        case .atMost: "\(expression) <= $\(number)"
        case .atLeast: "\(expression) >= $\(number)"
        case .less: "\(expression) < $\(number)"
        case .greater: "\(expression) > $\(number)"
        default: "\(expression) = $\(number)"
        }
    }

    private static func compareTime(
        _ expression: String, _ comparison: ListFilter.Operator, _ time: Int64, _ isDay: Bool,
        _ parameters: inout [Value]
    ) -> String {
        // A bare date means the whole day: `>` starts after it, `<=` ends with it.
        let next = isDay ? time + day : time
        switch comparison {
        case .less, .atLeast:
            parameters.append(.integer(time))
            return compare(expression, comparison, parameters.count)
        case .greater:
            parameters.append(.integer(next))
            return compare(expression, isDay ? .atLeast : .greater, parameters.count)
        case .atMost:
            parameters.append(.integer(next))
            return compare(expression, isDay ? .less : .atMost, parameters.count)
        default:
            guard isDay else {
                parameters.append(.integer(time))
                return compare(expression, comparison, parameters.count)
            }
            parameters.append(.integer(time))
            parameters.append(.integer(next))
            let within = "(\(expression) >= $\(parameters.count - 1) AND \(expression) < $\(parameters.count))"
            return comparison == .notEqual ? "(\(expression) IS NULL OR NOT \(within))" : within
        }
    }

    private static func holds<T: Comparable>(_ found: T, _ comparison: ListFilter.Operator, _ wanted: T) -> Bool {
        switch comparison {
        case .notEqual: found != wanted
        case .atMost: found <= wanted
        case .atLeast: found >= wanted
        case .less: found < wanted
        case .greater: found > wanted
        default: found == wanted
        }
    }
}

import DatabaseEngine
import Directory
public import Problems

/// One condition on a column, written as people write it: `status=ACTIVE`, `login~smith`, `sign_ins_30d=0`,
/// `last_sign_in_at<2025-01-01`, `department=` (has none).
public struct ListFilter: Sendable, Equatable {
    /// How the column is compared.
    public enum Operator: String, Sendable, CaseIterable {
        /// Differs.
        case notEqual = "!="
        /// Does not contain the text.
        case notContains = "!~"
        /// At most.
        case atMost = "<="
        /// At least.
        case atLeast = ">="
        /// The same; with an empty value: has none.
        case equal = "="
        /// Less, or earlier.
        case less = "<"
        /// More, or later.
        case greater = ">"
        /// Contains the text, whatever its case.
        case contains = "~"
    }

    /// The column's name.
    public let column: String
    /// The comparison.
    public let comparison: Operator
    /// What it is compared with, as written.
    public let value: String

    /// A condition; see the properties.
    public init(column: String, comparison: Operator, value: String) {
        self.column = column
        self.comparison = comparison
        self.value = value
    }

    /// The condition as it is written: `init(parsing:)` gives the same one back.
    public var expression: String { column + comparison.rawValue + (needsQuotes ? "\"\(value)\"" : value) }

    /// Whether the value would lose its ends when it is read back, or change the comparison before it.
    private var needsQuotes: Bool {
        guard let first = value.unicodeScalars.first, let last = value.unicodeScalars.last else { return false }
        return Self.ends.contains(first) || Self.ends.contains(last) || first == "="
            || first.properties.isGraphemeExtend
    }

    private static let ends: Set<Unicode.Scalar> = [" ", "\"", "'"]

    /// Reads a condition and checks it against the columns of a list.
    ///
    /// - Throws: `list.filter.*`, each naming what would be right.
    public init(parsing text: String, for list: ListDefinition) throws(Problem) {
        guard text.utf8.count <= 500 else {
            throw Self.problem("list.filter.tooLong", "A filter is longer than 500 characters", "Shorten it.")
        }
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let rest = text.dropFirst(name.count).drop { $0 == " " }
        let allowed = list.allColumns.map(\.name).joined(separator: ", ")
        guard !name.isEmpty, let comparison = Operator.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
            throw Self.problem(
                "list.filter.malformed", "The filter “\(text.prefix(80))” is not a condition",
                "Write column, comparison, value, such as status=ACTIVE. Comparisons: = != < <= > >= ~ !~."
                    + " Columns: \(allowed).")
        }
        guard let column = list.column(String(name)) else {
            throw Self.problem(
                "list.filter.unknownColumn", "The list of \(list.noun) has no column “\(name.prefix(40))”",
                "Use one of: \(allowed).")
        }
        self.init(
            column: column.name, comparison: comparison,
            value: Self.value(rest.unicodeScalars.dropFirst(comparison.rawValue.unicodeScalars.count)))
        _ = try condition(on: column)
    }

    /// What is compared with: without the spaces around it, or as it stands between quotes. Scalar by scalar, for a quote
    /// and an accent after it are one character.
    private static func value(_ written: Substring.UnicodeScalarView) -> String {
        var value = written.drop { $0 == " " }
        while value.last == " " { value.removeLast() }
        if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
            value = value.dropFirst().dropLast()
        }
        return String(value)
    }

    /// The condition with its value understood.
    func condition(on column: ListColumn) throws(Problem) -> ListCondition {
        if value.isEmpty {
            guard comparison == .equal || comparison == .notEqual else {
                throw Self.problem(
                    "list.filter.noValue", "The filter “\(expression)” has no value",
                    "Write a value, or \(self.column)= for rows that have none.")
            }
            return .missing(comparison == .equal, empty: column.kind == .text)
        }
        switch column.kind {
        case .text:
            return .text(comparison, value)
        case .number:
            guard let number = Int64(value), comparison != .contains, comparison != .notContains else {
                throw Self.problem(
                    "list.filter.notANumber", "“\(expression)” does not compare with a whole number",
                    "\(self.column) is a number: write for example \(self.column)=0 or \(self.column)>10.")
            }
            return .number(comparison, number)
        case .time:
            guard let time = Timestamp(iso8601: value), comparison != .contains, comparison != .notContains else {
                throw Self.problem(
                    "list.filter.notADate", "“\(expression)” does not compare with a date",
                    "\(self.column) is a time: write for example \(self.column)<2025-01-31"
                        + " or \(self.column)>=2025-01-31T08:00:00Z.")
            }
            return .time(comparison, time.rawValue, isDay: value.utf8.count == 10)
        }
    }

    private static func problem(_ id: String, _ title: String, _ remedy: String) -> Problem {
        Problem(id: id, kind: .usage, title: title, remedy: remedy)
    }
}

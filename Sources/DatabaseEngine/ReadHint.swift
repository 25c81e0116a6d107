/// How a table is best read, where the planner cannot know: it has no statistics, and would rather jump into the wide
/// rows through some index than read a narrow one, or all rows, from end to end.
public enum ReadHint: Sendable, Equatable {
    /// Row by row, as they lie.
    case whole
    /// Through this index.
    case index(String)

    /// The words after the table's name. They are SQLite's own: PostgreSQL plans by statistics, and is given the text
    /// without them.
    public var sql: String {
        switch self {
        case .whole: Self.asTheyLie
        case .index(let name): "\(Self.through)\(name)"
        }
    }

    private static let asTheyLie = " NOT INDEXED"
    private static let through = " INDEXED BY "

    static func removed(from sql: String) -> String {
        let parts = sql.replacing(asTheyLie, with: "").split(separator: through, omittingEmptySubsequences: false)
        guard let first = parts.first else { return sql }
        return parts.dropFirst().reduce(into: String(first)) { text, part in
            text += part.drop { $0.isLetter || $0.isNumber || $0 == "_" }
        }
    }
}

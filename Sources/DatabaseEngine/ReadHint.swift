/// How a table is best read, where the planner cannot know: it has no statistics, and would rather jump into the wide
/// rows through some index than read a narrow one, or all rows, from end to end.
public enum ReadHint: Sendable, Equatable {
    /// Row by row, as they lie.
    case whole
    /// Through this index.
    case index(String)

    /// The words after the table's name. This is SQLite's own; an engine that plans by statistics takes none.
    public var sql: String {
        switch self {
        case .whole: " NOT INDEXED"
        case .index(let name): " INDEXED BY \(name)"
        }
    }
}

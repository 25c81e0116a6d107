public import DatabaseEngine
public import Directory

/// One row of a list: a cell for each column, in the order of the columns.
public struct ListRow: Sendable {
    /// The cells: the exported columns first, then the extra ones that only pages show.
    public let cells: [Value]
    /// What makes the row unique, for paging.
    let keys: [Value]
    /// The value the list is sorted by.
    let sortValue: Value
    private let positions: [String: Int]

    init(cells: [Value], keys: [Value], sortValue: Value, positions: [String: Int]) {
        self.cells = cells
        self.keys = keys
        self.sortValue = sortValue
        self.positions = positions
    }

    /// The cell of a column; NULL when there is no such column.
    public subscript(_ column: String) -> Value {
        positions[column].map { cells[$0] } ?? .null
    }

    /// The text of a column; empty when NULL.
    public func text(_ column: String) -> String {
        if case .text(let text) = self[column] { text } else { "" }
    }

    /// The number of a column; nil when NULL.
    public func number(_ column: String) -> Int64? {
        if case .integer(let number) = self[column] { number } else { nil }
    }

    /// The moment of a column; nil when NULL.
    public func time(_ column: String) -> Timestamp? { number(column).map(Timestamp.init(rawValue:)) }
}

/// One page of a list.
public struct ListPage: Sendable {
    /// The rows, in order.
    public let rows: [ListRow]
    /// How many rows the list has in all, filters included.
    public let total: Int
    /// How many rows lie before this page.
    public let offset: Int
    /// The cursor of the page after this one; nil on the last page.
    public let next: String?
    /// The cursor of the page before this one; nil on the first page.
    public let previous: String?
}

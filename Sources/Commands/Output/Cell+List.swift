import DatabaseEngine
import Directory
import Storage

extension Cell {
    /// The cell of a list's column: times are written as ISO 8601.
    init(_ value: Value, of column: ListColumn) {
        if column.kind == .time, case .integer(let microseconds) = value {
            self = .text(Timestamp(rawValue: microseconds).iso8601)
        } else {
            self.init(value)
        }
    }
}

extension ListDefinition {
    /// What an export writes of a row.
    func exportCells(of row: ListRow) -> [Cell] {
        zip(cells(of: row), columns).map { Cell($0, of: $1) }
    }
}

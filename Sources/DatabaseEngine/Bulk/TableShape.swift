/// A table as it is in the database: its columns with what they hold, and its primary key.
public struct TableShape: Sendable, Equatable {
    /// What a column holds.
    public enum Kind: String, Sendable {
        /// Whole numbers: `BIGINT`.
        case integer
        /// Floating point: `DOUBLE PRECISION`.
        case real
        /// Text.
        case text
        /// Bytes: `BYTEA`.
        case bytes

        init(declared type: String) {
            let type = type.uppercased()
            if type.contains("INT") {
                self = .integer
            } else if type.contains("TEXT") || type.contains("CHAR") {
                self = .text
            } else if type.contains("DOUBLE") || type.contains("REAL") {
                self = .real
            } else {
                self = .bytes
            }
        }
    }

    /// One column.
    public struct Column: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// What it holds.
        public let kind: Kind
    }

    /// Its name.
    public let name: String
    /// Its columns, by name: two databases may keep them in another order.
    public let columns: [Column]
    /// The columns of its primary key, in the key's order.
    public let key: [String]

    var columnList: String { columns.map(\.name).joined(separator: ", ") }

    var ordered: String {
        "SELECT \(columnList) FROM \(name)" + (key.isEmpty ? "" : " ORDER BY " + key.joined(separator: ", "))
    }
}

extension Connection {
    /// The tables of the store, by name.
    public func tables() throws -> [TableShape] {
        let columns: String
        switch dialect {
        case .sqlite:
            columns = """
                SELECT s.name, c.name, c.type, c.pk FROM sqlite_schema s JOIN pragma_table_info(s.name) c
                WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY s.name, c.name
                """
        case .postgresql:
            columns = """
                SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                    coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
                ORDER BY c.relname COLLATE "C", a.attname COLLATE "C"
                """
        }
        var shapes: [TableShape] = []
        var current: (name: String, columns: [TableShape.Column], key: [(Int64, String)])?
        func finish() {
            guard let table = current else { return }
            shapes.append(
                TableShape(
                    name: table.name, columns: table.columns, key: table.key.sorted { $0.0 < $1.0 }.map(\.1)))
        }
        try each(columns) { row in
            if current?.name != row.text(0) {
                finish()
                current = (row.text(0), [], [])
            }
            let column = TableShape.Column(name: row.text(1), kind: TableShape.Kind(declared: row.text(2)))
            current?.columns.append(column)
            if row.integer(3) > 0 { current?.key.append((row.integer(3), column.name)) }
            return true
        }
        finish()
        return shapes
    }

    /// How many rows a table holds.
    public func count(of table: TableShape) throws -> Int64 {
        try first("SELECT count(*) FROM \(table.name)") { $0.integer(0) } ?? 0
    }

    /// Lets the planner of a server know what the tables hold. A server notices by itself only some time after they were
    /// filled; until then it plans as if they were all but empty. The embedded database plans without statistics.
    ///
    /// - Parameter isRough: looks at fewer rows, which takes a third of the time and tells sizes and shares as well. The
    ///   server looks closer by itself later.
    public func refreshStatistics(of tables: [String]? = nil, isRough: Bool = false) throws {
        guard dialect == .postgresql else { return }
        if isRough { try execute("SET LOCAL default_statistics_target = 30") }
        let names = try tables ?? self.tables().map(\.name)
        if !names.isEmpty { try execute("ANALYZE " + names.joined(separator: ", ")) }
    }
}

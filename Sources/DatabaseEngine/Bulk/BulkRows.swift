import GRDBSQLite
import Problems

/// Rows as PostgreSQL's binary COPY writes them, which is how they travel from one database to another: a count of
/// columns, then for each its length (-1 for NULL) and its bytes, all in network order.
struct BulkRows {
    private(set) var bytes: [UInt8] = []

    /// What comes before the first row and after the last one in PostgreSQL's stream.
    static let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0] + [UInt8](repeating: 0, count: 8)
    static let trailer: [UInt8] = [0xff, 0xff]

    var isFull: Bool { bytes.count >= 1 << 18 }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    /// Adds a row of the embedded database.
    mutating func add(_ row: Row, of table: TableShape) throws {
        append(UInt16(table.columns.count))
        for (position, column) in table.columns.enumerated() {
            let index = Int32(position)
            switch (sqlite3_column_type(row.pointer, index), column.kind) {
            case (SQLITE_NULL, _): append(UInt32.max)
            case (SQLITE_INTEGER, .integer):
                append(UInt32(8))
                append(UInt64(bitPattern: sqlite3_column_int64(row.pointer, index)))
            case (SQLITE_FLOAT, .real), (SQLITE_INTEGER, .real):
                append(UInt32(8))
                append(sqlite3_column_double(row.pointer, index).bitPattern)
            case (SQLITE_TEXT, .text):
                // The text first: asking for the length alone could convert it.
                let text = sqlite3_column_text(row.pointer, index)
                append(text, count: sqlite3_column_bytes(row.pointer, index))
            case (SQLITE_BLOB, .bytes):
                let blob = sqlite3_column_blob(row.pointer, index)?.assumingMemoryBound(to: UInt8.self)
                append(blob, count: sqlite3_column_bytes(row.pointer, index))
            default: throw Self.misfit(table, column)
            }
        }
    }

    private mutating func append(_ start: UnsafePointer<UInt8>?, count: Int32) {
        append(UInt32(bitPattern: count))
        bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(count)))
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Binds the rows of a batch one after the other and lets `run` write each.
    static func each(
        in batch: [UInt8], of table: TableShape, bindTo statement: Statement, _ run: () throws -> Void
    ) throws {
        try batch.withUnsafeBytes { buffer in
            var reader = Reader(buffer)
            while reader.isMore {
                guard try reader.count(table) == table.columns.count else { throw broken(table) }
                for (position, column) in table.columns.enumerated() {
                    let number = position + 1
                    guard let field = try reader.field(table) else {
                        statement.bindNull(number)
                        continue
                    }
                    switch column.kind {
                    case .text: statement.bind(number, text: field)
                    case .bytes: statement.bind(number, [UInt8](field))
                    case .integer: statement.bind(number, Int64(bitPattern: try Reader.number(field, table)))
                    case .real:
                        statement.bind(number, Double(bitPattern: try Reader.number(field, table)))
                    }
                }
                try run()
            }
        }
    }

    private struct Reader {
        private var rest: Slice<UnsafeRawBufferPointer>

        init(_ buffer: UnsafeRawBufferPointer) { rest = buffer[...] }

        var isMore: Bool { !rest.isEmpty }

        mutating func count(_ table: TableShape) throws -> Int {
            Int(try take(2, table).reduce(0) { $0 << 8 | UInt($1) })
        }

        mutating func field(_ table: TableShape) throws -> UnsafeRawBufferPointer? {
            let length = try take(4, table).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return length == .max ? nil : try take(Int(length), table)
        }

        private mutating func take(_ count: Int, _ table: TableShape) throws -> UnsafeRawBufferPointer {
            guard count <= rest.count else { throw BulkRows.broken(table) }
            let taken = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
            rest = rest.dropFirst(count)
            return taken
        }

        static func number(_ field: UnsafeRawBufferPointer, _ table: TableShape) throws -> UInt64 {
            guard field.count == 8 else { throw BulkRows.broken(table) }
            return field.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private static func misfit(_ table: TableShape, _ column: TableShape.Column) -> Problem {
        Problem(
            id: "storage.copy.misfit", kind: .badInput,
            title: "A value of \(table.name).\(column.name) is not of the kind its column holds",
            explanation: "The embedded database let it in; a server would not.",
            remedy: "Restore the last good backup of the data, or report this.")
    }

    private static func broken(_ table: TableShape) -> Problem {
        Problem(
            id: "storage.copy.broken", kind: .defect, title: "The rows of \(table.name) came through damaged",
            remedy: "Run the same command again; report it when that does not help.")
    }
}

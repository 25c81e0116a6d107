import CLibPQ
import GRDBSQLite

/// One row of a result, valid only inside the closure that is given it. Columns count from 0.
public struct Row {
    // SQLite's statement; or a server's result, and then the row counts from 0.
    let pointer: OpaquePointer?
    private let row: Int32

    init(_ statement: OpaquePointer?) {
        pointer = statement
        row = -1
    }

    init(_ result: OpaquePointer, row: Int32) {
        pointer = result
        self.row = row
    }

    private var isServer: Bool { row >= 0 }

    private func server(_ column: Int) -> ServerText? {
        guard let pointer, PQgetisnull(pointer, row, Int32(column)) == 0 else { return nil }
        return ServerText(pointer, row, column)
    }

    /// Whether the column is NULL.
    public func isNull(_ column: Int) -> Bool {
        if isServer { return PQgetisnull(pointer, row, Int32(column)) == 1 }
        return sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL
    }

    /// A whole number; 0 when NULL.
    public func integer(_ column: Int) -> Int64 {
        if isServer { return server(column)?.integer ?? 0 }
        return sqlite3_column_int64(pointer, Int32(column))
    }

    /// A whole number, or nil when NULL.
    public func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

    /// A floating-point number; 0 when NULL.
    public func real(_ column: Int) -> Double {
        if isServer { return server(column)?.real ?? 0 }
        return sqlite3_column_double(pointer, Int32(column))
    }

    /// A text; empty when NULL.
    public func text(_ column: Int) -> String {
        if isServer { return server(column)?.text ?? "" }
        guard let bytes = sqlite3_column_text(pointer, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// A text, or nil when NULL.
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// Bytes; empty when NULL.
    public func blob(_ column: Int) -> [UInt8] {
        if isServer { return server(column)?.blob ?? [] }
        guard let bytes = sqlite3_column_blob(pointer, Int32(column)) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(pointer, Int32(column)))))
    }

    /// Whether a flag column is set.
    public func flag(_ column: Int) -> Bool { integer(column) != 0 }

    /// How many columns the row has.
    public var count: Int { Int(isServer ? PQnfields(pointer) : sqlite3_column_count(pointer)) }

    /// The column as a value of whatever type it holds.
    public func value(_ column: Int) -> Value {
        if isServer { return server(column)?.value ?? .null }
        return switch sqlite3_column_type(pointer, Int32(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(real(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }
}

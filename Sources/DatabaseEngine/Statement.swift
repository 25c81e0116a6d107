import GRDB
import GRDBSQLite
import Problems

/// A prepared statement on one connection, bound directly to the engine: the hot path of a sync.
///
/// Parameters are written `$1`, `$2`, … and bound by that number, in any order and as often as the text repeats them.
/// Use it only inside the closure that lent the connection.
public final class Statement {
    // Kept so that GRDB does not finalize the pointer below.
    private let prepared: GRDB.Statement
    private let pointer: OpaquePointer
    /// Position k-1 holds SQLite's index of `$k`, or 0 when the text does not use it.
    private let indexes: [Int32]

    init(_ prepared: GRDB.Statement, pointer: OpaquePointer) {
        self.prepared = prepared
        self.pointer = pointer
        let count = sqlite3_bind_parameter_count(pointer)
        var indexes: [Int32] = []
        if count > 0 {
            for index in 1...count {
                guard let name = sqlite3_bind_parameter_name(pointer, index),
                    let number = Int(String(cString: name).dropFirst()), number > 0
                else { continue }
                while indexes.count < number { indexes.append(0) }
                indexes[number - 1] = index
            }
        }
        self.indexes = indexes
    }

    /// Binds `$number` to a whole number.
    public func bind(_ number: Int, _ value: Int64) { sqlite3_bind_int64(pointer, indexes[number - 1], value) }

    /// Binds `$number` to a whole number, or NULL.
    public func bind(_ number: Int, _ value: Int64?) {
        if let value { bind(number, value) } else { bindNull(number) }
    }

    /// Binds `$number` to a text. Bytes after a NUL are kept out of the store by the callers.
    public func bind(_ number: Int, _ value: String) {
        let index = indexes[number - 1]
        if value.isEmpty {
            sqlite3_bind_text(pointer, index, "", 0, Self.transient)
            return
        }
        var text = value
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                _ = sqlite3_bind_text64(
                    pointer, index, characters.baseAddress, UInt64(characters.count), Self.transient,
                    UInt8(SQLITE_UTF8))
            }
        }
    }

    /// Binds `$number` to a text, or NULL.
    public func bind(_ number: Int, _ value: String?) {
        if let value { bind(number, value) } else { bindNull(number) }
    }

    /// Binds `$number` to bytes.
    public func bind(_ number: Int, _ value: [UInt8]) {
        value.withUnsafeBytes { bytes in
            if bytes.isEmpty {
                _ = sqlite3_bind_zeroblob(pointer, indexes[number - 1], 0)
            } else {
                _ = sqlite3_bind_blob64(
                    pointer, indexes[number - 1], bytes.baseAddress, UInt64(bytes.count), Self.transient)
            }
        }
    }

    /// Binds `$number` to NULL.
    public func bindNull(_ number: Int) { sqlite3_bind_null(pointer, indexes[number - 1]) }

    /// Binds `$1`, `$2`, … in order.
    public func bind(_ values: [Value]) {
        for (offset, value) in values.enumerated() where offset < indexes.count && indexes[offset] > 0 {
            switch value {
            case .null: bindNull(offset + 1)
            case .integer(let number): bind(offset + 1, number)
            case .real(let number): sqlite3_bind_double(pointer, indexes[offset], number)
            case .text(let text): bind(offset + 1, text)
            case .blob(let bytes): bind(offset + 1, bytes)
            }
        }
    }

    /// Runs the statement to its end and makes it ready for the next binding.
    public func run() throws {
        defer { sqlite3_reset(pointer) }
        while true {
            let code = sqlite3_step(pointer)
            if code == SQLITE_DONE { return }
            if code != SQLITE_ROW { throw failure(code) }
        }
    }

    /// The first row mapped, or nil; then makes the statement ready for the next binding.
    public func first<Result>(_ map: (Row) throws -> Result) throws -> Result? {
        defer { sqlite3_reset(pointer) }
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return try map(Row(pointer))
        case SQLITE_DONE: return nil
        case let code: throw failure(code)
        }
    }

    /// Calls `body` with each row in turn until it returns false.
    public func each(_ body: (Row) throws -> Bool) throws {
        defer { sqlite3_reset(pointer) }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: if try !body(Row(pointer)) { return }
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    /// The names of the result's columns.
    public var columnNames: [String] {
        (0..<sqlite3_column_count(pointer)).map { column in
            sqlite3_column_name(pointer, column).map { String(cString: $0) } ?? ""
        }
    }

    private func failure(_ code: Int32) -> Problem {
        let message = sqlite3_db_handle(pointer).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? ""
        return StorageProblem.sqlite(code: code & 0xff, message: message, sql: prepared.sql)
    }

    // SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

/// One row of a result, valid only inside the closure that is given it. Columns count from 0.
public struct Row {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// Whether the column is NULL.
    public func isNull(_ column: Int) -> Bool { sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL }

    /// A whole number; 0 when NULL.
    public func integer(_ column: Int) -> Int64 { sqlite3_column_int64(pointer, Int32(column)) }

    /// A whole number, or nil when NULL.
    public func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

    /// A floating-point number; 0 when NULL.
    public func real(_ column: Int) -> Double { sqlite3_column_double(pointer, Int32(column)) }

    /// A text; empty when NULL.
    public func text(_ column: Int) -> String {
        guard let bytes = sqlite3_column_text(pointer, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// A text, or nil when NULL.
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// Bytes; empty when NULL.
    public func blob(_ column: Int) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(pointer, Int32(column)) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(pointer, Int32(column)))))
    }

    /// Whether a flag column is set.
    public func flag(_ column: Int) -> Bool { integer(column) != 0 }

    /// How many columns the row has.
    public var count: Int { Int(sqlite3_column_count(pointer)) }

    /// The column as a value of whatever type it holds.
    public func value(_ column: Int) -> Value {
        switch sqlite3_column_type(pointer, Int32(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(real(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }
}

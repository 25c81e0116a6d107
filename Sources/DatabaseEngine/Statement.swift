import GRDB
import GRDBSQLite
import Problems

/// A prepared statement on one connection, bound directly to the engine: the hot path of a sync.
///
/// Parameters are written `$1`, `$2`, … and bound by that number, in any order and as often as the text repeats them.
/// Use it only inside the closure that lent the connection.
public final class Statement {
    // Kept so that GRDB does not finalize the pointer below. Both are nil on a server.
    private let prepared: GRDB.Statement?
    private let pointer: OpaquePointer?
    private let server: ServerStatement?
    /// How many rows each `runCounted` touched, on a file.
    private var counts: [Int] = []
    /// Position k-1 holds SQLite's index of `$k`, or 0 when the text does not use it.
    private let indexes: [Int32]

    init(_ prepared: GRDB.Statement, pointer: OpaquePointer) {
        self.prepared = prepared
        self.pointer = pointer
        server = nil
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

    init(_ server: ServerStatement) {
        self.server = server
        prepared = nil
        pointer = nil
        indexes = []
    }

    /// Binds `$number` to a whole number.
    public func bind(_ number: Int, _ value: Int64) {
        if let server { return server.bind(number, .integer(value)) }
        sqlite3_bind_int64(pointer, indexes[number - 1], value)
    }

    /// Binds `$number` of the embedded database to a floating-point number.
    func bind(_ number: Int, _ value: Double) { sqlite3_bind_double(pointer, indexes[number - 1], value) }

    /// Binds `$number` to a whole number, or NULL.
    public func bind(_ number: Int, _ value: Int64?) {
        if let value { bind(number, value) } else { bindNull(number) }
    }

    /// Binds `$number` to a text. Bytes after a NUL are kept out of the store by the callers.
    public func bind(_ number: Int, _ value: String) {
        if let server { return server.bind(number, .text(value)) }
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

    /// Binds `$number` of the embedded database to a text of these bytes.
    func bind(_ number: Int, text bytes: UnsafeRawBufferPointer) {
        // A text without bytes is no NULL: it needs an address too.
        let start = bytes.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
        if bytes.isEmpty || start == nil { return bind(number, "") }
        sqlite3_bind_text64(
            pointer, indexes[number - 1], start, UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8))
    }

    /// Binds `$number` to a text, or NULL.
    public func bind(_ number: Int, _ value: String?) {
        if let value { bind(number, value) } else { bindNull(number) }
    }

    /// Binds `$number` to bytes.
    public func bind(_ number: Int, _ value: [UInt8]) {
        if let server { return server.bind(number, .blob(value)) }
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
    public func bindNull(_ number: Int) {
        if let server { return server.bind(number, .null) }
        sqlite3_bind_null(pointer, indexes[number - 1])
    }

    /// Binds `$1`, `$2`, … in order.
    public func bind(_ values: [Value]) {
        if let server { return server.bind(values) }
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
    ///
    /// A server is told many of these at once: what one of them did wrong shows at the next question, or at the commit.
    public func run() throws {
        if let server { return try server.run() }
        try Self.checkCancelled()
        defer { sqlite3_reset(pointer) }
        while true {
            let code = sqlite3_step(pointer)
            if code == SQLITE_DONE { return }
            if code != SQLITE_ROW { throw failure(code) }
        }
    }

    /// Runs the statement and keeps how many rows it touched for `takeCounts`: of many runs in a row, a server is asked once.
    public func runCounted() throws {
        if let server { return try server.runCounted() }
        try run()
        counts.append(Int(sqlite3_changes(sqlite3_db_handle(pointer))))
    }

    /// How many rows each `runCounted` since the last call touched, in order.
    public func takeCounts() throws -> [Int] {
        if let server { return try server.takeCounts() }
        defer { counts = [] }
        return counts
    }

    /// Lets a server answer many questions at once, each with one value for every parameter: `first` and `each` then find
    /// the answer here, as it was now. A file needs no such thing.
    public func readAhead(_ questions: @autoclosure () throws -> [[Value]]) throws {
        if let server { try server.readAhead(try questions()) }
    }

    /// Forgets what was read ahead and not asked for.
    public func forgetReadAhead() { server?.forgetReadAhead() }

    /// The first row mapped, or nil; then makes the statement ready for the next binding.
    public func first<Result>(_ map: (Row) throws -> Result) throws -> Result? {
        if let server { return try server.first(map) }
        try Self.checkCancelled()
        defer { sqlite3_reset(pointer) }
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return try map(Row(pointer))
        case SQLITE_DONE: return nil
        case let code: throw failure(code)
        }
    }

    /// Calls `body` with each row in turn until it returns false.
    public func each(_ body: (Row) throws -> Bool) throws { try each(whole: false, body) }

    /// The same; `whole` lets a server send all rows at once, when they are few.
    func each(whole: Bool, _ body: (Row) throws -> Bool) throws {
        if let server { return try server.each(whole: whole, body) }
        try Self.checkCancelled()
        defer { sqlite3_reset(pointer) }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: if try !body(Row(pointer)) { return }
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    /// An interrupt of SQLite ends the statement that runs at that moment, and is forgotten between two of them.
    private static func checkCancelled() throws {
        if Task.isCancelled { throw StorageProblem.cancelled }
    }

    private func failure(_ code: Int32) -> Problem {
        let message = sqlite3_db_handle(pointer).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? ""
        return StorageProblem.sqlite(code: code & 0xff, message: message, sql: prepared?.sql ?? "")
    }

    // SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

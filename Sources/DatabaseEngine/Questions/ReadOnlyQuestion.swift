import Foundation
import GRDBSQLite
import Problems

/// One SQL question that a person wrote, asked of the documented views and of nothing else.
///
/// A file is opened read-only, an authorizer refuses everything but reading views whose name begins with `v_`, and the
/// work stops at a time limit; see `ServerQuestion` for a server. What a person types can therefore neither change the store
/// nor read a sealed secret.
public struct ReadOnlyQuestion: Sendable {
    /// The SQL text: one statement.
    public let sql: String
    /// The most rows to answer with.
    public let rowLimit: Int
    /// The most seconds to work.
    public let secondsLimit: Double

    /// A question with its limits.
    public init(sql: String, rowLimit: Int, secondsLimit: Double) {
        self.sql = sql
        self.rowLimit = rowLimit
        self.secondsLimit = secondsLimit
    }

    /// Asks the database, a file or a server, giving the column names first and then each row.
    ///
    /// - Returns: whether rows were left out because of the row limit.
    /// - Throws: `sql.refused`, `sql.invalid`, `sql.tooSlow`.
    public func ask(
        path: String, columns: ([String]) throws -> Void, row: (Row) throws -> Void
    ) throws -> Bool {
        // Both databases would take the text up to there for the whole.
        if sql.utf8.contains(0) { throw invalid("a NUL character is not allowed") }
        if Dialect(of: path) == .postgresql {
            return try ServerQuestion(question: self, address: try ServerAddress(path)).ask(columns: columns, row: row)
        }
        var handle: OpaquePointer?
        let opened = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        defer { sqlite3_close_v2(handle) }
        guard opened == SQLITE_OK, let handle else {
            throw StorageProblem.sqlite(code: opened & 0xff, message: "open", sql: sql, path: path)
        }
        sqlite3_busy_timeout(handle, 5000)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 16 << 20)
        sqlite3_exec(handle, "PRAGMA query_only = ON", nil, nil, nil)
        let stored = StoredNames(handle)
        let deadline = Deadline(seconds: secondsLimit)
        return try withExtendedLifetime((stored, deadline)) {
            sqlite3_set_authorizer(handle, Self.authorize, Unmanaged.passUnretained(stored).toOpaque())
            sqlite3_progress_handler(
                handle, 10_000, { Deadline.hasPassed($0) }, Unmanaged.passUnretained(deadline).toOpaque())
            return try run(on: handle, columns: columns, row: row)
        }
    }

    private func run(
        on handle: OpaquePointer, columns: ([String]) throws -> Void, row: (Row) throws -> Void
    ) throws -> Bool {
        let statement = try prepare(on: handle)
        defer { sqlite3_finalize(statement) }
        try columns(
            (0..<sqlite3_column_count(statement)).map { column in
                sqlite3_column_name(statement, column).map { String(cString: $0) } ?? ""
            })
        var count = 0
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                if count == rowLimit { return true }
                count += 1
                try row(Row(statement))
            case SQLITE_DONE: return false
            case let code: throw problem(code & 0xff, handle)
            }
        }
    }

    private func prepare(on handle: OpaquePointer) throws -> OpaquePointer {
        var statement: OpaquePointer?
        var rest = ""
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
            rest = tail.map { String(cString: $0) } ?? ""
            return code
        }
        guard code == SQLITE_OK else { throw problem(code & 0xff, handle) }
        guard let statement else { throw invalid("there is no statement in it") }
        guard rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
            sqlite3_finalize(statement)
            throw invalid("only one statement can be asked at a time")
        }
        return statement
    }

    private func problem(_ code: Int32, _ handle: OpaquePointer) -> Problem {
        let message = sqlite3_errmsg(handle).map { String(cString: $0) } ?? ""
        switch code {
        case SQLITE_AUTH, SQLITE_READONLY:
            return refused(message)
        case SQLITE_INTERRUPT: return tooSlow
        case SQLITE_ERROR: return invalid(message)
        default: return StorageProblem.sqlite(code: code, message: message, sql: sql)
        }
    }

    func refused(_ message: String) -> Problem {
        Problem(
            id: "sql.refused", kind: .permission, title: "Only reading the documented views is allowed",
            explanation: "The database said: \(message).",
            remedy: "Ask a SELECT over v_users, v_groups, v_apps, v_assignments, v_memberships, v_roles, "
                + "v_usage_daily or v_departments.")
    }

    var tooSlow: Problem {
        Problem(
            id: "sql.tooSlow", kind: .resumable,
            title: "The question took longer than \(Int(secondsLimit)) seconds",
            remedy: "Ask for less, for example with a WHERE on an id, or raise --timeout.")
    }

    func invalid(_ message: String) -> Problem {
        Problem(
            id: "sql.invalid", kind: .badInput, title: "The SQL cannot be understood: \(message)",
            remedy: "Mend it and ask again; docs/sql.md lists the views and their columns.")
    }

    // The tables that views may read. None of them holds a secret: whatever name a person gives to a common table
    // expression, nothing else can be reached through it.
    static let tables: Set<String> = [
        "users", "user_groups", "apps", "memberships", "assignments", "app_groups", "usage_daily", "usage_monthly",
        "admin_roles", "objects", "coverage",
    ]

    private static let authorize:
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?
        ) -> Int32 = { stored, action, first, second, _, view in
            switch action {
            case SQLITE_SELECT, SQLITE_RECURSIVE: return SQLITE_OK
            case SQLITE_FUNCTION:
                let name = second.map { String(cString: $0).lowercased() } ?? ""
                return ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"].contains(name)
                    ? SQLITE_DENY : SQLITE_OK
            case SQLITE_READ:
                let table = first.map { String(cString: $0) } ?? ""
                let isInView = view.map { String(cString: $0).hasPrefix("v_") } ?? false
                if isInView && tables.contains(table) { return SQLITE_OK }
                return StoredNames.contains(stored, table) ? SQLITE_DENY : SQLITE_OK
            default: return SQLITE_DENY
            }
        }
}

/// The names that are tables of the file, as against views and what a statement itself names in a WITH.
private final class StoredNames: Sendable {
    private let names: Set<String>

    init(_ handle: OpaquePointer) {
        var names: Set<String> = []
        var statement: OpaquePointer?
        sqlite3_prepare_v2(
            handle, "SELECT lower(name) FROM sqlite_schema WHERE type = 'table'", -1, &statement, nil)
        while sqlite3_step(statement) == SQLITE_ROW {
            if let text = sqlite3_column_text(statement, 0) { names.insert(String(cString: text)) }
        }
        sqlite3_finalize(statement)
        self.names = names
    }

    static func contains(_ pointer: UnsafeMutableRawPointer?, _ table: String) -> Bool {
        guard let pointer else { return true }
        let name = table.lowercased()
        if ["sqlite_", "pragma_", "dbstat"].contains(where: name.hasPrefix) { return true }
        return Unmanaged<StoredNames>.fromOpaque(pointer).takeUnretainedValue().names.contains(name)
    }
}

/// A moment after which a question is interrupted.
private final class Deadline: Sendable {
    private let moment: ContinuousClock.Instant

    init(seconds: Double) { moment = .now + .seconds(seconds) }

    static func hasPassed(_ pointer: UnsafeMutableRawPointer?) -> Int32 {
        guard let pointer else { return 0 }
        return Unmanaged<Deadline>.fromOpaque(pointer).takeUnretainedValue().moment < .now ? 1 : 0
    }
}

import Foundation
import GRDBSQLite
import Problems

/// Asks a person's question of a database file.
///
/// The connection's own database is in memory and has no rows. The file is attached to it, to be read only, under a name
/// that is made up anew for each question, and temporary views stand before the file's own: they show one workspace. Before
/// each table that views read stands an empty one of its name, which the authorizer refuses with whatever else is no view.
/// So nobody can write a name that leads around the temporary views.
struct FileQuestion {
    let question: ReadOnlyQuestion
    let path: String
    private let schema = "f" + (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()

    /// The most bytes of a value.
    private static let longest: Int32 = 1 << 20

    init(question: ReadOnlyQuestion, path: String) {
        self.question = question
        self.path = path
    }

    func ask(columns: ([String]) throws -> Void, row: (Row) throws -> Void) throws -> Bool {
        var handle: OpaquePointer?
        let opened = sqlite3_open_v2(
            ":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
        defer { sqlite3_close_v2(handle) }
        guard opened == SQLITE_OK, let handle else {
            throw StorageProblem.sqlite(code: opened & 0xff, message: "open", sql: question.sql, path: path)
        }
        sqlite3_busy_timeout(handle, 5000)
        for statement in statements { try prepareTheWay(statement, on: handle) }
        // Nothing can end a function of SQLite's before it has done with its texts, so they are kept short.
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.longest)
        sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000)
        let stored = StoredNames(handle, schema: schema)
        let deadline = Deadline(seconds: question.secondsLimit)
        return try withExtendedLifetime((stored, deadline)) {
            sqlite3_set_authorizer(handle, Self.authorize, Unmanaged.passUnretained(stored).toOpaque())
            sqlite3_progress_handler(
                handle, 10_000, { Deadline.hasPassed($0) }, Unmanaged.passUnretained(deadline).toOpaque())
            return try run(on: handle, columns: columns, row: row)
        }
    }

    private var statements: [String] {
        // As an address, in which these letters would end the path.
        let address = [("%", "%25"), ("?", "%3f"), ("#", "%23"), ("'", "''")].reduce(path) {
            $0.replacing($1.0, with: $1.1)
        }
        return ["ATTACH DATABASE 'file:\(address)?mode=ro' AS \(schema)"]
            + ReadOnlyQuestion.tables.map { "CREATE TABLE main.\($0) AS SELECT * FROM \(schema).\($0) WHERE 0" }
            + QuestionGate.views.map {
                "CREATE TEMP VIEW \($0) AS SELECT * FROM \(schema).\($0) WHERE workspace_id = \(question.workspaceID)"
            } + ["PRAGMA query_only = ON"]
    }

    private func prepareTheWay(_ statement: String, on handle: OpaquePointer) throws {
        let code = sqlite3_exec(handle, statement, nil, nil, nil)
        guard code == SQLITE_OK else {
            let message = sqlite3_errmsg(handle).map { String(cString: $0) } ?? ""
            throw StorageProblem.sqlite(code: code & 0xff, message: message, sql: statement, path: path)
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
                if count == question.rowLimit { return true }
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
        let code = question.sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
            rest = tail.map { String(cString: $0) } ?? ""
            return code
        }
        guard code == SQLITE_OK else { throw problem(code & 0xff, handle) }
        guard let statement else { throw question.invalid("there is no statement in it") }
        guard rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
            sqlite3_finalize(statement)
            throw question.invalid("only one statement can be asked at a time")
        }
        return statement
    }

    private func problem(_ code: Int32, _ handle: OpaquePointer) -> Problem {
        let message = (sqlite3_errmsg(handle).map { String(cString: $0) } ?? "").replacing(schema + ".", with: "")
        switch code {
        case SQLITE_AUTH, SQLITE_READONLY: return question.refused(message.replacing("main.", with: ""))
        case SQLITE_INTERRUPT: return question.tooSlow
        // A value too large, a wrong type: the question asks for what cannot be.
        case SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_NOMEM, SQLITE_MISMATCH, SQLITE_RANGE:
            return question.invalid(message)
        default: return StorageProblem.sqlite(code: code, message: message, sql: question.sql)
        }
    }

    private static let authorize:
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?
        ) -> Int32 = { stored, action, first, second, database, view in
            switch action {
            case SQLITE_SELECT, SQLITE_RECURSIVE: return SQLITE_OK
            case SQLITE_FUNCTION:
                let name = second.map { String(cString: $0).lowercased() } ?? ""
                return ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"].contains(name)
                    ? SQLITE_DENY : SQLITE_OK
            case SQLITE_READ:
                let table = first.map { String(cString: $0) } ?? ""
                // A WITH can have a view's name, but what it reads is then in the connection's own database.
                if database.map({ String(cString: $0) == "main" }) ?? false { return SQLITE_DENY }
                let isInView = view.map { String(cString: $0).hasPrefix("v_") } ?? false
                if isInView && ReadOnlyQuestion.tables.contains(table) { return SQLITE_OK }
                return StoredNames.contains(stored, table) ? SQLITE_DENY : SQLITE_OK
            default: return SQLITE_DENY
            }
        }
}

/// The names that the file has besides the documented views, as against what a statement itself names in a WITH.
private final class StoredNames: Sendable {
    private let names: Set<String>

    init(_ handle: OpaquePointer, schema: String) {
        var names: Set<String> = []
        var statement: OpaquePointer?
        sqlite3_prepare_v2(
            handle, "SELECT lower(name) FROM \(schema).sqlite_schema WHERE type IN ('table', 'view')", -1, &statement,
            nil)
        while sqlite3_step(statement) == SQLITE_ROW {
            if let text = sqlite3_column_text(statement, 0) { names.insert(String(cString: text)) }
        }
        sqlite3_finalize(statement)
        self.names = names.subtracting(QuestionGate.views)
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

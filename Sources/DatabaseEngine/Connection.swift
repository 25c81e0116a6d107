import GRDB

/// One connection to the store, lent for the length of a closure. All SQL goes through it, always with parameters.
public final class Connection {
    enum Lent {
        case file(Database)
        case server(ServerLink)
    }

    let lent: Lent
    /// The statements of this closure: a page of rows asks for the same few again and again.
    private var prepared: [String: Statement] = [:]

    init(_ database: Database) { lent = .file(database) }
    init(_ link: ServerLink) { lent = .server(link) }

    /// Which database it is, for the few places where no one text runs on both.
    public var dialect: Dialect {
        switch lent {
        case .file: .sqlite
        case .server: .postgresql
        }
    }

    /// A statement to bind and run many times; kept prepared between closures.
    public func prepare(_ sql: String) throws -> Statement {
        if let statement = prepared[sql] { return statement }
        let statement = try make(sql)
        prepared[sql] = statement
        return statement
    }

    private func make(_ sql: String) throws -> Statement {
        switch lent {
        case .server(let link): return Statement(ServerStatement(link, sql: sql))
        case .file(let database):
            do {
                let cached = try database.cachedStatement(sql: sql)
                return Statement(cached, pointer: cached.sqliteStatement)
            } catch {
                throw StorageProblem.from(error)
            }
        }
    }

    /// Runs one statement.
    public func execute(_ sql: String, _ parameters: [Value] = []) throws {
        let statement = try prepare(sql)
        statement.bind(parameters)
        try statement.run()
    }

    /// All rows of a query, mapped. For bounded results only: lists are paged, walks use `each`.
    public func query<Result>(
        _ sql: String, _ parameters: [Value] = [], _ map: (Row) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        let statement = try prepare(sql)
        statement.bind(parameters)
        try statement.each(whole: true) { row in
            results.append(try map(row))
            return true
        }
        return results
    }

    /// The first row of a query, mapped, or nil.
    public func first<Result>(
        _ sql: String, _ parameters: [Value] = [], _ map: (Row) throws -> Result
    ) throws -> Result? {
        let statement = try prepare(sql)
        statement.bind(parameters)
        return try statement.first(map)
    }

    /// Calls `body` with each row of a query until it returns false.
    public func each(_ sql: String, _ parameters: [Value] = [], _ body: (Row) throws -> Bool) throws {
        let statement = try prepare(sql)
        statement.bind(parameters)
        try statement.each(body)
    }

    /// How the database would answer a question, step by step: for tests that no big table is walked.
    public func explain(_ sql: String, _ parameters: [Value] = []) throws -> [String] {
        switch dialect {
        case .sqlite: try query("EXPLAIN QUERY PLAN " + sql, parameters) { $0.text(3) }
        case .postgresql: try query("EXPLAIN (COSTS OFF) " + sql, parameters) { $0.text(0) }
        }
    }

    /// How many rows the last INSERT, UPDATE or DELETE touched.
    public var changes: Int {
        switch lent {
        case .file(let database): database.changesCount
        case .server(let link): link.changes
        }
    }
}

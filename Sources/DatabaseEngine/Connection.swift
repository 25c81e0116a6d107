import GRDB

/// One connection to the store, lent for the length of a closure. All SQL goes through it, always with parameters.
public final class Connection {
    private let database: Database
    /// The statements of this closure: a page of rows asks for the same few again and again.
    private var prepared: [String: Statement] = [:]

    init(_ database: Database) { self.database = database }

    /// A statement to bind and run many times; kept prepared between closures.
    public func prepare(_ sql: String) throws -> Statement {
        if let statement = prepared[sql] { return statement }
        do {
            let cached = try database.cachedStatement(sql: sql)
            let statement = Statement(cached, pointer: cached.sqliteStatement)
            prepared[sql] = statement
            return statement
        } catch {
            throw StorageProblem.from(error)
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
        try each(sql, parameters) { row in
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

    /// How many rows the last INSERT, UPDATE or DELETE touched.
    public var changes: Int { database.changesCount }
}

import Problems

/// A statement of a server's connection with what is bound to it.
final class ServerStatement {
    private let link: ServerLink
    private let plan: ServerPlan
    private var values: [Value]

    init(_ link: ServerLink, sql: String) {
        self.link = link
        plan = link.plan(sql)
        values = Array(repeating: .null, count: plan.count)
    }

    func bind(_ number: Int, _ value: Value) { values[number - 1] = value }

    func bind(_ all: [Value]) {
        for (offset, value) in all.enumerated() where offset < values.count { values[offset] = value }
    }

    func run() throws { try link.run(plan, values) }

    func first<Result>(_ map: (Row) throws -> Result) throws -> Result? {
        let cursor = try link.ask(plan, values, whole: false)
        defer { link.close(cursor) }
        return try cursor.next().map(map)
    }

    /// Calls `body` with each row until it returns false.
    func each(whole: Bool, _ body: (Row) throws -> Bool) throws {
        let cursor = try link.ask(plan, values, whole: whole)
        defer { link.close(cursor) }
        while let row = try cursor.next(), try body(row) {}
    }
}

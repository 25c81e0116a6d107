import CLibPQ
import Problems

/// A statement of a server's connection with what is bound to it.
final class ServerStatement {
    private let link: ServerLink
    private let plan: ServerPlan
    private var values: [Value]
    private let counter = ServerCounter()
    private var answers: [[Value]: ServerAnswer] = [:]

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

    func runCounted() throws { try link.run(plan, values, counter: counter) }

    func takeCounts() throws -> [Int] {
        try link.settle()
        defer { counter.counts = [] }
        return counter.counts
    }

    func readAhead(_ questions: [[Value]]) throws {
        answers.removeAll(keepingCapacity: true)
        try link.askAll(plan, questions) { question, answer in answers[question] = answer }
    }

    func forgetReadAhead() { answers.removeAll() }

    func first<Result>(_ map: (Row) throws -> Result) throws -> Result? {
        if !answers.isEmpty, let answer = answers.removeValue(forKey: values) { return try answer.row.map(map) }
        let cursor = try link.ask(plan, values, whole: false)
        defer { link.close(cursor) }
        return try cursor.next().map(map)
    }

    /// Calls `body` with each row until it returns false.
    func each(whole: Bool, _ body: (Row) throws -> Bool) throws {
        if !answers.isEmpty, let answer = answers.removeValue(forKey: values) {
            for row in answer.rows { if try !body(row) { return } }
            return
        }
        let cursor = try link.ask(plan, values, whole: whole)
        defer { link.close(cursor) }
        while let row = try cursor.next(), try body(row) {}
    }
}

/// How many rows each run of a statement touched, noted when the server tells.
final class ServerCounter {
    var counts: [Int] = []
}

/// The answer to a question that was asked ahead.
final class ServerAnswer {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    var rows: some Sequence<Row> { (0..<PQntuples(result)).lazy.map { Row(self.result, row: $0) } }
    var row: Row? { PQntuples(result) > 0 ? Row(result, row: 0) : nil }
}

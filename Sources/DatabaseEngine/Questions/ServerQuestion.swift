import CLibPQ
import Foundation
import Problems

/// Asks a person's question of a server, over a connection of its own.
///
/// Three things keep it from anything but the documented views. The gate reads the words before the server does. The
/// server's own plan then has to name no table but those that the views read, and no function that gives rows. And the
/// transaction can only read, for a limited time, through a cursor, which takes one question and nothing else.
///
/// A WITH around the question gives the views' names to what they show of one workspace. The gate lets no name through that
/// leads around it: none with a schema before it.
struct ServerQuestion {
    let question: ReadOnlyQuestion
    let address: ServerAddress

    private static let batch = 500
    private static let cursor = "muster_question"

    func ask(columns: ([String]) throws -> Void, row: (Row) throws -> Void) throws -> Bool {
        let passed: QuestionGate.Passed
        do throws(QuestionGate.Refusal) {
            passed = try QuestionGate.check(question.sql)
        } catch {
            switch error {
            case .notUnderstood(let reason): throw question.invalid(reason)
            case .notAllowed(let what): throw question.refused("\(what) is not allowed")
            }
        }
        let handle = try ServerLink.connect(address)
        defer { PQfinish(handle) }
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        let talk = Talk(handle: handle, question: question, address: address)
        for setting in ["SET standard_conforming_strings = on", "SET bytea_output = 'hex'", "SET jit = off"] {
            try talk.run(setting)
        }
        try talk.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for setting in ["cursor_tuple_fraction = 1", "lock_timeout = '5s'"] { try talk.run("SET LOCAL \(setting)") }
        try talk.limitTime()
        try checkOwn(passed.own, talk)
        try checkFields(passed.fields, talk)
        let schema = try talk.names("SELECT current_schema()").first ?? ""
        let text = inWorkspace(passed.text, schema: schema)
        try checkPlan(text, schema: schema, talk)
        try talk.run("DECLARE \(Self.cursor) NO SCROLL CURSOR FOR\n\(text)")
        return try fetch(talk, columns: columns, row: row)
    }

    /// The question over what the views show of its workspace.
    private func inWorkspace(_ text: String, schema: String) -> String {
        let schema = "\"" + schema.replacing("\"", with: "\"\"") + "\""
        let views = QuestionGate.views.sorted().map {
            "\($0) AS NOT MATERIALIZED (SELECT * FROM \(schema).\($0) WHERE workspace_id = \(question.workspaceID))"
        }
        // Lines of their own: the text may end with a comment.
        return "WITH \(views.joined(separator: ", "))\nSELECT * FROM (\n\(text)\n) AS question"
    }

    private func fetch(_ talk: Talk, columns: ([String]) throws -> Void, row: (Row) throws -> Void) throws -> Bool {
        var count = 0
        var isFirst = true
        while true {
            try talk.limitTime()
            // One more than is left, to know whether rows are left out.
            let left = question.rowLimit - count
            let most = left < Self.batch ? left + 1 : Self.batch
            let rows = try talk.ask("FETCH FORWARD \(most) FROM \(Self.cursor)") { result in
                if isFirst {
                    try columns((0..<PQnfields(result)).map { PQfname(result, $0).map { String(cString: $0) } ?? "" })
                }
                let rows = Int(PQntuples(result))
                for number in 0..<min(rows, left) { try row(Row(result, row: Int32(number))) }
                return rows
            }
            isFirst = false
            count += rows
            if count > question.rowLimit { return true }
            if rows < most { return false }
        }
    }

    private func list(_ names: some Sequence<String>) -> String {
        names.sorted().map { "'" + $0.replacing("'", with: "''") + "'" }.joined(separator: ", ")
    }

    /// A WITH's name means the stored table again outside of that WITH, so it has to be the name of none.
    private func checkOwn(_ own: Set<String>, _ talk: Talk) throws {
        if own.isEmpty { return }
        let taken = try talk.names(
            "SELECT c.relname FROM pg_class c WHERE c.relname IN (\(list(own))) AND pg_table_is_visible(c.oid)")
        if let name = taken.first { throw question.refused("\(name) as a name in WITH is not allowed") }
    }

    /// A name behind a dot could call a function of one argument, if it is no column.
    private func checkFields(_ fields: Set<String>, _ talk: Talk) throws {
        let unknown = fields.subtracting(QuestionGate.functions).subtracting(QuestionGate.types)
        if unknown.isEmpty { return }
        let functions = try talk.names(
            """
            SELECT DISTINCT p.proname FROM pg_proc p WHERE p.proname IN (\(list(unknown))) AND NOT EXISTS (
                SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relname IN (\(list(QuestionGate.views)))
                    AND a.attname = p.proname)
            """)
        if let function = functions.first { throw question.refused("\(function) is not allowed") }
    }

    private func checkPlan(_ text: String, schema: String, _ talk: Talk) throws {
        let plan = try talk.names("EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON)\n\(text)").joined()
        let tree = try JSONSerialization.jsonObject(with: Data(plan.utf8))
        if let odd = Self.oddity(in: tree, schema: schema) { throw question.refused("\(odd) is not allowed") }
    }

    /// What a plan does besides reading the tables of the views; nil when nothing.
    static func oddity(in tree: Any, schema: String) -> String? {
        if let list = tree as? [Any] { return list.lazy.compactMap { oddity(in: $0, schema: schema) }.first }
        guard let node = tree as? [String: Any] else { return nil }
        if let type = node["Node Type"] as? String, !steps.contains(type) { return "a step “\(type)”" }
        if let relation = node["Relation Name"] as? String {
            guard ReadOnlyQuestion.tables.contains(relation), node["Schema"] as? String == schema else {
                return relation
            }
        }
        if let function = node["Function Name"] ?? node["Table Function Name"] { return "\(function)" }
        return node.values.lazy.compactMap { oddity(in: $0, schema: schema) }.first
    }

    private static let steps: Set<String> = [
        "Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Bitmap Index Scan", "BitmapAnd", "BitmapOr",
        "Nested Loop", "Hash Join", "Merge Join", "Hash", "Sort", "Incremental Sort", "Aggregate", "Group", "WindowAgg",
        "Unique", "SetOp", "Limit", "Result", "Append", "Merge Append", "Recursive Union", "CTE Scan", "WorkTable Scan",
        "Subquery Scan", "Values Scan", "Materialize", "Memoize", "Gather", "Gather Merge",
    ]
}

/// Sends one statement after the other over a connection, and reads what comes back.
private struct Talk {
    let handle: OpaquePointer
    let question: ReadOnlyQuestion
    let address: ServerAddress
    private let deadline: ContinuousClock.Instant

    init(handle: OpaquePointer, question: ReadOnlyQuestion, address: ServerAddress) {
        self.handle = handle
        self.question = question
        self.address = address
        deadline = .now + .seconds(question.secondsLimit)
    }

    func run(_ sql: String) throws { try ask(sql) { _ in } }

    func names(_ sql: String) throws -> [String] {
        try ask(sql) { result in (0..<PQntuples(result)).map { Row(result, row: $0).text(0) } }
    }

    /// What is left of the time, for the next statements.
    func limitTime() throws {
        let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
        if left < 1 { throw question.tooSlow }
        try run("SET LOCAL statement_timeout = \(Int(left.rounded(.up)))")
    }

    /// One statement: with parameters, even none, a server takes no second one.
    func ask<Answer>(_ sql: String, _ read: (OpaquePointer) throws -> Answer) throws -> Answer {
        guard let result = PQexecParams(handle, sql, 0, nil, nil, nil, nil, 0) else {
            throw StorageProblem.serverLost(String(cString: PQerrorMessage(handle)), address.shown)
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: return try read(result)
        default:
            let state = PQresultErrorField(result, 67).map { String(cString: $0) } ?? "08006"
            let message = PQresultErrorField(result, 77).map { String(cString: $0) } ?? ""
            throw problem(state, message, sql)
        }
    }

    private func problem(_ state: String, _ message: String, _ sql: String) -> Problem {
        switch state {
        case "57014": question.tooSlow
        case "42501", "25006": question.refused(message)
        case _ where ["42", "22", "21", "0A", "54"].contains(where: state.hasPrefix): question.invalid(message)
        default: StorageProblem.server(state: state, message: message, sql: sql, server: address.shown)
        }
    }
}

import CLibPQ

/// An INSERT of one row that can be one of many rows: what stands before its row and behind it.
struct ServerInsert {
    /// The table it adds to.
    let table: Substring
    private let head: String
    private let width: Int
    private let tail: String
    /// Which parameters tell rows apart, where a row may replace another: one statement must not touch a row twice.
    private let key: [Int]

    /// Nil for any other statement.
    init?(_ sql: String) {
        guard sql.hasPrefix("INSERT INTO "), let columns = Self.list(in: sql[...]) else { return nil }
        let rest = sql[columns.end...].drop(while: \.isWhitespace)
        guard rest.hasPrefix("VALUES"), let row = Self.list(in: rest) else { return nil }
        // Only its own values, in their order.
        guard row.words == (1...columns.words.count).map({ "$\($0)" }) else { return nil }
        let tail = sql[row.end...].drop(while: \.isWhitespace)
        if tail.contains("$") { return nil }
        guard tail.isEmpty || tail.hasPrefix("ON CONFLICT (") else { return nil }
        if !tail.isEmpty, !tail.hasSuffix("DO NOTHING") {
            let names = Self.list(in: tail)?.words ?? []
            key = names.compactMap { columns.words.firstIndex(of: $0) }
            guard key.count == names.count, !tail.contains("RETURNING") else { return nil }
        } else {
            key = []
        }
        table = sql.dropFirst("INSERT INTO ".count).prefix { $0 != " " && $0 != "(" }
        head = sql[..<rest.startIndex] + "VALUES "
        width = columns.words.count
        self.tail = String(tail)
    }

    /// The same for many rows.
    func sql(rows: Int) -> String {
        let all = (0..<rows).map { row in
            "(" + (1...width).map { "$\(row * width + $0)" }.joined(separator: ", ") + ")"
        }
        return head + all.joined(separator: ", ") + " " + tail
    }

    /// What must differ from row to row; nil when nothing must.
    func identity(of values: [Value]) -> [Value]? { key.isEmpty ? nil : key.map { values[$0] } }

    /// The words of the first list in parentheses, and where it ends.
    private static func list(in text: Substring) -> (words: [String], end: String.Index)? {
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else { return nil }
        let words = text[text.index(after: open)..<close].split(separator: ",").map {
            String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        return words.isEmpty ? nil : (words, text.index(after: close))
    }
}

/// Rows of one INSERT that wait for more of their kind: a server takes many in one statement for much less than one by one.
struct ServerRows {
    let plan: ServerPlan
    let shape: ServerPlan.Shape
    private(set) var rows: [[Value]] = []
    private var identities: Set<[Value]> = []

    /// Rows in one statement, and in one of those that the last of a page make.
    static let most = 32
    static let some = 8

    init(_ plan: ServerPlan, shape: ServerPlan.Shape) {
        self.plan = plan
        self.shape = shape
    }

    /// Takes a row; false when it must wait for the rows before it.
    mutating func add(_ values: [Value], of insert: ServerInsert) -> Bool {
        if rows.count == Self.most { return false }
        if let identity = insert.identity(of: values), !identities.insert(identity).inserted { return false }
        rows.append(values)
        return true
    }
}

extension ServerLink {
    /// Kinds of rows that wait at once: a page of people adds to three tables in turn.
    private static let mostKinds = 6

    /// Keeps a row until others of its kind, or another statement, come; false when the statement is no such row.
    ///
    /// Rows of one table go in the order they came in. Between tables there is no order to keep: none refers to another.
    func hold(_ plan: ServerPlan, _ values: [Value]) throws -> Bool {
        guard let insert = plan.insert, let shape = plan.shape(for: values) else { return false }
        if let failure { throw failure }
        if isCancelled() { throw StorageProblem.cancelled }
        latest = plan
        if let place = held.firstIndex(where: { $0.plan === plan && $0.shape.name == shape.name }) {
            if held[place].add(values, of: insert) { return true }
            try send(held.remove(at: place))
        } else if let place = held.firstIndex(where: { $0.plan.insert?.table == insert.table }) {
            try send(held.remove(at: place))
        } else if held.count == Self.mostKinds {
            try send(held.removeFirst())
        }
        var rows = ServerRows(plan, shape: shape)
        _ = rows.add(values, of: insert)
        held.append(rows)
        return true
    }

    /// Sends the rows that wait.
    ///
    /// - Parameter last: sends the last one by itself, so that what it touched can be told.
    func release(last: Bool = false) throws {
        if held.isEmpty { return }
        let waiting = held
        held = []
        for rows in waiting where !last || rows.plan !== latest { try send(rows) }
        if last { for rows in waiting where rows.plan === latest { try send(rows, last: true) } }
    }

    private func send(_ waiting: ServerRows, last: Bool = false) throws {
        var rows = waiting.rows[...]
        let single = last ? rows.popLast() : nil
        for count in [ServerRows.most, ServerRows.some] {
            while rows.count >= count, let insert = waiting.plan.insert {
                try sendNow(plan(many: count, insert, of: waiting), rows.prefix(count).flatMap { $0 })
                rows = rows.dropFirst(count)
            }
        }
        for values in rows { try sendNow(waiting.plan, values) }
        if let single { try sendNow(waiting.plan, single) }
    }

    private func sendNow(_ plan: ServerPlan, _ values: [Value]) throws {
        try post(plan, values)
        try note(sent: plan)
    }

    private func plan(many count: Int, _ insert: ServerInsert, of waiting: ServerRows) -> ServerPlan {
        let kind = "\(waiting.shape.name) \(count)"
        if let known = waiting.plan.many[kind] { return known }
        let types = (0..<count).flatMap { _ in waiting.shape.types }
        let many = ServerPlan(insert.sql(rows: count), types: types)
        waiting.plan.many[kind] = many
        return many
    }
}

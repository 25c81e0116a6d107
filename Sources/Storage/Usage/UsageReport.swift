import DatabaseEngine
import Directory
import Problems

extension ListDefinition {
    /// The columns of `report usage`: sign-ins of each person to each app, month by month.
    public static let usage = ListDefinition(
        noun: "usage",
        columns: [
            ListColumn("app_id", ""), ListColumn("app_label", ""), ListColumn("user_id", ""), ListColumn("login", ""),
            ListColumn("month", ""), ListColumn("sign_ins", .number, ""), ListColumn("last_sign_in_at", .time, ""),
        ], source: .memory(searched: []) { _, _ in [] })
}

extension Store {
    /// Every row of `report usage` up to the moment, by app, person and month, a batch at a time.
    public func eachUsageRow(
        _ moment: Moment, filters: [ListFilter] = [], batch: Int = 20_000,
        _ body: ([ListRow]) async throws -> Void
    ) async throws {
        var conditions: [(position: Int, condition: ListCondition)] = []
        let positions = ListDefinition.usage.positions
        for filter in filters {
            guard let column = ListDefinition.usage.column(filter.column), let position = positions[column.name]
            else { continue }
            conditions.append((position, try filter.condition(on: column)))
        }
        var start: UsageKey? = UsageKey(app: -1, user: -1)
        while let from = start {
            let workspaceID = workspaceID
            let (rows, last) = try await engine.read { connection in
                try UsageQueries.batch(connection, workspaceID, after: from, moment, limit: batch)
            }
            let kept = rows.filter { row in conditions.allSatisfy { $0.condition.holds(row.cells[$0.position]) } }
            if !kept.isEmpty { try await body(kept) }
            start = last
        }
    }
}

struct UsageKey: Sendable, Equatable {
    var app: Int64
    var user: Int64
}

enum UsageQueries {
    /// Whole (app, person) pairs of day rows, folded into months; ends at a pair's end so that no month is cut in two.
    static func batch(
        _ connection: Connection, _ workspaceID: Int64, after start: UsageKey, _ moment: Moment, limit: Int
    ) throws -> (rows: [ListRow], last: UsageKey?) {
        var fold = UsageFold(names: UsageNames(connection, workspaceID, moment.asOf))
        var seen = 0
        var stopped = false
        try connection.each(
            """
            SELECT d.app_key, d.user_key, d.day, d.sign_ins, d.last_at FROM usage_daily d
            WHERE d.workspace_id = $1 AND (d.app_key, d.user_key) > ($2, $3) AND \(moment.counts("d"))
            ORDER BY d.app_key, d.user_key, d.day
            """, [.integer(workspaceID), .integer(start.app), .integer(start.user)]
        ) { row in
            let key = UsageKey(app: row.integer(0), user: row.integer(1))
            if seen >= limit, key != fold.key {
                stopped = true
                return false
            }
            seen += 1
            let month = Moment.month(of: Timestamp(day: Int32(row.integer(2))))
            try fold.add(key, month: month, signIns: row.integer(3), lastAt: row.integer(4))
            return true
        }
        let last = fold.key
        return (try fold.finish(), stopped ? last : nil)
    }
}

/// Adds up consecutive days of one month.
private struct UsageFold {
    var names: UsageNames
    private(set) var key: UsageKey?
    private var month: Int64 = 0
    private var signIns: Int64 = 0
    private var lastAt: Int64 = 0
    private var rows: [ListRow] = []
    private let positions = ListDefinition.usage.positions

    init(names: UsageNames) { self.names = names }

    mutating func add(_ key: UsageKey, month: Int64, signIns: Int64, lastAt: Int64) throws {
        if key != self.key || month != self.month {
            try flush()
            self.key = key
            self.month = month
        }
        self.signIns += signIns
        self.lastAt = max(self.lastAt, lastAt)
    }

    mutating func finish() throws -> [ListRow] {
        try flush()
        return rows
    }

    private mutating func flush() throws {
        defer { (signIns, lastAt) = (0, 0) }
        guard let key, signIns > 0 else { return }
        let app = try names.app(key.app)
        let user = try names.user(key.user)
        rows.append(
            ListRow(
                cells: [
                    app.id, app.name, user.id, user.name, .text(Moment.monthName(month)), .integer(signIns),
                    .integer(lastAt),
                ], keys: [], sortValue: .null, positions: positions))
    }
}

/// The ids and names of apps and people as they were at the moment, else as they are known last; looked up once in a row:
/// rows of one app follow each other.
private struct UsageNames {
    private let connection: Connection
    private let workspaceID: Int64
    private let asOf: AsOf
    private var lastApp: (key: Int64, name: (id: Value, name: Value))?
    private var lastUser: (key: Int64, name: (id: Value, name: Value))?

    init(_ connection: Connection, _ workspaceID: Int64, _ asOf: AsOf) {
        self.connection = connection
        self.workspaceID = workspaceID
        self.asOf = asOf
    }

    mutating func app(_ key: Int64) throws -> (id: Value, name: Value) {
        if let lastApp, lastApp.key == key { return lastApp.name }
        let name = try name("LEFT JOIN apps x ON x.workspace_id = $1 AND x.app_key = o.object_key", "label", key)
        lastApp = (key, name)
        return name
    }

    mutating func user(_ key: Int64) throws -> (id: Value, name: Value) {
        if let lastUser, lastUser.key == key { return lastUser.name }
        let name = try name("LEFT JOIN users x ON x.workspace_id = $1 AND x.user_key = o.object_key", "login", key)
        lastUser = (key, name)
        return name
    }

    private func name(_ join: String, _ column: String, _ key: Int64) throws -> (id: Value, name: Value) {
        try connection.first(
            """
            SELECT o.okta_id, x.\(column) FROM objects o \(join)
            WHERE o.workspace_id = $1 AND o.object_key = $2
            ORDER BY CASE WHEN \(asOf.holds("x")) THEN 0 ELSE 1 END, x.valid_from DESC LIMIT 1
            """, [.integer(workspaceID), .integer(key)], { ($0.value(0), $0.value(1)) }) ?? (.null, .null)
    }
}

import DatabaseEngine
import Directory
import Problems
import Storage

/// Whether somebody uses an app.
public enum UseState: String, Sendable, CaseIterable {
    /// Signed in within the app's window.
    case used
    /// Has it, and has not signed in within the window.
    case unused = "not used"
    /// Sign-ons tell nothing about this app, or are not known at all.
    case noData = "no data"
}

/// The apps of one person, had or used, each with what is known of its use: one step into the rollup for each app that
/// anybody uses.
struct PersonUsage {
    fileprivate struct Use {
        var last: Int64?
        var days30: Int64 = 0
        var days90: Int64 = 0
        var signIns90: Int64 = 0
    }

    private let connection: Connection
    private let workspaceID: Int64
    private let user: Int64
    private let moment: Moment

    init(_ connection: Connection, _ workspaceID: Int64, user: Int64, _ moment: Moment) throws {
        self.connection = connection
        self.workspaceID = workspaceID
        self.user = user
        self.moment = moment
    }

    func rows() throws -> [[Value]] {
        let held = try held()
        let uses = moment.usageKnown ? try uses() : [:]
        let grades = try UsageGrades.read(connection, workspaceID, moment)
        let id = try connection.first(
            "SELECT o.okta_id FROM objects o WHERE o.workspace_id = $1 AND o.object_key = $2",
            [.integer(workspaceID), .integer(user)], { $0.value(0) })
        let name = try connection.prepare(
            """
            SELECT p.label FROM apps p WHERE p.workspace_id = $1 AND p.app_key = $2 AND \(moment.asOf.holds("p"))
            """)
        return try Set(held.keys).union(uses.keys).sorted().compactMap { app in
            guard let evidence = grades[app] else { return nil }
            name.bind([.integer(workspaceID), .integer(app)])
            let label = try name.first { $0.value(0) } ?? .null
            return cells(id ?? .null, label, held[app], uses[app], evidence)
        }
    }

    private func cells(_ id: Value, _ label: Value, _ held: Value?, _ use: Use?, _ evidence: AppEvidence) -> [Value] {
        let hasData = evidence.grade != .none
        let isUsed = use?.last.map { $0 / AppUses.day > moment.today - Int64(evidence.window()) } ?? false
        // Where the log begins within the window, nobody knows what was before.
        let isKnown =
            use?.last != nil
            || (moment.usageSince.map { Int64($0.day) <= moment.today - Int64(evidence.window()) } ?? true)
        let state: UseState = !hasData ? .noData : isUsed ? .used : isKnown ? .unused : .noData
        func count(_ path: KeyPath<Use, Int64>) -> Value {
            moment.usageKnown ? .integer(use?[keyPath: path] ?? 0) : .null
        }
        return [
            id, .text(evidence.appID), label, .text(state.rawValue), .text(held == nil ? "no" : "yes"),
            held ?? .null, .optional(use?.last), count(\.days30), count(\.days90), count(\.signIns90),
            .text(evidence.grade.rawValue), hasData ? .integer(Int64(evidence.window())) : .null,
            .text(evidence.reason),
        ]
    }

    private func held() throws -> [Int64: Value] {
        var held: [Int64: Value] = [:]
        try connection.each(
            """
            SELECT a.app_key, coalesce(a.assigned_at, CASE WHEN a.from_how IN (1, 2) THEN a.valid_from END)
            FROM assignments a WHERE a.workspace_id = $1 AND a.user_key = $2 AND \(moment.asOf.holds("a"))
            """, [.integer(workspaceID), .integer(user)]
        ) { row in
            held[row.integer(0)] = row.value(1)
            return true
        }
        return held
    }

    private func uses() throws -> [Int64: Use] {
        var uses: [Int64: Use] = [:]
        let apps = "(SELECT DISTINCT s.app_key FROM usage_monthly s WHERE s.workspace_id = $1) k"
        let subject: [Value] = [.integer(workspaceID), .integer(user)]
        try connection.each(
            """
            SELECT d.app_key, d.day, d.sign_ins, d.last_at FROM \(apps) CROSS JOIN usage_daily d
            WHERE d.workspace_id = $1 AND d.app_key = k.app_key AND d.user_key = $2
                AND d.day > \(moment.today - 90) AND \(moment.counts("d"))
            """, subject
        ) { row in
            uses[row.integer(0), default: Use()].add(row.integer(1), row.integer(2), row.integer(3), moment.today)
            return true
        }
        // Older than that the last one alone is told.
        let before: String
        if moment.asOf == .now {
            before = "l.last_at"
        } else {
            before = """
                (SELECT d.last_at FROM usage_daily d WHERE d.workspace_id = l.workspace_id AND d.app_key = l.app_key
                    AND d.user_key = l.user_key AND \(moment.counts("d")) ORDER BY d.day DESC LIMIT 1)
                """
        }
        try connection.each(
            """
            SELECT l.app_key, \(before) FROM \(apps) CROSS JOIN last_uses l
            WHERE l.workspace_id = $1 AND l.app_key = k.app_key AND l.user_key = $2
            """, subject
        ) { row in
            if let last = row.optionalInteger(1), uses[row.integer(0)] == nil {
                uses[row.integer(0)] = Use(last: last)
            }
            return true
        }
        return uses
    }
}

extension PersonUsage.Use {
    fileprivate mutating func add(_ day: Int64, _ signIns: Int64, _ lastAt: Int64, _ today: Int64) {
        last = max(last ?? 0, lastAt)
        days90 += 1
        signIns90 += signIns
        if day > today - 30 { days30 += 1 }
    }
}

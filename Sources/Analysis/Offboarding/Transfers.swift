import DatabaseEngine
import Directory
public import Storage

/// What counts as kept from an old department.
public enum TransferRule {
    /// Days after the move from which on kept apps are listed.
    public static let graceDays: Int64 = 14
    /// The share of the new department up to which an app is not that department's, in percent.
    public static let share: Int64 = 20
}

extension ListDefinition {
    /// People who changed department, with the apps that they kept and few of their new department have.
    public static func transfers(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "transfers",
            columns: [
                ListColumn("user_id", "user_id"), ListColumn("login", "login", isName: true),
                ListColumn("moved_at", .time, "moved_at"), ListColumn("moved_source", "moved_source"),
                ListColumn("from_department", "from_department", isName: true),
                ListColumn("to_department", "to_department", isName: true),
                ListColumn("kept_apps", .number, "kept_apps", nullIsUnknown: true),
                ListColumn("kept_app_labels", "kept_app_labels"),
                ListColumn("days_since_move", .number, "days_since_move"),
            ],
            extras: [
                ListColumn("first_name", "first_name", isName: true),
                ListColumn("last_name", "last_name", isName: true),
                ListColumn("status", "status"),
            ],
            defaultSort: "days_since_move",
            source: .memory(searched: ["login", "from_department", "to_department", "kept_app_labels"]) {
                connection, workspaceID in
                try Transfers(connection, workspaceID, moment).rows()
            })
    }
}

/// Works out what movers kept.
private struct Transfers {
    private let connection: Connection
    private let workspace: [Value]
    private let moment: Moment

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) {
        self.connection = connection
        workspace = [.integer(workspaceID)]
        self.moment = moment
    }

    private struct Mover {
        let turn: Turn
        let person: [Value]
        let status: String
        var kept: [Int64] = []
    }

    func rows() throws -> [[Value]] {
        var movers = try movers()
        guard !movers.isEmpty, case .integer(let workspaceID) = workspace[0] else { return [] }
        let surroundings = try LeaverSurroundings(connection, workspaceID, moment)
        let isKnown = surroundings.hidden.values.allSatisfy { !$0.contains(.assignments) }
        if isKnown { try findKept(&movers) }
        return movers.map { mover in
            let isOver = (moment.time.rawValue - mover.turn.at) / 86_400_000_000 >= TransferRule.graceDays
            let labels = mover.kept.compactMap { surroundings.apps[$0]?.label }.sorted()
            let kept: Int64? = isKnown && isOver ? Int64(labels.count) : nil
            return Array(mover.person.prefix(2)) + [
                .integer(mover.turn.at), .text(mover.turn.how.text), .text(mover.turn.before), .text(mover.turn.after),
                .optional(kept), .text(isOver ? labels.joined(separator: "; ") : ""),
                .integer((moment.time.rawValue - mover.turn.at) / 86_400_000_000),
            ] + Array(mover.person.dropFirst(2)) + [.text(mover.status)]
        }
    }

    /// The latest move of each person who is still in the department they moved to, and has not left.
    private func movers() throws -> [Mover] {
        guard case .integer(let workspaceID) = workspace[0] else { return [] }
        let turns = try Turn.of(
            "department", connection, workspaceID, moment,
            where: "b.department <> a.department AND b.department <> '' AND a.department <> ''")
        let find = try connection.prepare(
            """
            SELECT u.okta_id, u.login, u.first_name, u.last_name, u.department, u.status FROM users u
            WHERE u.workspace_id = $1 AND u.user_key = $2 AND \(moment.asOf.holds("u"))
            """)
        let latest = Dictionary(turns.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        return try latest.values.sorted { $0.key < $1.key }.compactMap { turn in
            find.bind(workspace + [.integer(turn.key)])
            let row = try find.first { row in
                (person: (0..<4).map { row.value($0) }, department: row.text(4), status: row.text(5))
            }
            guard let row, row.department == turn.after, row.status != AccountStretch.deactivated else { return nil }
            return Mover(turn: turn, person: row.person, status: row.status)
        }
    }

    /// An app counts as kept that somebody had before the move and has still, and that at most a fifth of the new department
    /// has. One pass over people, one over the assignments of all.
    private func findKept(_ movers: inout [Mover]) throws {
        var numbers: [String: Int] = [:]
        for mover in movers where numbers[mover.turn.after] == nil { numbers[mover.turn.after] = numbers.count }
        var sizes = [Int64](repeating: 0, count: numbers.count)
        var departmentOf: [Int64: Int] = [:]
        try connection.each(
            """
            SELECT u.user_key, u.department FROM users u WHERE u.workspace_id = $1 AND \(moment.asOf.holds("u"))
                AND u.department IS NOT NULL AND u.status <> 'DEPROVISIONED'
            """, workspace
        ) { row in
            if let number = numbers[row.text(1)] {
                departmentOf[row.integer(0)] = number
                sizes[number] += 1
            }
            return true
        }
        let moverAt = Dictionary(movers.enumerated().map { ($1.turn.key, $0) }, uniquingKeysWith: { $1 })
        var app: Int64 = -1
        var holders = [Int64](repeating: 0, count: sizes.count)
        var having: [Int] = []
        func close() {
            for position in having {
                let number = numbers[movers[position].turn.after] ?? 0
                if holders[number] * 100 <= sizes[number] * TransferRule.share { movers[position].kept.append(app) }
            }
            having.removeAll(keepingCapacity: true)
            for number in holders.indices { holders[number] = 0 }
        }
        try connection.each(
            """
            SELECT a.app_key, a.user_key, a.valid_from FROM assignments a WHERE a.workspace_id = $1
                AND \(moment.asOf.holds("a")) ORDER BY a.app_key
            """, workspace
        ) { row in
            if row.integer(0) != app {
                close()
                app = row.integer(0)
            }
            let user = row.integer(1)
            if let number = departmentOf[user] { holders[number] += 1 }
            if let position = moverAt[user], row.integer(2) < movers[position].turn.at { having.append(position) }
            return true
        }
        close()
    }
}

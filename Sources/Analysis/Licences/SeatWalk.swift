import DatabaseEngine
import Directory
import Storage

/// An app as seats need it.
struct SeatApp: Sendable {
    let key: Int64
    let id: String
    let label: String
    let isOpenToAll: Bool
    let isUnread: Bool
    let integrationID: Int64

    static func all(_ connection: Connection, _ workspaceID: Int64, _ asOf: AsOf) throws -> [SeatApp] {
        try connection.query(
            """
            SELECT p.app_key, p.okta_id, p.label, p.implicit_assignment, p.users_count, p.valid_to, p.integration_id
            FROM apps p WHERE p.workspace_id = $1 AND \(asOf.holds("p")) ORDER BY p.app_key
            """, [.integer(workspaceID)]
        ) { row in
            SeatApp(
                key: row.integer(0), id: row.text(1), label: row.text(2), isOpenToAll: row.flag(3),
                isUnread: row.isNull(4) && row.isNull(5), integrationID: row.integer(6))
        }
    }
}

/// The licences of one app, and which of them a person has.
struct AppProducts: Sendable {
    let licences: [(product: String, lines: [LicenceLine], policy: SeatPolicy)]
    /// Who each licence is for: nil where for everybody. Sorted keys.
    private var holders: [[Int64]?] = []
    private var isRest: [Bool] = []
    private var places: [Int] = []

    init(_ app: SeatApp, _ decisions: SeatDecisions, _ moment: Moment, _ connection: Connection, _ workspaceID: Int64)
        throws
    {
        let day = CalendarDay(moment.time)
        let products = decisions.products(of: app.id, on: day)
        var licences = products.map { ($0.product, $0.lines, decisions.policy(app: app.id, product: $0.product)) }
        let isWhole = products.contains {
            $0.lines.contains { $0.kind == .seats && [.all, .rest].contains($0.selector) }
        }
        // Seats that no line is for are told of by themselves.
        if !isWhole, !licences.contains(where: { $0.0.isEmpty }) {
            licences.append(("", [], decisions.policy(app: app.id, product: "")))
        }
        self.licences = licences
        for licence in licences {
            let selectors = licence.1.filter { $0.kind == .seats }.map(\.selector)
            if selectors.contains(.all) {
                holders.append(nil)
                isRest.append(false)
            } else {
                let found = try selectors.flatMap { try Self.holders($0, moment, connection, workspaceID) }
                holders.append(Set(found).sorted())
                isRest.append(selectors.isEmpty || selectors.contains(.rest))
            }
        }
        places = holders.map { _ in 0 }
    }

    /// The licences of a person, who comes after everybody asked about before.
    mutating func licences(of user: Int64) -> [Int] {
        var found: [Int] = []
        var isTaken = false
        for index in licences.indices {
            guard let keys = holders[index] else {
                found.append(index)
                continue
            }
            while places[index] < keys.count, keys[places[index]] < user { places[index] += 1 }
            if places[index] < keys.count, keys[places[index]] == user {
                found.append(index)
                isTaken = true
            }
        }
        if !isTaken {
            for index in licences.indices where isRest[index] {
                // Next to a licence for everybody, nobody is left for the seats that no line is for.
                if licences[index].lines.isEmpty, holders.contains(where: { $0 == nil }) { continue }
                found.append(index)
            }
        }
        return found
    }

    private static func holders(
        _ selector: SeatSelector, _ moment: Moment, _ connection: Connection, _ workspaceID: Int64
    ) throws -> [Int64] {
        switch selector {
        case .all, .rest: return []
        case .group(let id):
            guard let key = try Objects.key(connection, workspaceID, oktaID: id) else { return [] }
            return try connection.query(
                """
                SELECT m.user_key FROM memberships m WHERE m.workspace_id = $1 AND m.group_key = $2
                    AND \(moment.asOf.holds("m"))
                """, [.integer(workspaceID), .integer(key)]
            ) { $0.integer(0) }
        case .attribute(let name, let value):
            guard SeatSelector.attributes.contains(name) else { return [] }
            return try connection.query(
                """
                SELECT u.user_key FROM users u WHERE u.workspace_id = $1 AND u.\(name) = $2
                    AND \(moment.asOf.holdsPerson("u"))
                """, [.integer(workspaceID), .text(value)]
            ) { $0.integer(0) }
        }
    }
}

/// Goes through the seats of one app in order of people: who has it, beside who uses it.
struct SeatWalk {
    let connection: Connection
    let workspaceID: Int64
    let moment: Moment
    let people: PeopleFacts
    let protected: [String: Set<Int64>]

    /// Calls `body` with each seat of an app: a person who has two of its licences has two.
    func each(
        _ app: SeatApp, _ products: inout AppProducts, _ judges: [SeatJudge], _ uses: SeatUses,
        usedElsewhere: (Int64) -> Bool, _ body: (Seat) throws -> Void
    ) throws {
        let kept = (protected[app.id] ?? []).union(protected[""] ?? [])
        var person = 0
        var use = 0
        try connection.each(
            """
            SELECT a.user_key, a.scope, coalesce(a.assigned_at,
                CASE WHEN a.from_how IN (1, 2, 3) THEN a.valid_from END)
            FROM assignments a WHERE a.workspace_id = $1 AND a.app_key = $2 AND \(moment.asOf.holds("a"))
            ORDER BY a.user_key
            """, [.integer(workspaceID), .integer(app.key)]
        ) { row in
            let user = row.integer(0)
            let position = people.position(of: user, from: person)
            if let position { person = position }
            while use < uses.users.count, uses.users[use] < user { use += 1 }
            let isUsed = use < uses.users.count && uses.users[use] == user
            let facts = SeatFacts(
                owner: position.map { people.owner(at: $0) } ?? (people.isGone(user) ? .left : .here),
                ownerSince: position.flatMap { people.createdAt($0) }, assignedAt: row.optionalInteger(2),
                isProtected: !kept.isEmpty && kept.contains(user), lastUse: isUsed ? uses.lasts[use] : nil,
                months: isUsed && !uses.months.isEmpty ? uses.months[use] : 0,
                isUsedElsewhere: usedElsewhere(user))
            for licence in products.licences(of: user) {
                try body(
                    Seat(
                        userKey: user, assignedAt: facts.assignedAt.map(Timestamp.init(rawValue:)),
                        lastUse: facts.lastUse.map(Timestamp.init(rawValue:)),
                        bucket: judges[licence].bucket(of: facts),
                        department: position.map { people.department(at: $0) } ?? "", isDirect: row.integer(1) == 1,
                        licence: licence))
            }
            return true
        }
    }
}

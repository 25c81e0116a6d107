import DatabaseEngine
import Storage

/// Who the owners of seats are: ids, logins and names by key.
struct SeatNames {
    private let connection: Connection
    private let workspaceID: Int64
    private let asOf: AsOf
    private var known: [Int64: Name] = [:]

    struct Name {
        var id = ""
        var login = ""
        var first = ""
        var last = ""
    }

    /// From so many names on, everybody is read at once.
    private static let many = 300

    init(_ connection: Connection, _ workspaceID: Int64, _ asOf: AsOf, for seats: [Seat]) throws {
        self.connection = connection
        self.workspaceID = workspaceID
        self.asOf = asOf
        guard seats.count > Self.many else { return }
        let wanted = seats.reduce(into: SeenKeys()) { _ = $0.insert($1.userKey) }
        try connection.each(
            """
            SELECT u.user_key, u.okta_id, u.login, u.first_name, u.last_name FROM users u
            WHERE u.workspace_id = $1 AND \(asOf.holdsPerson("u"))
            """, [.integer(workspaceID)]
        ) { row in
            if wanted.contains(row.integer(0)) { known[row.integer(0)] = Self.name(row) }
            return true
        }
    }

    private static func name(_ row: Row) -> Name {
        Name(id: row.text(1), login: row.text(2), first: row.text(3), last: row.text(4))
    }

    /// A person as they were at the moment, else as they are known last.
    mutating func name(_ key: Int64) throws -> Name {
        if let name = known[key] { return name }
        let name =
            try connection.first(
                """
                SELECT o.object_key, o.okta_id, u.login, u.first_name, u.last_name FROM objects o
                LEFT JOIN users u ON u.workspace_id = $1 AND u.user_key = o.object_key
                WHERE o.workspace_id = $1 AND o.object_key = $2
                ORDER BY CASE WHEN \(asOf.holds("u")) THEN 0 ELSE 1 END, u.valid_from DESC LIMIT 1
                """, [.integer(workspaceID), .integer(key)], Self.name) ?? Name()
        known[key] = name
        return name
    }
}

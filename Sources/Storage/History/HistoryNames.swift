import DatabaseEngine
import Directory

/// A thing of the past by its Okta id, with the name it had.
struct HistoryName: Equatable, Sendable {
    let id: String
    let name: String?
}

/// A person of the past by their Okta id, with the names they had.
struct HistoryPerson: Sendable {
    let id: String
    let login: String?
    let firstName: String?
    let lastName: String?
}

/// Names as they were at a date, else as they became first known after it. Groups and apps, which come again and again,
/// are remembered; how many is bounded.
struct HistoryNames {
    private static let most = 4096
    private let connection: Connection
    private let workspaceID: Int64
    private let time: Int64
    private var groups: [Int64: HistoryName] = [:]
    private var apps: [Int64: HistoryName] = [:]
    private var lastPerson: (key: Int64, person: HistoryPerson)?

    init(_ connection: Connection, _ workspaceID: Int64, at time: Timestamp) {
        self.connection = connection
        self.workspaceID = workspaceID
        self.time = time.rawValue
    }

    mutating func group(_ key: Int64) throws -> HistoryName {
        if let known = groups[key] { return known }
        if groups.count >= Self.most { groups.removeAll(keepingCapacity: true) }
        let name = try name(key, "user_groups", "group_key", "name")
        groups[key] = name
        return name
    }

    mutating func app(_ key: Int64) throws -> HistoryName {
        if let known = apps[key] { return known }
        if apps.count >= Self.most { apps.removeAll(keepingCapacity: true) }
        let name = try name(key, "apps", "app_key", "label")
        apps[key] = name
        return name
    }

    mutating func person(_ key: Int64) throws -> HistoryPerson {
        if let lastPerson, lastPerson.key == key { return lastPerson.person }
        let found = try latest(key, "users", "user_key", ["login", "first_name", "last_name"]) { row in
            HistoryPerson(
                id: row.text(0), login: row.optionalText(1), firstName: row.optionalText(2),
                lastName: row.optionalText(3))
        }
        let person = found ?? HistoryPerson(id: "", login: nil, firstName: nil, lastName: nil)
        lastPerson = (key, person)
        return person
    }

    private func name(_ key: Int64, _ table: String, _ column: String, _ label: String) throws -> HistoryName {
        try latest(key, table, column, [label]) { HistoryName(id: $0.text(0), name: $0.optionalText(1)) }
            ?? HistoryName(id: "", name: nil)
    }

    private func latest<Result>(
        _ key: Int64, _ table: String, _ column: String, _ columns: [String], _ map: (Row) -> Result
    ) throws -> Result? {
        let named = columns.map { ", x.\($0)" }.joined()
        return try connection.first(
            """
            SELECT o.okta_id\(named) FROM objects o
            LEFT JOIN \(table) x ON x.workspace_id = $1 AND x.\(column) = o.object_key
            WHERE o.workspace_id = $1 AND o.object_key = $2
            ORDER BY CASE WHEN x.valid_from <= $3 THEN 0 ELSE 1 END,
                CASE WHEN x.valid_from <= $3 THEN x.valid_from ELSE -x.valid_from END DESC LIMIT 1
            """, [.integer(workspaceID), .integer(key), .integer(time)], map)
    }
}

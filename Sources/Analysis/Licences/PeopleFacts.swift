import DatabaseEngine
import Directory
import Storage

/// Everybody at a moment, in order of their keys: what buckets ask of a seat's owner. Some 24 bytes a person.
struct PeopleFacts: Sendable {
    private(set) var keys: [Int64] = []
    private var created: [Int64] = []
    private var owners: [UInt8] = []
    private var departmentNumbers: [Int32] = []
    /// The names of the departments, by number.
    private(set) var departments: [String] = []
    private var waiting: [Int64: Int64] = [:]
    /// Who was listed once and is no longer: nobody is called gone who never was in the list of people.
    private var gone = SeenKeys()

    private enum Stand: UInt8 { case here, left, suspended, waiting }

    init(_ connection: Connection, _ workspaceID: Int64, _ asOf: AsOf) throws {
        var rows: [(key: Int64, created: Int64, owner: UInt8, department: Int32)] = []
        var numbers: [String: Int32] = [:]
        for part in asOf.personParts("u") {
            try connection.each(
                """
                SELECT u.user_key, \(asOf.personStatus("u")), u.created_at, u.department
                FROM users u\(ReadHint.index(part.index).sql) WHERE u.workspace_id = $1 AND \(part.condition)
                """, [.integer(workspaceID)]
            ) { row in
                let department = row.text(3)
                let number = numbers[department] ?? Int32(numbers.count)
                numbers[department] = number
                rows.append(
                    (row.integer(0), row.optionalInteger(2) ?? .min, Self.stand(row.text(1)).rawValue, number))
                return true
            }
        }
        rows.sort { $0.key < $1.key }
        keys = rows.map(\.key)
        created = rows.map(\.created)
        owners = rows.map(\.owner)
        departmentNumbers = rows.map(\.department)
        departments = numbers.sorted { $0.value < $1.value }.map(\.key)
        try connection.each(
            """
            SELECT u.user_key, coalesce(\(told("u.status_changed_at", asOf)), u.created_at) FROM users u
            WHERE u.workspace_id = $1 AND u.status IN ('STAGED', 'PROVISIONED') AND \(asOf.holdsPerson("u"))
            """, [.integer(workspaceID)]
        ) { row in
            waiting[row.integer(0)] = row.optionalInteger(1)
            return true
        }
        try connection.each(
            """
            SELECT u.user_key FROM users u\(ReadHint.index("users_listed_past").sql)
            WHERE u.workspace_id = $1 AND u.valid_to IS NOT NULL AND \(asOf.ended("u"))
            """, [.integer(workspaceID)]
        ) { row in
            if position(of: row.integer(0), from: 0) == nil { _ = gone.insert(row.integer(0)) }
            return true
        }
    }

    /// Whether somebody was among the people once, and is no longer.
    func isGone(_ key: Int64) -> Bool { gone.contains(key) }

    private func told(_ column: String, _ asOf: AsOf) -> String {
        asOf.time.map { "CASE WHEN \(column) <= \($0.rawValue) THEN \(column) END" } ?? column
    }

    private static func stand(_ status: String) -> Stand {
        switch status {
        case "DEPROVISIONED": .left
        case "SUSPENDED": .suspended
        case "STAGED", "PROVISIONED": .waiting
        default: .here
        }
    }

    /// Where a person stands at or behind a position; nil when nobody of this key is there.
    func position(of key: Int64, from start: Int) -> Int? {
        var low = start
        var high = keys.count
        // Most seats are of the next few people.
        var step = 1
        while low + step < high, keys[low + step] < key {
            low += step
            step *= 2
        }
        high = min(high, low + step + 1)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key ? low : nil
    }

    func owner(at position: Int) -> SeatFacts.Owner {
        switch Stand(rawValue: owners[position]) {
        case .left: .left
        case .suspended: .suspended
        case .waiting: .waiting(since: waiting[keys[position]])
        case .here, nil: .here
        }
    }

    func createdAt(_ position: Int) -> Int64? { created[position] == .min ? nil : created[position] }
    func department(at position: Int) -> String { departments[Int(departmentNumbers[position])] }
}

import DatabaseEngine
package import Directory
import Storage

/// Finds people in the roster, as it was imported by the moment that is asked about.
struct RosterReader {
    private let workspaceID: Int64
    private let byID: Statement?
    private let byEmail: Statement?

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        self.workspaceID = workspaceID
        let hasRoster = try connection.first(
            "SELECT 1 FROM roster_imports i WHERE i.workspace_id = $1 AND i.undone_at IS NULL LIMIT 1",
            [.integer(workspaceID)], { _ in true })
        guard hasRoster == true else {
            byID = nil
            byEmail = nil
            return
        }
        let select = """
            SELECT \(RosterEntry.columns), \(Self.firstSaid) FROM roster_people p
            """
        let holds = Self.holds("p", moment)
        byID = try connection.prepare("\(select) WHERE p.workspace_id = $1 AND p.person_id = $2 AND \(holds)")
        byEmail = try connection.prepare(
            "\(select) WHERE p.workspace_id = $1 AND p.email = $2 AND \(holds) ORDER BY p.person_id LIMIT 50")
    }

    /// When the roster first said that somebody has left without a last day, as far back as it said so without a break: the
    /// same person comes again with another department.
    private static let firstSaid = """
        (SELECT min(ri.imported_at) FROM roster_people q JOIN roster_imports ri
            ON ri.workspace_id = q.workspace_id AND ri.import_id = q.from_import
        WHERE q.workspace_id = p.workspace_id AND q.person_id = p.person_id AND q.from_import <= p.from_import
            AND q.from_import > coalesce((SELECT max(z.from_import) FROM roster_people z
                WHERE z.workspace_id = p.workspace_id AND z.person_id = p.person_id AND z.from_import < p.from_import
                    AND (z.standing <> 'left' OR z.ends_on IS NOT NULL)), 0))
        """

    /// The condition that keeps the rows of the roster that had been imported by a moment.
    static func holds(_ alias: String, _ moment: Moment) -> String {
        guard let time = moment.asOf.time else { return "\(alias).to_import IS NULL" }
        func imported(_ column: String) -> String {
            """
            (SELECT ri.imported_at FROM roster_imports ri WHERE ri.workspace_id = \(alias).workspace_id
                AND ri.import_id = \(alias).\(column))
            """
        }
        return """
            \(imported("from_import")) <= \(time.rawValue) AND (\(alias).to_import IS NULL
                OR \(imported("to_import")) > \(time.rawValue))
            """
    }

    /// The entry of a person of Okta's: by employee number, else by e-mail address, else by login, as `RosterMatch` judges.
    private func entry(of person: LeaverPerson, by time: Timestamp) throws -> Found? {
        guard let byID, let byEmail else { return nil }
        if let number = person.employeeNumber, let entry = try all(byID, "e:\(number)").first { return entry }
        for address in [person.email, person.login].compactMap({ $0?.lowercased() }) where !address.isEmpty {
            let found = try all(byEmail, address)
            let match = RosterMatch(found.map(\.entry), by: time)
            if let position = match.position(number: person.employeeNumber, addresses: [address]) {
                return found[position]
            }
        }
        return nil
    }

    /// The last day of somebody who has left by a moment; where the roster names none, the day before it first said so.
    func lastDay(of person: LeaverPerson, by time: Timestamp) throws -> Int32? {
        guard let (entry, saidAt) = try entry(of: person, by: time), entry.hasLeft(by: time) else { return nil }
        return entry.endsOn ?? saidAt.day - 1
    }

    private typealias Found = (entry: RosterEntry, saidAt: Timestamp)

    private func all(_ statement: Statement, _ text: String) throws -> [Found] {
        statement.bind([.integer(workspaceID), .text(text)])
        var found: [Found] = []
        try statement.each { row in
            found.append((RosterEntry(row), row.time(10) ?? Timestamp(rawValue: 0)))
            return true
        }
        return found
    }
}

/// Finds the people of Okta's whom entries of the roster are about, by one pass over people. It is made of the whole
/// roster: an address that several rows have belongs to whoever works here, which one row alone cannot tell.
package struct RosterMatch {
    private var byNumber: [String: Int] = [:]
    private var byAddress: [String: [Int]] = [:]
    private let time: Timestamp
    package let entries: [RosterEntry]

    package init(_ entries: [RosterEntry], by time: Timestamp) {
        self.entries = entries
        self.time = time
        for (position, entry) in entries.enumerated() {
            if let number = entry.employeeID { byNumber[number] = position }
            if let email = entry.email { byAddress[email, default: []].append(position) }
        }
    }

    /// The place of the entry of somebody with this number and these addresses. Where both have a number and it is another
    /// one, an address in common makes nobody the same person; of several rows with one address, the one that has not left
    /// is meant.
    package func position(number: String?, addresses: [String?]) -> Int? {
        if let number, let position = byNumber[number] { return position }
        for address in addresses.compactMap({ $0?.lowercased() }) {
            let found = (byAddress[address] ?? []).filter {
                number == nil || entries[$0].employeeID == nil || entries[$0].employeeID == number
            }
            if let position = found.first(where: { !entries[$0].hasLeft(by: time) }) ?? found.last { return position }
        }
        return nil
    }

    /// The keys of the people that the entries are about, with the place of their entry, and their status.
    func people(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment
    ) throws -> [(key: Int64, position: Int, status: String)] {
        guard !entries.isEmpty else { return [] }
        var found: [(key: Int64, position: Int, status: String)] = []
        try connection.each(
            """
            SELECT u.user_key, u.employee_number, u.login, u.email, u.status FROM users u\(ReadHint.whole.sql)
            WHERE u.workspace_id = $1 AND \(moment.asOf.holds("u")) ORDER BY u.user_key
            """, [.integer(workspaceID)]
        ) { row in
            let addresses = [row.optionalText(3), row.optionalText(2)]
            if let position = position(number: row.optionalText(1), addresses: addresses) {
                found.append((row.integer(0), position, row.text(4)))
            }
            return true
        }
        return found
    }
}

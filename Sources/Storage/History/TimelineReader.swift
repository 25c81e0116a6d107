import DatabaseEngine
import Directory

/// Puts events into names. An end that another beginning follows at the same moment is one change, told by the beginning.
struct TimelineReader {
    private let connection: Connection
    private let workspaceID: Int64
    private let statement: TimelineStatement
    private var runs: [Int64: TimelineRun] = [:]

    init(_ connection: Connection, _ workspaceID: Int64, _ statement: TimelineStatement) {
        self.connection = connection
        self.workspaceID = workspaceID
        self.statement = statement
    }

    /// The event of a row; nil for an end that is told as a change.
    mutating func event(_ row: TimelineRow) throws -> TimelineEvent? {
        if row.edge == .ended, try find(row, startingAt: row.at) != nil { return nil }
        var event = TimelineEvent(
            kind: row.kind, edge: row.edge, at: Timestamp(rawValue: row.at),
            evidence: Evidence(rawValue: row.how) ?? .firstSight, run: try run(row.run))
        var names = HistoryNames(connection, workspaceID, at: event.at)
        event.other = try other(row, &names)
        if row.kind == .assignment { event.path = try path(row.scope, row.group, &names) }
        if row.kind == .role { event.path = row.scope == 2 ? "via a group" : "direct" }
        if row.kind == .version {
            try tellVersion(row, &event)
        } else {
            event.word = row.note.isEmpty ? nil : row.note
            try tellChange(row, &event, &names)
        }
        return event
    }

    private mutating func run(_ id: Int64?) throws -> TimelineRun? {
        guard let id else { return nil }
        if let known = runs[id] { return known }
        let found = try connection.first(
            """
            SELECT r.run_id, i.name, r.started_at FROM runs r
            JOIN integrations i ON i.workspace_id = r.workspace_id AND i.integration_id = r.integration_id
            WHERE r.workspace_id = $1 AND r.run_id = $2
            """, [.integer(workspaceID), .integer(id)]
        ) { TimelineRun(id: $0.integer(0), integration: $0.text(1), startedAt: Timestamp(rawValue: $0.integer(2))) }
        if let found { runs[id] = found }
        return found
    }

    private func other(_ row: TimelineRow, _ names: inout HistoryNames) throws -> TimelineName? {
        switch (row.kind, statement.subject) {
        case (.membership, .group), (.assignment, .app):
            let person = try names.person(row.other)
            let name = [person.firstName, person.lastName].compactMap { $0 }.joined(separator: " ")
            return TimelineName(noun: "user", id: person.id, name: name.isEmpty ? person.login ?? person.id : name)
        case (.membership, _), (.appGroup, .app): return Self.name("group", try names.group(row.other))
        case (.appGroup, _), (.assignment, _): return Self.name("app", try names.app(row.other))
        default: return nil
        }
    }

    private static func name(_ noun: String, _ name: HistoryName) -> TimelineName {
        TimelineName(noun: noun, id: name.id, name: name.name ?? name.id)
    }

    private func path(_ scope: Int64, _ group: Int64, _ names: inout HistoryNames) throws -> String? {
        switch scope {
        case 1: "direct"
        case 2: HistoryPath(isThroughGroup: true, group: group == 0 ? nil : try names.group(group)).text
        default: nil
        }
    }

    // MARK: neighbours

    /// What was not known then is no neighbour.
    private var asOf: AsOf { statement.asOf }

    private var part: [TimelineEvent.Kind: TimelineStatement.Part] {
        Dictionary(statement.parts.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The row of the same thing that begins at a moment, or that ends at one.
    private func find(_ row: TimelineRow, startingAt start: Int64? = nil, endingAt end: Int64? = nil) throws
        -> (note: String, scope: Int64, group: Int64)?
    {
        guard let part = part[row.kind] else { return nil }
        let known = start != nil ? "x.valid_from = $2 AND \(asOf.began("x"))" : "x.valid_to = $2 AND \(asOf.ended("x"))"
        var condition = "x.\(part.subject) = \(statement.key) AND \(known)"
        var parameters: [Value] = [.integer(workspaceID), .integer(start ?? end ?? 0)]
        if part.other != "0" { condition += " AND \(part.other) = \(row.other)" }
        if part.word != "''" {
            parameters.append(.text(row.word))
            condition += " AND \(part.word) = $3"
        }
        return try connection.first(
            """
            SELECT \(part.note), \(part.scope), \(part.group)
            FROM \(part.table) x\(part.index.map { ReadHint.index($0).sql } ?? "")
            WHERE x.workspace_id = $1 AND \(condition) LIMIT 1
            """, parameters
        ) { ($0.text(0), $0.integer(1), $0.integer(2)) }
    }

    private func tellChange(
        _ row: TimelineRow, _ event: inout TimelineEvent, _ names: inout HistoryNames
    ) throws {
        guard row.edge == .began, let before = try find(row, endingAt: row.at) else { return }
        event.edge = .changed
        if row.kind == .assignment {
            let old = try path(before.scope, before.group, &names)
            if old != event.path { event.before = old }
            if before.note != row.note { event.notes.append("status: \(before.note) → \(row.note)") }
        }
    }

    // MARK: versions

    private func tellVersion(_ row: TimelineRow, _ event: inout TimelineEvent) throws {
        let (table, key, columns): (String, String, [(column: String, name: String)])
        switch statement.subject {
        case .user:
            (table, key) = ("users", "user_key")
            columns = [
                ("status", "status"), ("department", "department"), ("title", "title"), ("manager", "manager"),
                ("login", "login"), ("first_name", "first name"), ("last_name", "last name"), ("email", "e-mail"),
                ("user_type", "user type"), ("cost_center", "cost center"), ("division", "division"),
                ("organization", "organization"),
            ]
        case .group:
            (table, key) = ("user_groups", "group_key")
            columns = [("name", "name"), ("type", "type"), ("description", "description")]
        default:
            (table, key) = ("apps", "app_key")
            columns = [("status", "status"), ("label", "label"), ("sign_on_mode", "sign-on"), ("name", "name")]
        }
        let selected = columns.map(\.column).joined(separator: ", ")
        func version(_ condition: String) throws -> [String?]? {
            try connection.first(
                "SELECT \(selected) FROM \(table) x WHERE x.workspace_id = $1 AND x.\(key) = $2 AND \(condition)",
                [.integer(workspaceID), .integer(statement.key), .integer(row.at)]
            ) { row in columns.indices.map { row.optionalText($0) } }
        }
        let before = try version("x.valid_to = $3 AND \(asOf.ended("x"))")
        guard row.edge == .began, let after = try version("x.valid_from = $3 AND \(asOf.began("x"))") else {
            event.word = before?.first ?? nil
            return
        }
        event.word = after.first ?? nil
        guard let before else { return }
        event.edge = .changed
        if before.first != after.first { event.before = before.first ?? nil }
        for (position, column) in columns.enumerated().dropFirst() where before[position] != after[position] {
            event.notes.append("\(column.name): \(before[position] ?? "none") → \(after[position] ?? "none")")
        }
    }
}

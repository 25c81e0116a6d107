import DatabaseEngine
import Directory
public import Problems

extension Store {
    /// What began and ended of a person, a group or an app up to a moment, newest first.
    ///
    /// - Throws: `list.cursor.invalid`.
    public func timeline(
        of subject: Difference.Subject, _ moment: Moment, after cursor: String? = nil, limit: Int = 50
    ) async throws(Problem) -> TimelinePage {
        let name = "\(subject)"
        var start: [Value]?
        if let cursor {
            start = try ListCursor(
                text: cursor, noun: "timeline", sort: name, descending: true,
                keyKinds: [.time, .number, .number, .number, .text]
            ).keys
        }
        let (workspaceID, first) = (workspaceID, start)
        return try await engine.read { connection in
            let statement = TimelineStatement(subject: subject, moment: moment)
            let parameters = [.integer(workspaceID)] + (first ?? []) + [.integer(Int64(limit) + 1)]
            let rows = try connection.query(statement.sql(isFirst: first == nil), parameters, TimelineRow.init)
            var reader = TimelineReader(connection, workspaceID, statement)
            let shown = rows.prefix(limit)
            let events = try shown.compactMap { try reader.event($0) }
            guard rows.count > limit, let last = shown.last else { return TimelinePage(events: events, next: nil) }
            let next = ListCursor(
                noun: "timeline", sort: name, descending: true, isBackward: false, offset: 0, sortValue: .null,
                keys: last.keys)
            return TimelinePage(events: events, next: next.text)
        }
    }

    /// How the database would find a timeline: for tests that no big table is walked.
    public func explainTimeline(of subject: Difference.Subject, _ moment: Moment) async throws(Problem) -> [String] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            let statement = TimelineStatement(subject: subject, moment: moment)
            return try connection.explain(
                statement.sql(isFirst: true), [.integer(workspaceID), .integer(50)])
        }
    }
}

/// The SQL that finds beginnings and ends. `$1` is the workspace.
struct TimelineStatement {
    let subject: Difference.Subject
    /// The time up to which it tells.
    let until: Timestamp
    /// What was known of it.
    let asOf: AsOf

    init(subject: Difference.Subject, moment: Moment) {
        self.subject = subject
        until = moment.time
        asOf = moment.asOf
    }

    /// One table that holds intervals of the subject, and what an event shows of them.
    struct Part {
        let kind: TimelineEvent.Kind
        let table: String
        /// The index that finds the subject's rows where it is not the table's own order.
        var index: String?
        let subject: String
        let other: String
        var word = "''"
        var note = "''"
        var scope = "0"
        var group = "0"
    }

    var key: Int64 {
        switch subject {
        case .tenant: 0
        case .user(let key), .group(let key), .app(let key): key
        }
    }

    var parts: [Part] {
        let roles = Part(
            kind: .role, table: "admin_roles", subject: "holder_key", other: "0", word: "x.role_id", note: "x.label",
            scope: "CASE WHEN x.assignment_type = 'GROUP' THEN 2 ELSE 1 END")
        switch subject {
        case .tenant: return []
        case .user:
            return [
                version("users", "user_key"),
                Part(
                    kind: .membership, table: "memberships", index: "memberships_by_user", subject: "user_key",
                    other: "x.group_key"),
                assignments("user_key", "app_key", index: "assignments_by_user"), roles,
            ]
        case .group:
            return [
                version("user_groups", "group_key"),
                Part(kind: .membership, table: "memberships", subject: "group_key", other: "x.user_key"),
                Part(
                    kind: .appGroup, table: "app_groups", index: "app_groups_by_group", subject: "group_key",
                    other: "x.app_key"),
                roles,
            ]
        case .app:
            return [
                version("apps", "app_key"),
                Part(kind: .appGroup, table: "app_groups", subject: "app_key", other: "x.group_key"),
                assignments("app_key", "user_key", index: nil),
            ]
        }
    }

    private func version(_ table: String, _ key: String) -> Part {
        Part(kind: .version, table: table, subject: key, other: "0")
    }

    private func assignments(_ subject: String, _ other: String, index: String?) -> Part {
        Part(
            kind: .assignment, table: "assignments", index: index, subject: subject, other: "x.\(other)",
            note: "x.status", scope: "x.scope", group: "coalesce(x.group_key, 0)")
    }

    /// One page and one more, newest first, after the place bound to `$2`…`$6`; the last parameter is the limit.
    func sql(isFirst: Bool) -> String {
        let start = isFirst ? "" : " AND (e.at, e.kind, e.edge, e.other, e.word) < ($2, $3, $4, $5, $6)"
        return """
            SELECT e.at, e.kind, e.edge, e.other, e.word, e.note, e.scope, e.group_key, e.how, e.run
            FROM (\(parts.flatMap { [began($0), ended($0)] }.joined(separator: " UNION ALL "))) AS e
            WHERE e.at <= \(until.rawValue)\(start)
            ORDER BY e.at DESC, e.kind DESC, e.edge DESC, e.other DESC, e.word DESC LIMIT $\(isFirst ? 2 : 7)
            """
    }

    private func began(_ part: Part) -> String {
        """
        SELECT x.valid_from AS at, \(part.kind.rawValue) AS kind, 1 AS edge, \(part.other) AS other, \(part.word) AS word,
            \(part.note) AS note, \(part.scope) AS scope, \(part.group) AS group_key, x.from_how AS how,
            x.opened_run AS run
        FROM \(part.table) x\(part.index.map { ReadHint.index($0).sql } ?? "")
        WHERE x.workspace_id = $1 AND x.\(part.subject) = \(key) AND \(asOf.began("x"))
        """
    }

    private func ended(_ part: Part) -> String {
        """
        SELECT x.valid_to, \(part.kind.rawValue), 0, \(part.other), \(part.word), \(part.note), \(part.scope),
            \(part.group), coalesce(x.to_how, 3), x.closed_run
        FROM \(part.table) x\(part.index.map { ReadHint.index($0).sql } ?? "")
        WHERE x.workspace_id = $1 AND x.\(part.subject) = \(key) AND \(asOf.ended("x"))
        """
    }
}

/// What the database tells of one event.
struct TimelineRow {
    let at: Int64
    let kind: TimelineEvent.Kind
    let edge: TimelineEvent.Edge
    let other: Int64
    let word: String
    let note: String
    let scope: Int64
    let group: Int64
    let how: Int64
    let run: Int64?

    init(_ row: Row) {
        at = row.integer(0)
        kind = TimelineEvent.Kind(rawValue: row.integer(1)) ?? .version
        edge = TimelineEvent.Edge(rawValue: row.integer(2)) ?? .began
        other = row.integer(3)
        word = row.text(4)
        note = row.text(5)
        scope = row.integer(6)
        group = row.integer(7)
        how = row.integer(8)
        run = row.optionalInteger(9)
    }

    var keys: [Value] {
        [.integer(at), .integer(kind.rawValue), .integer(edge.rawValue), .integer(other), .text(word)]
    }
}

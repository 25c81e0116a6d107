import DatabaseEngine
import Directory

/// People, groups and apps: their past statuses, and those that only the log remembers.
struct ObjectReplay: Sendable {
    let table: ObjectTable
    let changes: [String: StatusChange]
    /// The column of the status; nil for groups, which have none.
    let status: String?
    /// The type of the thing as a target of events.
    let target: String
    /// What is written of a thing that only the log remembers, besides the name it gave.
    let unknown: [(column: String, value: Value)]
    /// The columns that take the name the log gave.
    let names: [String]
    /// Whether Okta dates the last change of status; apps have only the date they were made.
    let isDated: Bool

    static let users = ObjectReplay(
        table: UserRecorder.table, changes: StatusChange.users, status: "status", target: "User", unknown: [],
        names: ["login", "display_name"], isDated: true)
    static let groups = ObjectReplay(
        table: GroupRecorder.table, changes: StatusChange.groups, status: nil, target: "UserGroup",
        unknown: [("type", "OKTA_GROUP")], names: ["name"], isDated: false)
    static let apps = ObjectReplay(
        table: AppRecorder.table, changes: StatusChange.apps, status: "status", target: "AppInstance",
        unknown: [("features", ""), ("implicit_assignment", 0), ("hidden", 0)], names: ["name", "label"], isDated: false
    )

    private struct Row {
        let from: Int64
        let to: Int64?
        let how: Evidence
        let status: String
        let made: Int64?
        /// Since when the account is known to have been in use; nil when it never was, or nobody knows.
        let used: Int64?
    }

    /// Tells the past of one thing.
    func tell(_ story: Replay.Story, _ replay: Replay) throws {
        let key = story.key.subject
        let rows = try rows(of: key, replay)
        // Ended before the first sync looked: this thing was told before.
        if rows.contains(where: { $0.to ?? .max <= replay.horizon }) { return }
        let row = rows.first.flatMap { $0.from <= replay.until ? $0 : nil }
        var events = story.events.filter { $0.at <= replay.until }
            .compactMap { event in changes[event.type].map { StatusEvent(at: event.at, change: $0) } }
        guard let row else {
            if rows.isEmpty { try remember(key, events.filter { $0.at <= replay.horizon }, replay) }
            return
        }
        // Groups that are there have always been the same; an app that is there was there since it was made.
        guard status != nil, isDated || !events.isEmpty else { return }
        if let first = events.first, let used = row.used, used < first.at - LinkHistory.oneChange,
            first.change.before == "STAGED"
        {
            let change = StatusChange(after: first.change.after, before: "DEPROVISIONED")
            events[0] = StatusEvent(at: first.at, change: change)
        }
        let since =
            isDated
            ? replay.beginning(notBefore: row.made)
            : row.made.map { Beginning(at: $0, how: .oktaDate) } ?? replay.beginning()
        let history = StatusHistory(
            events,
            present: StatusHistory.Present(status: row.status, since: Beginning(at: row.from, how: row.how)),
            since: since, horizon: replay.horizon)
        if let begin = history.present, begin.at != row.from || begin.how != row.how {
            try move(key, from: row.from, to: begin, replay)
        }
        for version in history.earlier {
            try copy(key, from: history.present?.at ?? row.from, as: version, replay)
        }
    }

    private func rows(of key: Int64, _ replay: Replay) throws -> [Row] {
        let (last, set) = ("last_login_at", "password_changed_at")
        let used = isDated ? "CASE WHEN \(last) < \(set) THEN \(last) ELSE \(set) END" : "NULL"
        return try replay.connection.query(
            """
            SELECT valid_from, valid_to, from_how, \(status ?? "''"), created_at, \(used) FROM \(table.name)
            WHERE workspace_id = $1 AND \(table.key) = $2 ORDER BY valid_from
            """, [replay.workspace, .integer(key)]
        ) { row in
            Row(
                from: row.integer(0), to: row.optionalInteger(1),
                how: Evidence(rawValue: row.integer(2)) ?? .firstSight,
                status: row.text(3), made: row.optionalInteger(4), used: row.optionalInteger(5))
        }
    }

    private func move(_ key: Int64, from: Int64, to begin: Beginning, _ replay: Replay) throws {
        let thing: [Value] = [replay.workspace, .integer(key), .integer(from), .integer(begin.at)]
        try replay.connection.execute(
            """
            UPDATE \(table.name) SET valid_from = $4, from_how = $5
            WHERE workspace_id = $1 AND \(table.key) = $2 AND valid_from = $3
            """, thing + [.integer(begin.how.rawValue)])
        guard let aside = table.aside else { return }
        try replay.connection.execute(
            """
            UPDATE \(aside.table) SET valid_from = $4
            WHERE workspace_id = $1 AND \(table.key) = $2 AND valid_from = $3
            """, thing)
    }

    /// Writes a version of the past: all but the status is as the first sync saw it, for the log tells nothing of it.
    private func copy(
        _ key: Int64, from: Int64, as version: StatusHistory.Version, _ replay: Replay
    ) throws {
        let same = ["workspace_id", table.key, "integration_id", "content_hash", "okta_id"]
        let kept = (same + table.versioned.filter { $0 != table.aside?.column && $0 != status }).joined(separator: ", ")
        let span = version.span
        let values: [Value] = [
            replay.workspace, .integer(key), .integer(from), .integer(span.from), .integer(span.fromHow.rawValue),
            .integer(span.to), .integer(span.toHow.rawValue), replay.run, .text(version.status),
        ]
        try replay.connection.execute(
            """
            INSERT INTO \(table.name) (\(kept), valid_from, from_how, valid_to, to_how, opened_run,
                closed_run\(status.map { ", \($0)" } ?? ""))
            SELECT \(kept), $4, $5, $6, $7, $8, $8\(status == nil ? "" : ", $9") FROM \(table.name)
            WHERE workspace_id = $1 AND \(table.key) = $2 AND valid_from = $3
            """, values)
        guard let aside = table.aside else { return }
        try replay.connection.execute(
            """
            INSERT INTO \(aside.table) (workspace_id, \(table.key), valid_from, \(aside.column))
            SELECT workspace_id, \(table.key), $4, \(aside.column) FROM \(aside.table)
            WHERE workspace_id = $1 AND \(table.key) = $2 AND valid_from = $3
            """, Array(values.prefix(4)))
    }

    /// Writes what only the log remembers, with the name it gave.
    private func remember(_ key: Int64, _ events: [StatusEvent], _ replay: Replay) throws {
        let name = try replay.connection.first(
            """
            SELECT o.okta_id, coalesce(n.name, o.okta_id), coalesce(n.login, n.name, o.okta_id) FROM objects o
            LEFT JOIN log_names n ON n.workspace_id = o.workspace_id AND n.object_key = o.object_key
            WHERE o.workspace_id = $1 AND o.object_key = $2
            """, [replay.workspace, .integer(key)], { ($0.text(0), $0.text(1), $0.text(2)) })
        guard let (id, name, login) = name else { return }
        let history = StatusHistory(
            events, present: nil, since: replay.beginning(), horizon: replay.horizon)
        for version in history.earlier {
            let span = version.span
            let columns =
                ["workspace_id", table.key, "valid_from", "from_how", "valid_to", "to_how", "opened_run", "closed_run"]
                + ["content_hash", "integration_id", "okta_id"] + (status.map { [$0] } ?? []) + names
                + unknown.map(\.column)
            let places = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
            try replay.connection.execute(
                "INSERT INTO \(table.name) (\(columns.joined(separator: ", "))) VALUES (\(places))",
                [
                    replay.workspace, .integer(key), .integer(span.from), .integer(span.fromHow.rawValue),
                    .integer(span.to), .integer(span.toHow.rawValue), replay.run, replay.run, 0,
                    replay.integration, .text(id),
                ] + (status == nil ? [] : [.text(version.status)]) + names.map { .text($0 == "login" ? login : name) }
                    + unknown.map(\.value))
            guard let aside = table.aside else { continue }
            try replay.connection.execute(
                """
                INSERT INTO \(aside.table) (workspace_id, \(table.key), valid_from, \(aside.column))
                VALUES ($1, $2, $3, $4)
                """,
                [replay.workspace, .integer(key), .integer(span.from), "{}"])
        }
    }

    /// Things that no event tells the end or the status of, but some event names, and no list shows.
    func rememberNamed(_ replay: Replay, after last: ReplayKey) throws -> (last: ReplayKey?, work: Int) {
        let keys = try replay.connection.query(
            """
            SELECT n.object_key FROM log_names n
            JOIN objects o ON o.workspace_id = n.workspace_id AND o.object_key = n.object_key
                AND o.integration_id = $2
            WHERE n.workspace_id = $1 AND n.object_key > $3 AND n.type = $4 AND NOT EXISTS (
                SELECT 1 FROM \(table.name) t WHERE t.workspace_id = $1 AND t.\(table.key) = n.object_key)
            ORDER BY n.object_key LIMIT 500
            """, [replay.workspace, replay.integration, .integer(last.subject), .text(target)]
        ) { $0.integer(0) }
        for key in keys { try remember(key, [], replay) }
        return (keys.count < 500 ? nil : keys.last.map { ReplayKey(subject: $0) }, keys.count)
    }

    /// What Okta's date of the last status tells without any event: before it, the status was another.
    func tellUndated(_ replay: Replay, after last: ReplayKey) throws -> (last: ReplayKey?, work: Int) {
        let keys = try replay.connection.query(
            """
            SELECT t.\(table.key) FROM \(table.name) t
            WHERE t.workspace_id = $1 AND t.integration_id = $2 AND t.\(table.key) > $3
                AND t.from_how = \(Evidence.oktaDate.rawValue) AND t.valid_from > $4 AND t.created_at < t.valid_from
                AND t.valid_from <= $5 AND NOT EXISTS (
                    SELECT 1 FROM \(table.name) o WHERE o.workspace_id = $1 AND o.\(table.key) = t.\(table.key)
                        AND o.valid_from < t.valid_from)
            ORDER BY t.\(table.key) LIMIT 500
            """,
            [
                replay.workspace, replay.integration, .integer(last.subject), .integer(replay.since),
                .integer(replay.until),
            ]
        ) { $0.integer(0) }
        for key in keys { try tell(Replay.Story(key: ReplayKey(subject: key), events: []), replay) }
        return (keys.count < 500 ? nil : keys.last.map { ReplayKey(subject: $0) }, keys.count)
    }

    /// What had no date at first sight, and no event tells of, was so since the log began, or since it was made.
    func reachBack(_ replay: Replay) throws {
        let rows = try replay.connection.query(
            """
            SELECT t.\(table.key), t.valid_from, t.created_at FROM \(table.name) t
            WHERE t.workspace_id = $1 AND t.integration_id = $2 AND t.from_how = \(Evidence.firstSight.rawValue)
                AND t.valid_from > $3 AND t.valid_from <= $4 AND NOT EXISTS (
                    SELECT 1 FROM \(table.name) o WHERE o.workspace_id = $1 AND o.\(table.key) = t.\(table.key)
                        AND o.valid_from < t.valid_from)
            """, [replay.workspace, replay.integration, .integer(replay.since), .integer(replay.until)]
        ) { ($0.integer(0), $0.integer(1), $0.optionalInteger(2)) }
        for (key, from, made) in rows {
            let begin = replay.beginning(notBefore: made)
            if begin.at < from { try move(key, from: from, to: begin, replay) }
        }
    }
}

extension ReplayList {
    static let users = objects(.users, .users, key: "user_key", among: "AND e.group_key IS NULL AND e.app_key IS NULL")
    static let groups = objects(.groups, .groups, key: "group_key", among: "AND e.user_key IS NULL")
    static let apps = objects(.apps, .apps, key: "app_key", among: "AND e.user_key IS NULL")

    private static func objects(
        _ objects: ObjectReplay, _ resource: Resource, key: String, among: String
    ) -> ReplayList {
        var steps: [ReplayStep] = [
            .stories(objects.changes.keys.sorted(), of: (key, nil), among: among) { replay, story in
                try objects.tell(story, replay)
            }
        ]
        if objects.isDated { steps.append(ReplayStep(objects.tellUndated)) }
        steps += [ReplayStep(objects.rememberNamed), .once(objects.reachBack)]
        return ReplayList(name: objects.table.name, resource: resource, table: objects.table.name, steps: steps)
    }
}

import DatabaseEngine
import Directory

/// A kind of link whose past the log tells: memberships, assignments, groups of apps.
struct LinkReplay: Sendable {
    let table: LinkTable
    let adds: String
    let removes: String
    /// The stage that read the links of each subject in this run.
    let stage: String
    /// The table and key of the subjects and of the objects.
    let subjects: (table: String, key: String)
    let objects: (table: String, key: String)
    /// Columns that a link of the past needs besides, with what is known of them.
    let unknown: [(column: String, value: Value)]
    /// Whether Okta gives no date for their beginning.
    let isUndated: Bool
    /// Columns that go on where a link without a date ended and began again.
    let kept: [String]
    // Put together once: thousands of pairs have a story.
    private let rowsOfPair: String
    private let moveRow: String
    private let insertRow: String

    init(
        table: LinkTable, adds: String, removes: String, stage: String, subjects: (table: String, key: String),
        objects: (table: String, key: String), unknown: [(column: String, value: Value)] = [],
        isUndated: Bool = true, kept: [String] = []
    ) {
        self.table = table
        self.adds = adds
        self.removes = removes
        self.stage = stage
        self.subjects = subjects
        self.objects = objects
        self.unknown = unknown
        self.isUndated = isUndated
        self.kept = kept
        let pair = "workspace_id = $1 AND \(table.subject) = $2 AND \(table.object) = $3"
        rowsOfPair = "SELECT valid_from, valid_to, from_how FROM \(table.name) WHERE \(pair) ORDER BY valid_from"
        moveRow = "UPDATE \(table.name) SET valid_from = $5, from_how = $6 WHERE \(pair) AND valid_from = $4"
        let columns =
            ["workspace_id", table.subject, table.object, "valid_from", "from_how", "valid_to", "to_how", "opened_run"]
            + ["closed_run"] + unknown.map(\.column)
        let places = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
        insertRow = "INSERT INTO \(table.name) (\(columns.joined(separator: ", "))) VALUES (\(places))"
    }

    static let memberships = LinkReplay(
        table: MembershipRecorder.table, adds: "group.user_membership.add", removes: "group.user_membership.remove",
        stage: "group_users", subjects: ("user_groups", "group_key"), objects: ("users", "user_key"))
    static let assignments = LinkReplay(
        table: AssignmentRecorder.table, adds: "application.user_membership.add",
        removes: "application.user_membership.remove", stage: "app_users", subjects: ("apps", "app_key"),
        objects: ("users", "user_key"), unknown: [("scope", 0), ("status", "")], isUndated: false)
    static let appGroups = LinkReplay(
        table: AppGroupRecorder.table, adds: "group.application_assignment.add",
        removes: "group.application_assignment.remove", stage: "app_groups", subjects: ("apps", "app_key"),
        objects: ("user_groups", "group_key"), kept: ["priority"])

    /// Lets a server tell at once what is held of many pairs.
    func expect(_ stories: [Replay.Story], _ replay: Replay) throws {
        try replay.connection.prepare(rowsOfPair).readAhead(
            stories.map { [replay.workspace, .integer($0.key.subject), .integer($0.key.object)] })
    }

    /// Tells the past of one pair.
    func tell(_ story: Replay.Story, _ replay: Replay) throws {
        guard try isRead(story.key.subject, replay) else { return }
        let pair: [Value] = [replay.workspace, .integer(story.key.subject), .integer(story.key.object)]
        var rows: [(from: Int64, to: Int64?, how: Evidence)] = []
        try replay.connection.each(rowsOfPair, pair) { row in
            rows.append((row.integer(0), row.optionalInteger(1), Evidence(rawValue: row.integer(2)) ?? .firstSight))
            return true
        }
        // Ended before the first sync looked: this pair was told before.
        if rows.contains(where: { $0.to ?? .max <= replay.horizon }) { return }
        let row = rows.first.flatMap { $0.from <= replay.until ? $0 : nil }
        let bounds = LinkHistory.Bounds(
            since: replay.beginning(
                notBefore: try replay.made(story.key.subject, subjects), try replay.made(story.key.object, objects)),
            horizon: replay.horizon, deleted: row == nil ? try deleted(story.key, replay) : nil)
        let events = story.events.filter { $0.at <= replay.until }
            .map { LinkEvent(at: $0.at, adds: $0.type == adds) }
        let history = LinkHistory(events, present: row.map { replay.seen($0.from, $0.how) }, bounds)
        if let row, let begin = history.present, begin.at != row.from || begin.how != row.how {
            try replay.connection.execute(
                moveRow, pair + [.integer(row.from), .integer(begin.at), .integer(begin.how.rawValue)])
        }
        for span in history.earlier { try insert(span, pair, replay) }
    }

    private func insert(_ span: Span, _ pair: [Value], _ replay: Replay) throws {
        try replay.connection.execute(
            insertRow,
            pair + [
                .integer(span.from), .integer(span.fromHow.rawValue), .integer(span.to), .integer(span.toHow.rawValue),
                replay.run, replay.run,
            ] + unknown.map(\.value))
    }

    /// Whether the present links of a subject are known: where Okta refused the list, nothing is told from it.
    private func isRead(_ subject: Int64, _ replay: Replay) throws -> Bool {
        let state = try replay.memo.answer(stage, subject) {
            try replay.connection.first(
                """
                SELECT state FROM listings
                WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND subject_key = $4
                """, [replay.workspace, replay.run, .text(stage), .integer(subject)], { $0.integer(0) })
        }
        return state != ListingState.Progress.unreadable.rawValue
    }

    /// When, by the log, the first of two linked things was deleted.
    private func deleted(_ pair: ReplayKey, _ replay: Replay) throws -> Int64? {
        let ends = [try replay.deleted(pair.subject, subjects), try replay.deleted(pair.object, objects)]
        return ends.compactMap { $0 }.min()
    }

    /// Lets the links of the next subjects that no event tells of begin with the log: they were so all the time. Most were
    /// presumed to; the subject may be younger, and the log have a gap.
    func reachBack(_ replay: Replay, after last: ReplayKey) throws -> (last: ReplayKey?, work: Int) {
        let next = try replay.connection.query(
            """
            SELECT t.\(subjects.key), max(t.created_at) FROM \(subjects.table) t
            WHERE t.workspace_id = $1 AND t.integration_id = $2 AND t.\(subjects.key) > $3
            GROUP BY t.\(subjects.key) ORDER BY t.\(subjects.key) LIMIT 20
            """, [replay.workspace, replay.integration, .integer(last.subject)]
        ) { ($0.integer(0), $0.optionalInteger(1)) }
        var work = next.count
        for (subject, made) in next {
            let begin = replay.beginning(notBefore: made)
            try replay.connection.execute(
                """
                UPDATE \(table.name) SET valid_from = $3, from_how = $4
                WHERE workspace_id = $1 AND \(table.subject) = $2 AND (
                    from_how = \(Evidence.beforeLog.rawValue) AND valid_from < $3
                    OR from_how = \(Evidence.firstSight.rawValue) AND valid_from > $3 AND valid_from <= $5
                        AND NOT EXISTS (SELECT 1 FROM \(table.name) o WHERE o.workspace_id = $1
                            AND o.\(table.subject) = \(table.name).\(table.subject)
                            AND o.\(table.object) = \(table.name).\(table.object)
                            AND o.valid_from < \(table.name).valid_from))
                """,
                [
                    replay.workspace, .integer(subject), .integer(begin.at), .integer(begin.how.rawValue),
                    .integer(replay.until),
                ])
            work += replay.connection.changes
        }
        return (next.count < 20 ? nil : next.last.map { ReplayKey(subject: $0.0) }, work)
    }

    /// A link is no older than what it leads to: those of people and groups that were made in the log's time begin with
    /// them.
    func fitObjects(_ replay: Replay, after last: ReplayKey) throws -> (last: ReplayKey?, work: Int) {
        let young = try replay.connection.query(
            """
            SELECT t.\(objects.key), t.created_at FROM \(objects.table) t
            WHERE t.workspace_id = $1 AND t.integration_id = $2 AND t.\(objects.key) > $3 AND t.created_at > $4
                AND t.valid_to IS NULL
            ORDER BY t.\(objects.key) LIMIT 500
            """, [replay.workspace, replay.integration, .integer(last.subject), .integer(replay.since)]
        ) { ($0.integer(0), $0.integer(1)) }
        for (object, made) in young {
            // Found by what the index of objects holds alone, and then written by key: anything else would go through the
            // whole table.
            let older = try replay.connection.query(
                """
                SELECT \(table.subject), valid_from FROM \(table.name)
                WHERE workspace_id = $1 AND \(table.object) = $2 AND valid_from < $3
                    AND (valid_to IS NULL OR valid_to > $3)
                """, [replay.workspace, .integer(object), .integer(made)]
            ) { ($0.integer(0), $0.integer(1)) }
            for (subject, from) in older {
                try replay.connection.execute(
                    """
                    UPDATE \(table.name) SET valid_from = $5, from_how = \(Evidence.oktaDate.rawValue)
                    WHERE workspace_id = $1 AND \(table.subject) = $2 AND \(table.object) = $3 AND valid_from = $4
                        AND from_how = \(Evidence.beforeLog.rawValue)
                    """, [replay.workspace, .integer(subject), .integer(object), .integer(from), .integer(made)])
            }
        }
        return (young.count < 500 ? nil : young.last.map { ReplayKey(subject: $0.0) }, young.count)
    }
}

extension ReplayList {
    /// The past of a kind of links.
    static func links(_ links: LinkReplay, _ resource: Resource) -> ReplayList {
        ReplayList(
            name: links.table.name, resource: resource, table: links.table.name,
            steps: [
                .stories(
                    [links.adds, links.removes], of: (links.table.subject, links.table.object),
                    ahead: { replay, stories in try links.expect(stories, replay) },
                    { replay, story in try links.tell(story, replay) }), ReplayStep(links.reachBack),
                ReplayStep(links.fitObjects),
            ])
    }
}

extension Replay {
    /// Okta's date of the making of a thing; nil when it tells none.
    func made(_ key: Int64, _ noun: (table: String, key: String)) throws -> Int64? {
        try memo.answer(noun.table, key) {
            try connection.first(
                "SELECT max(created_at) FROM \(noun.table) WHERE workspace_id = $1 AND \(noun.key) = $2",
                [workspace, .integer(key)], { $0.optionalInteger(0) }) ?? nil
        }
    }

    /// When, by the log, a thing was deleted; nil when it was not.
    func deleted(_ key: Int64, _ noun: (table: String, key: String)) throws -> Int64? {
        try memo.answer("deleted", key) {
            try connection.first(
                """
                SELECT max(t.valid_to) FROM \(noun.table) t WHERE t.workspace_id = $1 AND t.\(noun.key) = $2
                    AND t.to_how = \(Evidence.logEvent.rawValue)
                    AND NOT EXISTS (SELECT 1 FROM \(noun.table) o
                        WHERE o.workspace_id = $1 AND o.\(noun.key) = t.\(noun.key) AND o.valid_from >= t.valid_to)
                """, [workspace, .integer(key)], { $0.optionalInteger(0) }) ?? nil
        }
    }
}

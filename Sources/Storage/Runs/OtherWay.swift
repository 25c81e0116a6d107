import DatabaseEngine
import Directory

/// The way to read a kind of lists from its other side: the apps of each group instead of the groups of each app, and so
/// on. Both ways end with the same rows: the lists of the ordinary way are set aside, and closing is judged for each of
/// them as if it had been walked itself.
struct OtherWay: Sendable {
    /// The kind of lists, as `RunChoice` names it.
    let list: String
    /// The name of this way.
    let way: String
    /// The stage of this way's lists.
    let stage: String
    /// The stage of the ordinary lists.
    let ordinary: String
    /// Where the rows are.
    let table: LinkTable
    /// Which ordinary lists this way stands for; all when nil. Okta may leave apps that are off out of a person's list.
    let covers: String?
    /// The people whose lists are read; nil when the lists were put on the list of work with the groups.
    let people: String?
    /// Keeps the counts of what the ordinary lists are of.
    let count: String

    static func of(_ list: String) -> OtherWay? { [appGroups, assignments, memberships].first { $0.list == list } }

    static let appGroups = OtherWay(
        list: "app_groups", way: "group", stage: "group_apps", ordinary: "app_groups",
        table: AppGroupRecorder.table, covers: nil, people: nil,
        count: """
            UPDATE apps SET groups_count = (
                SELECT count(*) FROM app_groups x
                WHERE x.workspace_id = $1 AND x.app_key = apps.app_key AND x.valid_to IS NULL)
            WHERE workspace_id = $1 AND valid_to IS NULL AND app_key IN
            """)

    static let assignments = OtherWay(
        list: "assignments", way: "person", stage: "user_apps", ordinary: "app_users",
        table: AssignmentRecorder.table, covers: AppRecorder.readByPerson, people: "TRUE",
        count: """
            UPDATE apps SET users_count = (
                SELECT count(*) FROM assignments x
                WHERE x.workspace_id = $1 AND x.app_key = apps.app_key AND x.valid_to IS NULL)
            WHERE workspace_id = $1 AND valid_to IS NULL AND app_key IN
            """)

    static let memberships = OtherWay(
        list: "memberships", way: "person", stage: "user_groups", ordinary: "group_users",
        table: MembershipRecorder.table, covers: nil, people: "u.status <> 'DEPROVISIONED'",
        count: """
            UPDATE user_groups SET members_count = (
                SELECT count(*) FROM memberships x
                WHERE x.workspace_id = $1 AND x.group_key = user_groups.group_key AND x.valid_to IS NULL)
            WHERE workspace_id = $1 AND valid_to IS NULL AND group_key IN
            """)

    /// Sets the ordinary lists aside that this way stands for, and puts its own on the list of work.
    func begin(_ writer: RunWriter) throws {
        if let covers {
            try writer.connection.execute(
                """
                UPDATE listings SET state = $4 WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND state = 0
                    AND subject_key IN (\(covers))
                """, run(writer, ordinary) + [.integer(ListingState.Progress.setAside.rawValue)])
        } else {
            try writer.move(ordinary, from: .pending, to: .setAside)
        }
        guard let people else { return }
        try writer.connection.execute(
            """
            INSERT INTO listings (workspace_id, run_id, call_class, subject_key, state, pages, items)
            SELECT $1, $2, $3, u.user_key, 0, 0, 0 FROM users u
            WHERE u.workspace_id = $1 AND u.integration_id = $4 AND u.valid_to IS NULL AND \(people)
            ON CONFLICT (workspace_id, run_id, call_class, subject_key) DO NOTHING
            """, run(writer, stage) + [.integer(writer.context.integrationID)])
    }

    /// Puts the ordinary lists back on the list of work, and takes this way's off.
    func giveUp(_ writer: RunWriter) throws {
        try writer.move(ordinary, from: .setAside, to: .pending)
        try writer.move(stage, from: .pending, to: .setAside)
        try writer.move(stage, from: .walking, to: .setAside)
        try writer.connection.execute(
            "DELETE FROM missing_links WHERE workspace_id = $1 AND run_id = $2 AND list = $3", run(writer, list))
    }

    /// Whether an ordinary list is set aside, so that this way writes its rows. Lists that are walked themselves, and
    /// things made since the run listed them, are not.
    func isSetAside(_ subject: Int64, _ writer: RunWriter) throws -> Bool {
        let find = try writer.connection.prepare(
            """
            SELECT 1 FROM listings
            WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND subject_key = $4 AND state = 6
            """)
        find.bind(1, writer.context.workspaceID)
        find.bind(2, writer.context.runID)
        find.bind(3, ordinary)
        find.bind(4, subject)
        return try find.first { _ in true } ?? false
    }

    /// Notes what the store holds of a person or group and its whole list did not show.
    func noteMissing(_ writer: RunWriter, _ listing: ListingState) throws {
        let open = try writer.connection.query(
            """
            SELECT \(table.subject) FROM \(table.name)
            WHERE workspace_id = $1 AND \(table.object) = $2 AND valid_to IS NULL
            """, [.integer(writer.context.workspaceID), .integer(listing.subject)]
        ) { $0.integer(0) }
        for subject in open where !listing.seen.contains(subject) {
            try writer.connection.execute(
                """
                INSERT INTO missing_links (workspace_id, run_id, list, subject_key, object_key)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (workspace_id, run_id, list, subject_key, object_key) DO NOTHING
                """, run(writer, list) + [.integer(subject), .integer(listing.subject)])
        }
    }

    /// Closes what was missing from this way's lists, and what belongs to people and groups that had no list to read;
    /// each ordinary list is held when it would lose too much. Keeps the counts. Once a run: what was held the first time
    /// would be too little to hold the second.
    func finish(_ writer: RunWriter) throws {
        let isDone = try writer.connection.first(
            "SELECT 1 FROM listings WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND subject_key = 0",
            run(writer, "\(stage)_compared"), { _ in true })
        if isDone == true { return }
        var done = ListingState(stage: "\(stage)_compared")
        done.progress = .complete
        try writer.save(done)
        var missing: [Int64: [(other: Int64, from: Int64)]] = [:]
        try writer.connection.each(
            """
            SELECT t.\(table.subject), t.\(table.object), t.valid_from FROM listings s
            JOIN \(table.name) t ON t.workspace_id = s.workspace_id AND t.\(table.subject) = s.subject_key
                AND t.valid_to IS NULL AND t.opened_run <= $7
            WHERE s.workspace_id = $1 AND s.run_id = $2 AND s.call_class = $3 AND s.state = $4 AND (
                EXISTS (
                    SELECT 1 FROM missing_links m WHERE m.workspace_id = $1 AND m.run_id = $2 AND m.list = $5
                        AND m.subject_key = t.\(table.subject) AND m.object_key = t.\(table.object))
                OR NOT EXISTS (
                    SELECT 1 FROM listings o WHERE o.workspace_id = $1 AND o.run_id = $2 AND o.call_class = $6
                        AND o.subject_key = t.\(table.object) AND o.state = 2))
            """,
            run(writer, ordinary) + [
                .integer(ListingState.Progress.setAside.rawValue), .text(list), .text(stage),
                .integer(writer.context.settledRun),
            ]
        ) { row in
            missing[row.integer(0), default: []].append((row.integer(1), row.integer(2)))
            return true
        }
        for (subject, rows) in missing.sorted(by: { $0.key < $1.key }) {
            let open = try table.openRows(writer, subject)
            var listing = ListingState(stage: ordinary, subject: subject)
            for row in try table.closable(rows, of: open, writer, &listing, { (subject, $0) }) {
                try table.end(writer, subject, row.other, from: row.from)
            }
        }
        try writer.connection.execute(
            """
            \(count) (SELECT subject_key FROM listings
                WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND state = $4)
            """, run(writer, ordinary) + [.integer(ListingState.Progress.setAside.rawValue)])
        try writer.connection.execute(
            "DELETE FROM missing_links WHERE workspace_id = $1 AND run_id = $2 AND list = $3", run(writer, list))
    }

    private func run(_ writer: RunWriter, _ stage: String) -> [Value] {
        [.integer(writer.context.workspaceID), .integer(writer.context.runID), .text(stage)]
    }
}

import DatabaseEngine
public import Directory

/// Records which groups give an app. Okta tells no creation date here.
public struct AppGroupRecorder: PageRecorder {
    static let table = LinkTable(
        name: "app_groups", subject: "app_key", object: "group_key", byObject: "app_groups_by_group", noun: "app_groups"
    )

    /// A recorder.
    public init() {}

    /// Whether the app has groups in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer, listing.subject)
    }

    /// Writes one page of group assignments.
    public func record(_ items: [AppGroupAssignment], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for item in items {
            let key = try writer.key(of: item.groupID)
            guard listing.seen.insert(key) else { continue }
            try Self.record(key, on: listing.subject, priority: item.priority.map(Int64.init), writer)
        }
        writer.count("app_groups", seen: items.count)
    }

    /// Closes the assignments that are gone.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try Self.table.closeMissing(writer, &listing)
    }

    /// Keeps the app's group count.
    public func count(_ writer: RunWriter, _ listing: ListingState) throws {
        let groups = try Self.table.heldNow(writer, listing)
        try writer.connection.execute(
            "UPDATE apps SET groups_count = $3 WHERE workspace_id = $1 AND app_key = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(listing.subject), .integer(Int64(groups))])
    }

    /// Writes that a group gives an app. Only the app's own list tells a priority: without one, what is known stays, and
    /// one that is learnt for the first time is no change.
    static func record(_ group: Int64, on app: Int64, priority: Int64?, _ writer: RunWriter) throws {
        let find = try writer.connection.prepare(
            """
            SELECT valid_from, priority, opened_run FROM app_groups
            WHERE workspace_id = $1 AND app_key = $2 AND group_key = $3 AND valid_to IS NULL
            """)
        find.bind(1, writer.context.workspaceID)
        find.bind(2, app)
        find.bind(3, group)
        guard let stored = try find.first({ ($0.integer(0), $0.optionalInteger(1), $0.integer(2)) }) else {
            let lastEnd = try table.lastEnd(writer, app, group)
            if lastEnd?.isLater == true { return }
            let beginning = try writer.beginning(table.noun, app, group)
            try open(group, on: app, priority, writer, from: beginning, notBefore: lastEnd?.at ?? .min)
            writer.count("app_groups", added: 1)
            return try writer.change("app_groups", "added", subject: app, object: group)
        }
        guard let priority, stored.1 != priority, !writer.isLater(stored.2) else { return }
        guard stored.1 != nil else {
            return try writer.connection.execute(
                """
                UPDATE app_groups SET priority = $5
                WHERE workspace_id = $1 AND app_key = $2 AND group_key = $3 AND valid_from = $4
                """,
                [
                    .integer(writer.context.workspaceID), .integer(app), .integer(group), .integer(stored.0),
                    .integer(priority),
                ])
        }
        let ending = try writer.ending(table.noun, app, group)
        try table.close(writer, app, group, from: stored.0, at: ending.at, how: ending.how)
        try open(group, on: app, priority, writer, from: ending, notBefore: stored.0 + 1)
        writer.count("app_groups", changed: 1)
        try writer.change("app_groups", "changed", subject: app, object: group)
    }

    private static func open(
        _ group: Int64, on app: Int64, _ priority: Int64?, _ writer: RunWriter, from beginning: DatedEnd,
        notBefore: Int64
    ) throws {
        try writer.connection.execute(
            """
            INSERT INTO app_groups (workspace_id, app_key, group_key, valid_from, from_how, opened_run, priority)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .integer(writer.context.workspaceID), .integer(app), .integer(group),
                .integer(max(beginning.at, notBefore)), .integer(beginning.how.rawValue),
                .integer(writer.context.runID), .optional(priority),
            ])
    }
}

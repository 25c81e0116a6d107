import DatabaseEngine
public import Directory

/// Records who is assigned to an app, since when and how: one *Uses* relation per user and app.
public struct AssignmentRecorder: PageRecorder {
    static let table = LinkTable(name: "assignments", subject: "app_key", object: "user_key", noun: "assignments")

    /// A recorder.
    public init() {}

    /// Whether the app has assigned users in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer, listing.subject)
    }

    /// Writes one page of app users.
    public func record(_ items: [AppAssignment], _ writer: RunWriter, _ listing: inout ListingState) throws {
        try writer.expect(items.map(\.userID))
        var rows: [(key: Int64, group: Int64?, index: Int)] = []
        rows.reserveCapacity(items.count)
        // Most of a page came through the same few groups.
        var groups: [(id: String, key: Int64)] = []
        for (index, item) in items.enumerated() {
            let user = try writer.key(of: item.userID)
            guard let id = item.groupID else {
                rows.append((user, nil, index))
                continue
            }
            if let known = groups.first(where: { $0.id == id }) {
                rows.append((user, known.key, index))
            } else {
                let key = try writer.key(of: id)
                if groups.count < 4 { groups.append((id, key)) }
                rows.append((user, key, index))
            }
        }
        rows.sort { $0.key < $1.key }
        let insert = try writer.connection.prepare(Self.insert)
        let find = try writer.connection.prepare(Self.find)
        if listing.hasPrior { try find.readAhead(listing.questions(writer, rows.map(\.key))) }
        defer { find.forgetReadAhead() }
        var added = 0
        for row in rows where listing.seen.insert(row.key) {
            if listing.hasPrior {
                try Self.compare(row.key, row.group, items[row.index], writer, listing.subject, find, insert)
            } else {
                let item = items[row.index]
                try Self.open(row.key, row.group, item, writer, listing.subject, insert, from: item.assignedAt)
                added += 1
            }
        }
        writer.count("assignments", seen: items.count, added: added)
    }

    /// Closes the assignments that are gone.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try Self.table.closeMissing(writer, &listing)
    }

    /// Keeps the app's user count.
    public func count(_ writer: RunWriter, _ listing: ListingState) throws {
        let users = try Self.table.heldNow(writer, listing)
        try writer.connection.execute(
            "UPDATE apps SET users_count = $3 WHERE workspace_id = $1 AND app_key = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(listing.subject), .integer(Int64(users))])
    }

    /// Writes that a person has an app, whichever list showed it.
    static func record(_ item: AppAssignment, user: Int64, app: Int64, _ writer: RunWriter) throws {
        let group = try item.groupID.map { try writer.key(of: $0) }
        let find = try writer.connection.prepare(find)
        try compare(user, group, item, writer, app, find, try writer.connection.prepare(insert))
    }

    private static let find = """
        SELECT valid_from, scope, group_key, status, assigned_at FROM assignments
        WHERE workspace_id = $1 AND app_key = $2 AND user_key = $3 AND valid_to IS NULL
        """
    private static let insert = """
        INSERT INTO assignments (workspace_id, app_key, user_key, valid_from, from_how, opened_run, scope, group_key,
            status, assigned_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """

    private struct Stored {
        let from: Int64
        let scope: Int64
        let group: Int64?
        let status: String
        let assignedAt: Int64?
    }

    private static func compare(
        _ user: Int64, _ group: Int64?, _ item: AppAssignment, _ writer: RunWriter, _ app: Int64,
        _ find: Statement, _ insert: Statement
    ) throws {
        find.bind(1, writer.context.workspaceID)
        find.bind(2, app)
        find.bind(3, user)
        let stored = try find.first { row in
            Stored(
                from: row.integer(0), scope: row.integer(1), group: row.optionalInteger(2), status: row.text(3),
                assignedAt: row.optionalInteger(4))
        }
        guard let stored else {
            // A pair that was closed before begins again after its last end, whatever date Okta still shows.
            let lastEnd = try table.lastEnd(writer, app, user)
            let fresh = item.assignedAt.map { $0.rawValue >= lastEnd ?? .min } ?? false
            try open(user, group, item, writer, app, insert, from: fresh ? item.assignedAt : nil)
            writer.count("assignments", added: 1)
            return try writer.change("assignments", "added", subject: app, object: user)
        }
        let assignedAt = item.assignedAt?.rawValue
        if stored.scope == item.scope.rawValue, stored.group == group, stored.status == item.status,
            stored.assignedAt == assignedAt
        {
            return
        }
        // Re-assigned: Okta gives the new link a new date. Anything else changed at an unknown moment since the last sync.
        let reassigned = assignedAt.map { $0 != stored.assignedAt && $0 > stored.from } ?? false
        let boundary = reassigned ? item.assignedAt : nil
        let end = boundary?.rawValue ?? writer.context.seenAt.rawValue
        try table.close(
            writer, app, user, from: stored.from, at: end, how: reassigned ? .oktaDate : .betweenSyncs)
        try open(user, group, item, writer, app, insert, from: boundary, notBefore: stored.from + 1)
        writer.count("assignments", changed: 1)
        try writer.change("assignments", "changed", subject: app, object: user)
    }

    private static func open(
        _ user: Int64, _ group: Int64?, _ item: AppAssignment, _ writer: RunWriter, _ app: Int64,
        _ insert: Statement, from date: Timestamp?, notBefore: Int64 = .min
    ) throws {
        let how: Evidence = date == nil ? writer.context.unseenBeginning : .oktaDate
        insert.bind(1, writer.context.workspaceID)
        insert.bind(2, app)
        insert.bind(3, user)
        insert.bind(4, max(date?.rawValue ?? writer.context.seenAt.rawValue, notBefore))
        insert.bind(5, how.rawValue)
        insert.bind(6, writer.context.runID)
        insert.bind(7, item.scope.rawValue)
        insert.bind(8, group)
        insert.bind(9, item.status)
        insert.bind(10, item.assignedAt?.rawValue)
        try insert.run()
    }
}

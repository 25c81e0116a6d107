import DatabaseEngine
public import Directory

/// Records who is assigned to an app, since when and how: one *Uses* relation per user and app.
public struct AssignmentRecorder: PageRecorder {
    static let table = LinkTable(
        name: "assignments", subject: "app_key", object: "user_key", byObject: "assignments_by_user",
        noun: "assignments")

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
        for index in items.indices {
            let user = try writer.key(of: items[index].userID)
            guard let id = items[index].groupID else {
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
                _ = try Self.compare(row.key, row.group, items[row.index], writer, listing.subject, find, insert)
            } else {
                try Self.open(
                    row.key, row.group, items[row.index], writer, listing.subject, insert,
                    from: items[row.index].assignedAt)
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
        try Self.keep(try Self.table.heldNow(writer, listing), of: listing.subject, writer)
    }

    /// Counts the users of an app after some of them were read alone.
    static func keepCount(of app: Int64, _ writer: RunWriter) throws {
        try keep(try table.openRows(writer, app), of: app, writer)
    }

    private static func keep(_ users: Int, of app: Int64, _ writer: RunWriter) throws {
        try writer.connection.execute(
            "UPDATE apps SET users_count = $3 WHERE workspace_id = $1 AND app_key = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(app), .integer(Int64(users))])
    }

    /// Closes one person's assignment to an app that Okta no longer has.
    public static func closeGone(_ writer: RunWriter, app: Int64, user: Int64) throws {
        let from = try writer.connection.first(
            """
            SELECT valid_from FROM assignments
            WHERE workspace_id = $1 AND app_key = $2 AND user_key = $3 AND valid_to IS NULL
            """, [.integer(writer.context.workspaceID), .integer(app), .integer(user)], { $0.integer(0) })
        guard let from else { return }
        try table.end(writer, app, user, from: from)
        writer.recount("assignments", app)
    }

    /// Writes that a person has an app, whichever list showed it; whether that is new.
    @discardableResult
    static func record(_ item: AppAssignment, user: Int64, app: Int64, _ writer: RunWriter) throws -> Bool {
        let group = try item.groupID.map { try writer.key(of: $0) }
        let find = try writer.connection.prepare(find)
        return try compare(user, group, item, writer, app, find, try writer.connection.prepare(insert))
    }

    private static let find = """
        SELECT valid_from, scope, group_key, status, assigned_at, opened_run FROM assignments
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
        let run: Int64
    }

    private static func compare(
        _ user: Int64, _ group: Int64?, _ item: AppAssignment, _ writer: RunWriter, _ app: Int64,
        _ find: Statement, _ insert: Statement
    ) throws -> Bool {
        find.bind(1, writer.context.workspaceID)
        find.bind(2, app)
        find.bind(3, user)
        let stored = try find.first { row in
            Stored(
                from: row.integer(0), scope: row.integer(1), group: row.optionalInteger(2), status: row.text(3),
                assignedAt: row.optionalInteger(4), run: row.integer(5))
        }
        guard let stored else {
            // A pair that was closed before begins again after its last end, whatever date Okta still shows.
            let lastEnd = try table.lastEnd(writer, app, user)
            if lastEnd?.isLater == true { return false }
            let fresh = item.assignedAt.map { $0.rawValue >= lastEnd?.at ?? .min } ?? false
            try open(
                user, group, item, writer, app, insert, from: fresh ? item.assignedAt : nil,
                notBefore: lastEnd?.at ?? .min)
            writer.count("assignments", added: 1)
            try writer.change("assignments", "added", subject: app, object: user)
            return true
        }
        let assignedAt = item.assignedAt?.rawValue
        if stored.scope == item.scope.rawValue, stored.group == group, stored.status == item.status,
            stored.assignedAt == assignedAt
        {
            return false
        }
        if writer.isLater(stored.run) { return false }
        // Re-assigned: Okta gives the new link a new date. Anything else changed at an unknown moment since the last sync.
        let reassigned = assignedAt.map { $0 != stored.assignedAt && $0 > stored.from } ?? false
        let ending =
            try reassigned
            ? DatedEnd(at: assignedAt ?? stored.from, how: .oktaDate) : writer.ending(table.noun, app, user)
        try table.close(writer, app, user, from: stored.from, at: ending.at, how: ending.how)
        try open(
            user, group, item, writer, app, insert, from: reassigned ? item.assignedAt : nil,
            notBefore: max(ending.at, stored.from + 1), changing: reassigned ? nil : ending)
        writer.count("assignments", changed: 1)
        try writer.change("assignments", "changed", subject: app, object: user)
        return false
    }

    private static func open(
        _ user: Int64, _ group: Int64?, _ item: AppAssignment, _ writer: RunWriter, _ app: Int64,
        _ insert: Statement, from date: Timestamp?, notBefore: Int64 = .min, changing end: DatedEnd? = nil
    ) throws {
        let beginning =
            if let date {
                DatedEnd(at: date.rawValue, how: .oktaDate)
            } else {
                // One change has one date: the end of what was is the beginning of what is.
                try end ?? writer.beginning(table.noun, app, user)
            }
        insert.bind(1, writer.context.workspaceID)
        insert.bind(2, app)
        insert.bind(3, user)
        insert.bind(4, max(beginning.at, notBefore))
        insert.bind(5, beginning.how.rawValue)
        insert.bind(6, writer.context.runID)
        insert.bind(7, item.scope.rawValue)
        insert.bind(8, group)
        insert.bind(9, item.status)
        insert.bind(10, item.assignedAt?.rawValue)
        try insert.run()
    }
}

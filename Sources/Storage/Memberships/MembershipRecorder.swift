import DatabaseEngine
import Directory

/// Records who is in a group: Okta tells no date, so an interval begins when Muster first sees it.
public struct MembershipRecorder: PageRecorder {
    static let table = LinkTable(name: "memberships", subject: "group_key", object: "user_key", noun: "memberships")

    /// A recorder.
    public init() {}

    /// Whether the group has members in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer, listing.subject)
    }

    /// Writes one page of Okta user ids.
    public func record(_ items: [String], _ writer: RunWriter, _ listing: inout ListingState) throws {
        let insert = try writer.connection.prepare(
            """
            INSERT INTO memberships (workspace_id, group_key, user_key, valid_from, from_how, opened_run)
            VALUES ($1, $2, $3, $4, $5, $6)
            """)
        let find = try writer.connection.prepare(
            """
            SELECT 1 FROM memberships
            WHERE workspace_id = $1 AND group_key = $2 AND user_key = $3 AND valid_to IS NULL
            """)
        for statement in [insert, find] {
            statement.bind(1, writer.context.workspaceID)
            statement.bind(2, listing.subject)
        }
        insert.bind(4, writer.context.seenAt.rawValue)
        insert.bind(5, writer.context.unseenBeginning.rawValue)
        insert.bind(6, writer.context.runID)
        try writer.expect(items)
        let keys = try items.map { try writer.key(of: $0) }.sorted()
        if listing.hasPrior { try find.readAhead(listing.questions(writer, keys)) }
        defer { find.forgetReadAhead() }
        var added = 0
        for key in keys where listing.seen.insert(key) {
            if listing.hasPrior {
                find.bind(3, key)
                if try find.first({ _ in true }) == true { continue }
            }
            insert.bind(3, key)
            try insert.run()
            added += 1
            try writer.change("memberships", "added", subject: listing.subject, object: key)
        }
        writer.count("memberships", seen: items.count, added: added)
    }

    /// Closes the memberships that are gone.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try Self.table.closeMissing(writer, &listing)
    }

    /// Keeps the group's member count.
    public func count(_ writer: RunWriter, _ listing: ListingState) throws {
        let members = try Self.table.heldNow(writer, listing)
        try writer.connection.execute(
            "UPDATE user_groups SET members_count = $3 WHERE workspace_id = $1 AND group_key = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(listing.subject), .integer(Int64(members))])
    }
}

import DatabaseEngine
import Directory

/// Records who is in a group: Okta tells no date, so an interval begins when Muster first sees it, or where the log tells.
public struct MembershipRecorder: PageRecorder {
    static let table = LinkTable(
        name: "memberships", subject: "group_key", object: "user_key", byObject: "memberships_by_user",
        noun: "memberships", presumesBeginnings: true)

    private static let insert = """
        INSERT INTO memberships (workspace_id, group_key, user_key, valid_from, from_how, opened_run)
        VALUES ($1, $2, $3, $4, $5, $6)
        """

    /// A recorder.
    public init() {}

    /// Whether the group has members in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer, listing.subject)
    }

    /// Writes one page of Okta user ids.
    public func record(_ items: [String], _ writer: RunWriter, _ listing: inout ListingState) throws {
        let insert = try writer.connection.prepare(Self.insert)
        let find = try writer.connection.prepare(
            """
            SELECT 1 FROM memberships
            WHERE workspace_id = $1 AND group_key = $2 AND user_key = $3 AND valid_to IS NULL
            """)
        for statement in [insert, find] {
            statement.bind(1, writer.context.workspaceID)
            statement.bind(2, listing.subject)
        }
        // Nothing that a first run writes can have a row already, or a date of the log.
        let isNew = writer.context.isFirst && !listing.hasPrior
        if isNew {
            let beginning = try writer.presumedBeginning()
            insert.bind(4, beginning.at)
            insert.bind(5, beginning.how.rawValue)
            insert.bind(6, writer.context.runID)
        }
        try writer.expect(items)
        let keys = try items.map { try writer.key(of: $0) }.sorted()
        if listing.hasPrior { try find.readAhead(listing.questions(writer, keys)) }
        defer { find.forgetReadAhead() }
        var added = 0
        for key in keys where listing.seen.insert(key) {
            guard isNew else {
                if listing.hasPrior {
                    find.bind(3, key)
                    if try find.first({ _ in true }) == true { continue }
                }
                if try Self.begin(key, in: listing.subject, writer) { added += 1 }
                continue
            }
            insert.bind(3, key)
            try insert.run()
            added += 1
        }
        writer.count("memberships", seen: items.count, added: added)
    }

    /// Opens a membership that was not known to be open; false when a later run has seen it end.
    static func begin(_ user: Int64, in group: Int64, _ writer: RunWriter) throws -> Bool {
        let lastEnd = try table.lastEnd(writer, group, user)
        if lastEnd?.isLater == true { return false }
        let beginning = try writer.beginning(table.noun, group, user)
        let insert = try writer.connection.prepare(insert)
        insert.bind(1, writer.context.workspaceID)
        insert.bind(2, group)
        insert.bind(3, user)
        insert.bind(4, max(beginning.at, lastEnd?.at ?? .min))
        insert.bind(5, beginning.how.rawValue)
        insert.bind(6, writer.context.runID)
        try insert.run()
        try writer.change(table.noun, "added", subject: group, object: user)
        return true
    }

    /// Closes the memberships that are gone.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try Self.table.closeMissing(writer, &listing)
    }

    /// Keeps the group's member count.
    public func count(_ writer: RunWriter, _ listing: ListingState) throws {
        try Self.keep(try Self.table.heldNow(writer, listing), of: listing.subject, writer)
    }

    /// Counts the members of a group after some of them were read alone.
    static func keepCount(of group: Int64, _ writer: RunWriter) throws {
        try keep(try table.openRows(writer, group), of: group, writer)
    }

    private static func keep(_ members: Int, of group: Int64, _ writer: RunWriter) throws {
        try writer.connection.execute(
            "UPDATE user_groups SET members_count = $3 WHERE workspace_id = $1 AND group_key = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(group), .integer(Int64(members))])
    }
}

import DatabaseEngine
import Directory

/// Records the groups of one person, whose whole list was read because events touched some of them. Groups that are not
/// followed, Everyone among them, are left out.
public struct PersonMembershipRecorder: PageRecorder {
    /// A recorder.
    public init() {}

    /// The lists of other people write rows of the same groups: they are always compared.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes the groups of the person.
    public func record(_ items: [String], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for id in items {
            let group = try writer.key(of: id)
            guard listing.seen.insert(group), try !Self.isEveryone(group, writer) else { continue }
            if try MembershipRecorder.record(listing.subject, in: group, writer) {
                writer.recount("memberships", group)
            }
        }
        writer.count("memberships", seen: items.count)
    }

    /// Closes the memberships that are gone.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try MembershipRecorder.table.closeMissing(writer, ofObject: &listing, among: "TRUE")
    }

    private static func isEveryone(_ group: Int64, _ writer: RunWriter) throws -> Bool {
        let find = try writer.connection.prepare(
            """
            SELECT 1 FROM user_groups
            WHERE workspace_id = $1 AND group_key = $2 AND valid_to IS NULL AND type = 'BUILT_IN' AND name = 'Everyone'
            """)
        find.bind(1, writer.context.workspaceID)
        find.bind(2, group)
        return try find.first { _ in true } ?? false
    }
}

import DatabaseEngine
import Directory

/// Records the groups of one person: the same rows as `MembershipRecorder`, from the other side.
public struct PersonGroupRecorder: PageRecorder {
    /// A recorder.
    public init() {}

    /// The lists of other people write rows of the same groups: they are always compared.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes the groups of the person. Those that are not listed, Everyone among them, are left out.
    public func record(_ items: [String], _ writer: RunWriter, _ listing: inout ListingState) throws {
        var seen = 0
        for id in items {
            let group = try writer.key(of: id)
            guard try OtherWay.memberships.isSetAside(group, writer) else { continue }
            guard listing.seen.insert(group) else { continue }
            try MembershipRecorder.record(listing.subject, in: group, writer)
            seen += 1
        }
        writer.count("memberships", seen: seen)
    }

    /// Notes what is missing; it is closed when the lists of all people are read.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try OtherWay.memberships.noteMissing(writer, listing)
    }
}

extension MembershipRecorder {
    /// Writes that a person is in a group, whichever list showed it; whether that is new.
    @discardableResult
    static func record(_ user: Int64, in group: Int64, _ writer: RunWriter) throws -> Bool {
        let key: [Value] = [.integer(writer.context.workspaceID), .integer(group), .integer(user)]
        let isKnown = try writer.connection.first(
            """
            SELECT 1 FROM memberships
            WHERE workspace_id = $1 AND group_key = $2 AND user_key = $3 AND valid_to IS NULL
            """, key, { _ in true })
        if isKnown == true { return false }
        guard try begin(user, in: group, writer) else { return false }
        writer.count("memberships", added: 1)
        return true
    }
}

/// Records the apps of one group: the same rows as `AppGroupRecorder`, from the other side and without priorities.
public struct GroupAppRecorder: PageRecorder {
    /// A recorder.
    public init() {}

    /// Another group may have written rows of the same apps: they are always compared.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes one page of Okta app ids.
    public func record(_ items: [String], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for id in items {
            let app = try writer.key(of: id)
            guard try OtherWay.appGroups.isSetAside(app, writer) else { continue }
            guard listing.seen.insert(app) else { continue }
            try AppGroupRecorder.record(listing.subject, on: app, priority: nil, writer)
        }
        writer.count("app_groups", seen: items.count)
    }

    /// Notes what is missing; it is closed when the lists of all groups are read.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try OtherWay.appGroups.noteMissing(writer, listing)
    }
}

public import Directory

/// Records the apps of one person: the same rows as `AssignmentRecorder`, from the other side.
public struct PersonAppRecorder: PageRecorder {
    /// A recorder.
    public init() {}

    /// The lists of other people write rows of the same apps: they are always compared.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes one page of what a person has. Apps whose people are read app by app are left to that.
    public func record(_ items: [PersonalAssignment], _ writer: RunWriter, _ listing: inout ListingState) throws {
        var seen = 0
        for item in items {
            let app = try writer.key(of: item.appID)
            guard try OtherWay.assignments.isSetAside(app, writer) else { continue }
            guard listing.seen.insert(app) else { continue }
            try AssignmentRecorder.record(item.assignment, user: listing.subject, app: app, writer)
            seen += 1
        }
        writer.count("assignments", seen: seen)
    }

    /// Notes what is missing; it is closed when the lists of all people are read.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try OtherWay.assignments.noteMissing(writer, listing)
    }
}

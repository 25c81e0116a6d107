import DatabaseEngine
public import Directory

/// Records the apps of one person, whose whole list was read because events touched some of them.
///
/// Apps that people's lists need not show, those that are off and those that everyone may use, are left as they are.
public struct PersonAssignmentRecorder: PageRecorder {
    /// A recorder.
    public init() {}

    /// The lists of other people write rows of the same apps: they are always compared.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes one page of what the person has.
    public func record(_ items: [PersonalAssignment], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for item in items {
            let app = try writer.key(of: item.appID)
            guard listing.seen.insert(app) else { continue }
            if try AssignmentRecorder.record(item.assignment, user: listing.subject, app: app, writer) {
                writer.recount("assignments", app)
            }
        }
        writer.count("assignments", seen: items.count)
    }

    /// Closes the assignments that are gone.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try AssignmentRecorder.table.closeMissing(
            writer, ofObject: &listing, among: "t.app_key IN (\(AppRecorder.readByPerson))")
    }
}

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
        let open = try writer.connection.query(
            """
            SELECT t.app_key, t.valid_from, t.opened_run FROM assignments t\(ReadHint.index("assignments_by_user").sql)
            WHERE t.workspace_id = $1 AND t.user_key = $2 AND t.valid_to IS NULL AND t.app_key IN (
                \(AppRecorder.readByPerson))
            """, [.integer(writer.context.workspaceID), .integer(listing.subject)]
        ) { ($0.integer(0), $0.integer(1), $0.integer(2)) }
        for (app, from, run) in open where !listing.seen.contains(app) && !writer.isLater(run) {
            try AssignmentRecorder.table.end(writer, app, listing.subject, from: from)
            writer.recount("assignments", app)
        }
    }
}

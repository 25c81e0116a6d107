import DatabaseEngine
import Directory

/// The parts of recording that memberships, assignments and app groups share: rows that link a subject (the group or app
/// whose list is walked) to an object (the user or group on the list).
struct LinkTable: Sendable {
    /// The table: `memberships`, `assignments` or `app_groups`.
    let name: String
    /// The column of the walked group or app.
    let subject: String
    /// The column of what is on its list.
    let object: String
    /// The index that finds the rows of what is on the lists.
    let byObject: String
    /// The name of the noun in counts and changes.
    let noun: String
    /// Whether a first run writes rows with a beginning that it only presumes: see `RunWriter.presumedBeginning`.
    var presumesBeginnings = false

    /// Whether the walked subject has any row, open or closed: new rows must then be fitted to the old ones.
    func hasRows(_ writer: RunWriter, _ subjectKey: Int64) throws -> Bool {
        try writer.connection.first(
            "SELECT 1 FROM \(name) WHERE workspace_id = $1 AND \(subject) = $2 LIMIT 1",
            [.integer(writer.context.workspaceID), .integer(subjectKey)], { _ in true }) ?? false
    }

    /// Whether the subject has any open row.
    func hasOpenRows(_ writer: RunWriter, _ subjectKey: Int64) throws -> Bool {
        try writer.connection.first(
            "SELECT 1 FROM \(name) WHERE workspace_id = $1 AND \(subject) = $2 AND valid_to IS NULL LIMIT 1",
            [.integer(writer.context.workspaceID), .integer(subjectKey)], { _ in true }) ?? false
    }

    /// How many rows of the walked subject are open after its last page. Where it had none before, they are those seen.
    func heldNow(_ writer: RunWriter, _ listing: ListingState) throws -> Int {
        listing.hasPrior ? try openRows(writer, listing.subject) : listing.seen.count
    }

    /// Closes every open row of the subject that the walk did not see, or holds them all.
    func closeMissing(_ writer: RunWriter, _ listing: inout ListingState) throws {
        guard listing.hasPrior else { return }
        let subjectKey = listing.subject
        let statement = """
            SELECT \(object), valid_from, opened_run FROM \(name)
            WHERE workspace_id = $1 AND \(subject) = $2 AND valid_to IS NULL
            """
        for row in try missing(statement, writer, &listing, { (subjectKey, $0) }) {
            try end(writer, subjectKey, row.other, from: row.from)
        }
    }

    /// The open rows that a walk did not see, as far as they may be closed; `pair` makes subject and object of the other end
    /// of a row. `statement` gives of all open rows of the walk's key the other end, the beginning and the run.
    func missing(
        _ statement: String, _ writer: RunWriter, _ listing: inout ListingState, _ pair: (Int64) -> (Int64, Int64)
    ) throws -> [(other: Int64, from: Int64)] {
        var open = 0
        var missing: [(other: Int64, from: Int64)] = []
        try writer.connection.each(
            statement, [.integer(writer.context.workspaceID), .integer(listing.subject)]
        ) { row in
            open += 1
            if !listing.seen.contains(row.integer(0)), writer.mayEnd(openedBy: row.integer(2)) {
                missing.append((row.integer(0), row.integer(1)))
            }
            return true
        }
        return try closable(missing, of: open, writer, &listing, pair)
    }

    /// Of rows that a list did not show, those that may be closed: what the log told of in any case; the rest too, unless
    /// it is more than the deletion guard allows. That is held for a person; the tail asks nobody and leaves it to the next
    /// full sync.
    func closable(
        _ missing: [(other: Int64, from: Int64)], of open: Int, _ writer: RunWriter, _ listing: inout ListingState,
        _ pair: (Int64) -> (Int64, Int64)
    ) throws -> [(other: Int64, from: Int64)] {
        if missing.isEmpty || !writer.isTooMuch(missing.count, of: open) { return missing }
        let told = try missing.filter { row in
            let (subjectKey, objectKey) = pair(row.other)
            return try writer.ending(noun, subjectKey, objectKey).how == .logEvent
        }
        if try writer.mayClose(missing.count - told.count, of: open, listing) { return missing }
        if !writer.context.isTail { listing.progress = .held }
        return told
    }

    /// Closes every open row of a subject that no longer exists in Okta.
    func closeAll(_ writer: RunWriter, _ subjectKey: Int64) throws {
        let open = try writer.connection.query(
            "SELECT \(object), valid_from FROM \(name) WHERE workspace_id = $1 AND \(subject) = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(subjectKey)]
        ) { ($0.integer(0), $0.integer(1)) }
        for (objectKey, from) in open { try end(writer, subjectKey, objectKey, from: from) }
    }

    /// Closes one open row. An interval that would end before it began ends where it began, one microsecond long.
    func close(
        _ writer: RunWriter, _ subjectKey: Int64, _ objectKey: Int64, from: Int64, at end: Int64,
        how: Evidence = .betweenSyncs
    ) throws {
        let update = try writer.connection.prepare(
            """
            UPDATE \(name) SET valid_to = $1, to_how = $2, closed_run = $3
            WHERE workspace_id = $4 AND \(subject) = $5 AND \(object) = $6 AND valid_from = $7
            """)
        // However far back a first run let it begin, it was there when the run looked.
        let sawIt = presumesBeginnings && writer.context.isFirst
        update.bind(1, max(end, (sawIt ? max(from, writer.context.seenAt.rawValue) : from) + 1))
        update.bind(2, how.rawValue)
        update.bind(3, writer.context.runID)
        update.bind(4, writer.context.workspaceID)
        update.bind(5, subjectKey)
        update.bind(6, objectKey)
        update.bind(7, from)
        try update.run()
    }

    /// The end of the newest closed row of a pair, so that a new interval never overlaps an old one, and whether a later
    /// run than this one ended it.
    func lastEnd(
        _ writer: RunWriter, _ subjectKey: Int64, _ objectKey: Int64
    ) throws -> (at: Int64, isLater: Bool)? {
        let select = try writer.connection.prepare(
            """
            SELECT max(valid_to), max(closed_run) FROM \(name)
            WHERE workspace_id = $1 AND \(subject) = $2 AND \(object) = $3
            """)
        select.bind(1, writer.context.workspaceID)
        select.bind(2, subjectKey)
        select.bind(3, objectKey)
        let end = try select.first { ($0.optionalInteger(0), $0.optionalInteger(1)) }
        guard let end, let at = end.0 else { return nil }
        return (at, writer.isLater(end.1 ?? 0))
    }
}

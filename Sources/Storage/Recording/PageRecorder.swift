import DatabaseEngine
import Directory

/// How the records of one kind of listing become rows.
public protocol PageRecorder: Sendable {
    /// What a page holds.
    associatedtype Item: Sendable

    /// Whether this listing has any row, open or closed, before its first page is written.
    func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool
    /// Writes the records of one page, marking what was seen.
    func record(_ items: [Item], _ writer: RunWriter, _ listing: inout ListingState) throws
    /// After the last page: closes what was not seen, unless the guard holds it.
    func complete(_ writer: RunWriter, _ listing: inout ListingState) throws
    /// After the last page, also where something could not be closed: keeps the count of what the list holds.
    func count(_ writer: RunWriter, _ listing: ListingState) throws
}

extension PageRecorder {
    /// Most lists keep no count.
    public func count(_ writer: RunWriter, _ listing: ListingState) throws {}
}

extension RunWriter {
    /// Whether a walk would close more than the share of the run, and at least 10 rows.
    func isTooMuch(_ missing: Int, of open: Int) -> Bool {
        missing >= 10 && Double(missing) > context.closureShare * Double(open)
    }

    /// The deletion guard: whether a complete walk may close this many of the open rows without a person's accept.
    ///
    /// A walk that would close more than the share of the run (20 % unless set otherwise), and at least 10 rows, is held,
    /// unless a person accepted the same closure of the run before. `links` are the memberships or assignments that would
    /// end with the groups or apps that are missing, of all there are: one group may be half of a tenant.
    func mayClose(
        _ missing: Int, of open: Int, _ listing: ListingState, with links: (missing: Int, open: Int) = (0, 0)
    ) throws -> Bool {
        // A tenant that suddenly has no users, groups or apps at all has lost a right, not its people.
        let emptied = missing == open && ["users", "groups", "apps"].contains(listing.stage)
        guard emptied || isTooMuch(missing, of: open) || isTooMuch(links.missing, of: links.open) else { return true }
        if context.isTail { return false }
        let (missing, open) = (missing + links.missing, open + links.open)
        let accepted =
            try connection.first(
                """
                SELECT max(run_id) FROM held_closures
                WHERE workspace_id = $1 AND call_class = $2 AND subject_key = $3 AND accepted_at IS NOT NULL
                    AND would_close >= $4
                    AND run_id = (
                        SELECT max(run_id) FROM runs WHERE workspace_id = $1 AND integration_id = $5 AND run_id < $6
                            AND kind <> 'tail' AND status IN ('complete', 'partial', 'held'))
                """,
                [
                    .integer(context.workspaceID), .text(listing.stage), .integer(listing.subject),
                    .integer(Int64(missing)), .integer(context.integrationID), .integer(context.runID),
                ]
            ) { $0.optionalInteger(0) } ?? nil
        if let accepted {
            try connection.execute(
                """
                DELETE FROM held_closures
                WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND subject_key = $4
                """,
                [
                    .integer(context.workspaceID), .integer(accepted), .text(listing.stage), .integer(listing.subject),
                ])
            return true
        }
        try connection.execute(
            """
            INSERT INTO held_closures (workspace_id, run_id, call_class, subject_key, open_rows, would_close)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, run_id, call_class, subject_key) DO UPDATE SET
                open_rows = excluded.open_rows, would_close = excluded.would_close
            """,
            [
                .integer(context.workspaceID), .integer(context.runID), .text(listing.stage),
                .integer(listing.subject), .integer(Int64(open)), .integer(Int64(missing)),
            ])
        return false
    }
}

import DatabaseEngine
import Directory
public import Problems

extension RunWriter {
    /// Saves the checkpoint of a walk, in the transaction of the page it follows.
    public func save(_ listing: ListingState) throws {
        let upsert = try connection.prepare(
            """
            INSERT INTO listings (workspace_id, run_id, call_class, subject_key, state, page_cursor, pages, items,
                seen_keys, coverage)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (workspace_id, run_id, call_class, subject_key) DO UPDATE SET
                state = excluded.state, page_cursor = excluded.page_cursor, pages = excluded.pages,
                items = excluded.items, seen_keys = excluded.seen_keys, coverage = excluded.coverage
            """)
        upsert.bind(1, context.workspaceID)
        upsert.bind(2, context.runID)
        upsert.bind(3, listing.stage)
        upsert.bind(4, listing.subject)
        upsert.bind(5, listing.progress.rawValue)
        upsert.bind(6, listing.cursor)
        upsert.bind(7, Int64(listing.pages))
        upsert.bind(8, Int64(listing.items))
        if listing.progress == .walking { upsert.bind(9, listing.seen.bytes) } else { upsert.bindNull(9) }
        upsert.bind(10, listing.coverage?.text)
        try upsert.run()
    }

    /// Puts a listing on the run's list of work, unless it is there already.
    public func expect(_ stage: String, subject: Int64) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO listings (workspace_id, run_id, call_class, subject_key, state, pages, items)
            VALUES ($1, $2, $3, $4, 0, 0, 0)
            ON CONFLICT (workspace_id, run_id, call_class, subject_key) DO NOTHING
            """)
        insert.bind(1, context.workspaceID)
        insert.bind(2, context.runID)
        insert.bind(3, stage)
        insert.bind(4, subject)
        try insert.run()
    }
}

/// One listing still to be walked, and the Okta id it is asked by.
public struct PendingListing: Sendable {
    /// The walk, as far as it got.
    public let state: ListingState
    /// The Okta id of its subject; empty for lists of the whole tenant.
    public let oktaID: String
}

extension Store {
    /// The walk of one listing as far as it got; a fresh one when it has not begun.
    public func listing(
        _ stage: String, subject: Int64 = 0, of context: RunContext
    ) async throws(Problem) -> ListingState {
        try await engine.read { connection in
            try connection.first(
                """
                SELECT call_class, subject_key, state, page_cursor, pages, items, seen_keys, coverage FROM listings
                WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND subject_key = $4
                """,
                [.integer(context.workspaceID), .integer(context.runID), .text(stage), .integer(subject)],
                Self.listing) ?? ListingState(stage: stage, subject: subject)
        }
    }

    /// Listings of a stage that are not finished, by subject, in batches: pass the last subject to go on.
    public func pendingListings(
        _ stage: String, of context: RunContext, after subject: Int64, limit: Int
    ) async throws(Problem) -> [PendingListing] {
        try await engine.read { connection in
            try connection.query(
                """
                SELECT l.call_class, l.subject_key, l.state, l.page_cursor, l.pages, l.items, l.seen_keys, l.coverage,
                    o.okta_id
                FROM listings l
                JOIN objects o ON o.workspace_id = l.workspace_id AND o.object_key = l.subject_key
                WHERE l.workspace_id = $1 AND l.run_id = $2 AND l.call_class = $3 AND l.subject_key > $4
                    AND l.state IN (0, 1)
                ORDER BY l.subject_key LIMIT $5
                """,
                [
                    .integer(context.workspaceID), .integer(context.runID), .text(stage), .integer(subject),
                    .integer(Int64(limit)),
                ]
            ) { row in PendingListing(state: try Self.listing(row), oktaID: row.text(8)) }
        }
    }

    private static func listing(_ row: Row) throws -> ListingState {
        var listing = ListingState(stage: row.text(0), subject: row.integer(1))
        listing.progress = ListingState.Progress(rawValue: row.integer(2)) ?? .pending
        listing.cursor = row.optionalText(3)
        listing.pages = Int(row.integer(4))
        listing.items = Int(row.integer(5))
        listing.seen = SeenKeys(bytes: row.blob(6))
        listing.coverage = row.optionalText(7).map(Coverage.init(text:))
        return listing
    }
}

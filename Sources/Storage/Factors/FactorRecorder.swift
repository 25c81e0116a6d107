import DatabaseEngine
public import Directory

/// Records the factors of one user: always the whole list, and when it was read.
public struct FactorRecorder: PageRecorder {
    static let table = HoldingTable(
        name: "factors", holder: "user_key", item: "factor_id", noun: "factors",
        versioned: ["type", "provider", "status", "created_at"])

    /// A recorder.
    public init() {}

    /// The whole list is compared each time.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes the factors of the user.
    public func record(_ items: [Factor], _ writer: RunWriter, _ listing: inout ListingState) throws {
        let held = items.map { factor in
            HoldingTable.Held(
                id: factor.id,
                versioned: [
                    .text(factor.type), .text(factor.provider), .text(factor.status),
                    .optional(factor.created?.rawValue),
                ],
                began: factor.created)
        }
        try Self.table.replace(held, of: listing.subject, writer)
        try writer.connection.execute(
            """
            INSERT INTO factor_reads (workspace_id, user_key, read_at) VALUES ($1, $2, $3)
            ON CONFLICT (workspace_id, user_key) DO UPDATE SET read_at = excluded.read_at
            """,
            [
                .integer(writer.context.workspaceID), .integer(listing.subject),
                .integer(writer.context.seenAt.rawValue),
            ])
    }

    /// Nothing is left to do: `record` had the whole list.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {}
}

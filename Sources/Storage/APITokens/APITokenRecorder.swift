import DatabaseEngine
public import Directory

/// Records which API tokens exist in the tenant, never their secrets.
public struct APITokenRecorder: PageRecorder {
    static let table = ObjectTable(
        name: "api_tokens", key: "token_key", noun: "api_tokens",
        versioned: ["name", "user_key", "client_name", "created_at"], forward: ["last_updated_at", "expires_at"])

    /// A recorder.
    public init() {}

    /// Whether the integration has tokens in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer)
    }

    /// Writes the tokens.
    public func record(_ items: [APIToken], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for token in items {
            let key = try writer.key(of: token.id)
            guard listing.seen.insert(key) else { continue }
            let user = try token.userID.map { try writer.key(of: $0) }
            let version = ObjectTable.Version(
                key: key, oktaID: token.id,
                versioned: [
                    .text(token.name), .optional(user), .optional(token.clientName),
                    .optional(token.created?.rawValue),
                ],
                forward: [.optional(token.lastUpdated?.rawValue), .optional(token.expiresAt?.rawValue)],
                began: token.created)
            try Self.table.record(version, writer, hasPrior: listing.hasPrior)
        }
        writer.count("api_tokens", seen: items.count)
    }

    /// Closes the tokens that are gone.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        _ = try Self.table.closeMissing(writer, &listing)
    }
}

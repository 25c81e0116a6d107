import DatabaseEngine
public import Directory

/// Records the rules that fill groups.
public struct GroupRuleRecorder: PageRecorder {
    static let table = ObjectTable(
        name: "group_rules", key: "rule_key", noun: "group_rules",
        versioned: ["name", "status", "expression", "group_ids", "excluded_user_ids", "created_at"],
        forward: ["last_updated_at"])

    /// A recorder.
    public init() {}

    /// Whether the integration has rules in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer)
    }

    /// Writes one page of rules.
    public func record(_ items: [GroupRule], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for rule in items {
            let key = try writer.key(of: rule.id)
            guard listing.seen.insert(key) else { continue }
            let version = ObjectTable.Version(
                key: key, oktaID: rule.id,
                versioned: [
                    .text(rule.name), .text(rule.status), .optional(rule.expression),
                    .text(rule.groupIDs.joined(separator: " ")), .text(rule.excludedUserIDs.joined(separator: " ")),
                    .optional(rule.created?.rawValue),
                ],
                forward: [.optional(rule.lastUpdated?.rawValue)], began: rule.lastUpdated ?? rule.created)
            try Self.table.record(version, writer, hasPrior: listing.hasPrior)
        }
        writer.count("group_rules", seen: items.count)
    }

    /// Closes the rules that are gone.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        _ = try Self.table.closeMissing(writer, &listing)
    }
}

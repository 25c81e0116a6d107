import DatabaseEngine
public import Directory
import Problems

/// Records who is on the tenant's list of admins, and puts the list of each one's roles on the run's list of work.
public struct RoleAssigneeRecorder: PageRecorder {
    /// A recorder.
    public init() {}

    /// Admins are always compared with those the store holds.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes one page of Okta user ids.
    public func record(_ items: [String], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for id in items {
            let key = try writer.key(of: id)
            guard listing.seen.insert(key) else { continue }
            try writer.expect("user_roles", subject: key)
        }
    }

    /// People who held a role and are no longer on the list have their roles read once more, so that each one's end is
    /// seen, never guessed from a list.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        let holders = try writer.connection.query(
            """
            SELECT DISTINCT r.holder_key FROM admin_roles r CROSS JOIN users u
            WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.valid_to IS NULL
                AND u.workspace_id = r.workspace_id AND u.user_key = r.holder_key AND u.valid_to IS NULL
            """, [.integer(writer.context.workspaceID), .integer(writer.context.integrationID)]
        ) { $0.integer(0) }
        for holder in holders where !listing.seen.contains(holder) { try writer.expect("user_roles", subject: holder) }
    }
}

/// Records the roles of one user or group: always the whole list.
public struct RoleRecorder: PageRecorder {
    static let table = HoldingTable(
        name: "admin_roles", holder: "holder_key", item: "role_id", noun: "roles",
        versioned: ["type", "label", "status", "assignment_type", "custom_role_id", "resource_set_id", "created_at"])

    /// A recorder.
    public init() {}

    /// The whole list is compared each time.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes the roles of the holder.
    public func record(_ items: [AdminRole], _ writer: RunWriter, _ listing: inout ListingState) throws {
        let held = items.map { role in
            HoldingTable.Held(
                id: role.id,
                versioned: [
                    .text(role.type), .text(role.label), .text(role.status), .text(role.assignmentType),
                    .optional(role.customRoleID), .optional(role.resourceSetID), .optional(role.created?.rawValue),
                ],
                began: role.created)
        }
        try Self.table.replace(held, of: listing.subject, writer)
    }

    /// Nothing is left to do: `record` had the whole list.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {}
}

import DatabaseEngine
public import Directory

/// Records users: a version begins when the status last changed, else when the profile was seen to change.
public struct UserRecorder: PageRecorder {
    static let table = ObjectTable(
        name: "users", key: "user_key", noun: "users",
        versioned: [
            "status", "login", "email", "first_name", "last_name", "display_name", "department", "title", "manager",
            "manager_id", "employee_number", "user_type", "organization", "division", "cost_center", "provider",
            "type_id", "profile", "created_at", "activated_at", "status_changed_at",
        ],
        forward: ["password_changed_at", "last_login_at", "last_updated_at"],
        aside: ObjectTable.Aside(table: "user_profiles", column: "profile"))

    /// A recorder.
    public init() {}

    /// Whether the integration has users in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer)
    }

    /// Writes one page of users.
    public func record(_ items: [User], _ writer: RunWriter, _ listing: inout ListingState) throws {
        try writer.expect(items.map(\.id))
        let keys = try items.map { try writer.key(of: $0.id) }
        let known = listing.hasPrior ? try Self.table.expect(keys, writer) : nil
        defer { known?.forgetReadAhead() }
        for (user, key) in zip(items, keys) {
            guard listing.seen.insert(key) else { continue }
            try Self.table.record(Self.version(of: user, key: key), writer, hasPrior: listing.hasPrior)
        }
        writer.count("users", seen: items.count)
    }

    /// Closes the users that are gone, with their roles and factors.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        for key in try Self.table.closeMissing(writer, &listing) {
            try RoleRecorder.table.endAll(of: key, writer)
            try FactorRecorder.table.endAll(of: key, writer)
        }
    }

    /// Writes one user that was read alone.
    static func record(_ user: User, _ writer: RunWriter) throws {
        try table.record(version(of: user, key: try writer.key(of: user.id)), writer, hasPrior: true)
    }

    /// Closes one user that Okta has deleted, with everything the person had.
    public static func closeGone(_ writer: RunWriter, _ key: Int64) throws {
        try table.closeGone(key, writer)
        try RoleRecorder.table.endAll(of: key, writer)
        try FactorRecorder.table.endAll(of: key, writer)
        try MembershipRecorder.table.closeAll(writer, object: key)
        try AssignmentRecorder.table.closeAll(writer, object: key)
    }

    private static func version(of user: User, key: Int64) -> ObjectTable.Version {
        let attributes = user.attributes
        return ObjectTable.Version(
            key: key, oktaID: user.id,
            versioned: [
                .text(user.status.rawValue), .optional(attributes.login), .optional(attributes.email),
                .optional(attributes.firstName), .optional(attributes.lastName), .optional(attributes.displayName),
                .optional(attributes.department), .optional(attributes.title), .optional(attributes.manager),
                .optional(attributes.managerID), .optional(attributes.employeeNumber), .optional(attributes.userType),
                .optional(attributes.organization), .optional(attributes.division), .optional(attributes.costCenter),
                .optional(user.credentialProvider), .optional(user.typeID), .text(user.profile),
                .optional(user.created?.rawValue), .optional(user.activated?.rawValue),
                .optional(user.statusChanged?.rawValue),
            ],
            forward: [
                .optional(user.passwordChanged?.rawValue), .optional(user.lastLogin?.rawValue),
                .optional(user.lastUpdated?.rawValue),
            ],
            began: user.statusChanged ?? user.activated ?? user.created)
    }
}

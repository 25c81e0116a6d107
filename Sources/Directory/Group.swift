/// A group of users.
///
/// Source: `GET /api/v1/groups?expand=stats`.
public struct Group: Sendable, Equatable {
    /// Okta's id, byte for byte (`00g…`).
    public var id: String
    /// The name people see.
    public var name: String
    /// The description; nil when Okta sent none or null.
    public var description: String?
    /// `OKTA_GROUP`, `APP_GROUP` (mastered by an app or directory) or `BUILT_IN` (Everyone).
    public var type: String
    /// When the group was created.
    public var created: Timestamp?
    /// When the profile last changed.
    public var lastUpdated: Timestamp?
    /// When the members last changed.
    public var lastMembershipUpdated: Timestamp?
    /// The id of the app that masters an `APP_GROUP`.
    public var sourceAppID: String?
    /// How many users Okta counts in it; nil when not told.
    public var usersCount: Int?
    /// How many apps Okta counts on it; nil when not told.
    public var appsCount: Int?
    /// Whether the group grants an admin role; nil when not told.
    public var hasAdminPrivilege: Bool?

    /// A group with nothing but what every group has.
    public init(id: String, name: String, type: String) {
        self.id = id
        self.name = name
        self.type = type
    }
}

/// A rule that puts users into groups.
///
/// Source: `GET /api/v1/groups/rules`.
public struct GroupRule: Sendable, Equatable {
    /// Okta's id, byte for byte (`0pr…`).
    public var id: String
    /// The name of the rule.
    public var name: String
    /// `ACTIVE`, `INACTIVE` or `INVALID`.
    public var status: String
    /// The condition as Okta Expression Language text; nil when the rule has none.
    public var expression: String?
    /// The ids of the groups it fills.
    public var groupIDs: [String]
    /// The ids of users it leaves out.
    public var excludedUserIDs: [String]
    /// When the rule was made.
    public var created: Timestamp?
    /// When the rule last changed.
    public var lastUpdated: Timestamp?

    /// A rule with nothing but what every rule has.
    public init(id: String, name: String, status: String, groupIDs: [String] = [], excludedUserIDs: [String] = []) {
        self.id = id
        self.name = name
        self.status = status
        self.groupIDs = groupIDs
        self.excludedUserIDs = excludedUserIDs
    }
}

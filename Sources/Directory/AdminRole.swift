/// An admin role that somebody holds.
///
/// Source: `GET /api/v1/users/{id}/roles` and `GET /api/v1/groups/{id}/roles`. Ids of standard roles are the base32 of the
/// type and repeat from holder to holder, so a role is known by its holder and id together.
public struct AdminRole: Sendable, Equatable {
    /// Okta's id of the assignment; unique for one holder only.
    public var id: String
    /// `SUPER_ADMIN`, `READ_ONLY_ADMIN`, …, `CUSTOM`; kept as it is.
    public var type: String
    /// The name people see.
    public var label: String
    /// `ACTIVE` or `INACTIVE`.
    public var status: String
    /// `USER`, `GROUP` (the holder has it through a group) or `CLIENT`.
    public var assignmentType: String
    /// When it was given.
    public var created: Timestamp?
    /// When it last changed.
    public var lastUpdated: Timestamp?
    /// The id of the custom role, for `CUSTOM`.
    public var customRoleID: String?
    /// The id of the resource set, for `CUSTOM`.
    public var resourceSetID: String?

    /// A role; see the properties.
    public init(id: String, type: String, label: String, status: String, assignmentType: String) {
        self.id = id
        self.type = type
        self.label = label
        self.status = status
        self.assignmentType = assignmentType
    }
}

/// A factor that a user has enrolled for multi-factor authentication.
///
/// Source: `GET /api/v1/users/{id}/factors`: enrolled factors only, as the caller's network zone may see them.
public struct Factor: Sendable, Equatable {
    /// Okta's id.
    public var id: String
    /// `webauthn`, `push`, `sms`, …; kept as it is.
    public var type: String
    /// `OKTA`, `FIDO`, `GOOGLE`, …; kept as it is.
    public var provider: String
    /// `ACTIVE`, `PENDING_ACTIVATION`, …; kept as it is.
    public var status: String
    /// When it was enrolled.
    public var created: Timestamp?
    /// When it last changed.
    public var lastUpdated: Timestamp?

    /// A factor; see the properties.
    public init(id: String, type: String, provider: String, status: String) {
        self.id = id
        self.type = type
        self.provider = provider
        self.status = status
    }
}

/// An SSWS API token that exists in the tenant (never its secret).
///
/// Source: `GET /api/v1/api-tokens`.
public struct APIToken: Sendable, Equatable {
    /// Okta's id (`00T…`).
    public var id: String
    /// The name its maker gave it.
    public var name: String
    /// The id of the user whose rights it has.
    public var userID: String?
    /// The client that made it.
    public var clientName: String?
    /// When it was made.
    public var created: Timestamp?
    /// When it last changed, about when it was last used.
    public var lastUpdated: Timestamp?
    /// When it dies if not used before.
    public var expiresAt: Timestamp?

    /// A token; see the properties.
    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// An application as the tenant has it: one asset.
///
/// Source: `GET /api/v1/apps`.
public struct App: Sendable, Equatable {
    /// Okta's id, byte for byte (`0oa…`).
    public var id: String
    /// The catalogue key: `salesforce`, `oidc_client`, `acme_intranet_1`.
    public var name: String
    /// The name people see.
    public var label: String
    /// `ACTIVE`, `INACTIVE` or `DELETED`.
    public var status: String
    /// `SAML_2_0`, `OPENID_CONNECT`, `BOOKMARK`, …; nil for directories; may lie outside the documented list.
    public var signOnMode: String?
    /// When the app was added.
    public var created: Timestamp?
    /// When the app last changed.
    public var lastUpdated: Timestamp?
    /// `SCIM_PROVISIONING`, `PUSH_NEW_USERS`, …
    public var features: [String]
    /// `settings.implicitAssignment`: Federation Broker Mode; everyone may use it and nobody is listed.
    public var implicitAssignment: Bool
    /// `visibility.hide.web`: no tile on the dashboard.
    public var hidden: Bool

    /// An app with nothing but what every app has.
    public init(id: String, name: String, label: String, status: String) {
        self.id = id
        self.name = name
        self.label = label
        self.status = status
        features = []
        implicitAssignment = false
        hidden = false
    }
}

/// One user's assignment to one app: the asset graph's *Uses* relation.
///
/// Source: `GET /api/v1/apps/{id}/users`, the only place in Okta that tells when.
public struct AppAssignment: Sendable, Equatable {
    /// The user's Okta id.
    public var userID: String
    /// Whether the user was assigned directly or through a group.
    public var scope: Scope
    /// Okta's app-user status: `ACTIVE`, `PROVISIONED`, …; kept as it is.
    public var status: String
    /// When the assignment was made (`created`). For a group assignment: when the app user appeared.
    public var assignedAt: Timestamp?
    /// The group that gave it, for `.group`: one, by Okta's priority (`_links.group`).
    public var groupID: String?

    /// An assignment; see the properties.
    public init(userID: String, scope: Scope, status: String, assignedAt: Timestamp?, groupID: String? = nil) {
        self.userID = userID
        self.scope = scope
        self.status = status
        self.assignedAt = assignedAt
        self.groupID = groupID
    }

    /// How an assignment came to be.
    public enum Scope: Int64, Sendable {
        /// Okta told something else than `USER` or `GROUP`.
        case unknown = 0
        /// Assigned to the user directly.
        case user = 1
        /// Assigned through a group.
        case group = 2

        /// Okta's word: `USER`, `GROUP`, or empty.
        public var oktaName: String {
            switch self {
            case .unknown: ""
            case .user: "USER"
            case .group: "GROUP"
            }
        }
    }
}

/// A group's assignment to one app.
///
/// Source: `GET /api/v1/apps/{id}/groups`. Okta tells no creation date here.
public struct AppGroupAssignment: Sendable, Equatable {
    /// The group's Okta id.
    public var groupID: String
    /// Lower wins when several groups give the same app.
    public var priority: Int?
    /// When the assignment last changed.
    public var lastUpdated: Timestamp?

    /// An assignment; see the properties.
    public init(groupID: String, priority: Int? = nil, lastUpdated: Timestamp? = nil) {
        self.groupID = groupID
        self.priority = priority
        self.lastUpdated = lastUpdated
    }
}

/// One app of a person, as the person's own list shows it.
///
/// Source: `GET /api/v1/apps?filter=user.id eq "…"&expand=user/…`.
public struct PersonalAssignment: Sendable, Equatable {
    /// The app's Okta id.
    public var appID: String
    /// How the person has it.
    public var assignment: AppAssignment

    /// An app of a person.
    public init(appID: String, assignment: AppAssignment) {
        self.appID = appID
        self.assignment = assignment
    }
}

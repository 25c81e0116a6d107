/// A person, or a service account that looks like one, as Okta keeps it.
///
/// Source: `GET /api/v1/users`. Profile attributes are an open map; those Muster shows by name are lifted out, the rest
/// stay in `profile` as the JSON text Okta sent.
public struct User: Sendable, Equatable {
    /// Okta's id, byte for byte (`00u…`).
    public var id: String
    /// Okta's status. Values Okta adds later are kept as they are.
    public var status: UserStatus
    /// When the user was created in Okta.
    public var created: Timestamp?
    /// When the user was activated; nil when never, or not told.
    public var activated: Timestamp?
    /// When the status last changed.
    public var statusChanged: Timestamp?
    /// The last sign-in to Okta itself; nil for most users of most tenants.
    public var lastLogin: Timestamp?
    /// When Okta last changed the user. Not moved by memberships, assignments, factors or sign-ins.
    public var lastUpdated: Timestamp?
    /// When the password was last changed.
    public var passwordChanged: Timestamp?
    /// What vouches for the password: `OKTA`, `ACTIVE_DIRECTORY`, `LDAP`, `FEDERATION`, `SOCIAL`, `IMPORT`.
    public var credentialProvider: String?
    /// The id of the user type (`type.id`).
    public var typeID: String?
    /// The attributes that lists show by name.
    public var attributes: UserAttributes
    /// The whole profile as minified JSON text, exactly the attributes Okta sent.
    public var profile: String

    /// A user with nothing but what every user has.
    public init(id: String, status: UserStatus, attributes: UserAttributes = UserAttributes(), profile: String = "{}") {
        self.id = id
        self.status = status
        self.attributes = attributes
        self.profile = profile
    }
}

/// The profile attributes that Muster shows, sorts and filters by name. Each is nil when Okta sent none or null.
public struct UserAttributes: Sendable, Equatable {
    /// `profile.login`.
    public var login: String?
    /// `profile.email`.
    public var email: String?
    /// `profile.firstName`.
    public var firstName: String?
    /// `profile.lastName`.
    public var lastName: String?
    /// `profile.displayName`.
    public var displayName: String?
    /// `profile.department`.
    public var department: String?
    /// `profile.title`.
    public var title: String?
    /// `profile.manager`: free text, as Okta keeps it.
    public var manager: String?
    /// `profile.managerId`: free text; an id, login, e-mail or employee number of the manager.
    public var managerID: String?
    /// `profile.employeeNumber`.
    public var employeeNumber: String?
    /// `profile.userType`.
    public var userType: String?
    /// `profile.organization`.
    public var organization: String?
    /// `profile.division`.
    public var division: String?
    /// `profile.costCenter`.
    public var costCenter: String?

    /// No attributes.
    public init() {}
}

/// Okta's user status, open to values that do not exist yet.
public struct UserStatus: RawRepresentable, Sendable, Hashable {
    /// Okta's own word.
    public let rawValue: String
    /// A status by Okta's own word.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Account exists, not yet activated; has never signed in.
    public static let staged = UserStatus(rawValue: "STAGED")
    /// Activated by an admin, waits for the user to finish; has never signed in.
    public static let provisioned = UserStatus(rawValue: "PROVISIONED")
    /// In use.
    public static let active = UserStatus(rawValue: "ACTIVE")
    /// Resetting the password; still holds every assignment.
    public static let recovery = UserStatus(rawValue: "RECOVERY")
    /// Password expired; still holds every assignment.
    public static let passwordExpired = UserStatus(rawValue: "PASSWORD_EXPIRED")
    /// Locked after failed sign-ins; still holds every assignment.
    public static let lockedOut = UserStatus(rawValue: "LOCKED_OUT")
    /// Suspended by an admin; still holds every assignment.
    public static let suspended = UserStatus(rawValue: "SUSPENDED")
    /// Deactivated: a leaver.
    public static let deprovisioned = UserStatus(rawValue: "DEPROVISIONED")
}

public import Directory

extension Resource {
    /// What an admin grants so that this can be read; empty when it can. `muster check`, the wizard and the page of a
    /// tenant's coverage all say this.
    ///
    /// - Parameter isToken: whether the credential is an admin's API token, not an app's.
    public func remedy(_ coverage: Coverage, isToken: Bool) -> String {
        switch coverage {
        case .readable: ""
        case .unavailable: "The tenant does not have this feature. Nothing needs to be granted."
        case .notTried: "Nobody can tell yet: there was nothing to ask about."
        case .forbidden where isToken: "To the admin who made the token, give \(role)."
        case .forbidden: "On the service app, grant the scope \(scope) and \(role)."
        }
    }

    /// The OAuth scope that covers it.
    public var scope: String {
        switch self {
        case .users, .factors: "okta.users.read"
        case .groups, .memberships, .groupRules: "okta.groups.read"
        case .apps, .assignments, .appGroups: "okta.apps.read"
        case .roles: "okta.roles.read"
        case .apiTokens: "okta.apiTokens.read"
        case .logs: "okta.logs.read"
        }
    }

    /// The least admin role that covers it.
    private var role: String {
        switch self {
        case .roles: Self.rolesRole
        case .memberships:
            "the Read-only Administrator role; for groups that carry admin roles also "
                + "a custom admin role with \"\(Self.viewRoles)\""
        // Okta's matrix of roles gives this one its own token alone; no other role is known to be needed.
        case .apiTokens: "the Read-only Administrator role, which covers its own API token only"
        default: "the Read-only Administrator role"
        }
    }

    /// What the admin roles of others are read with, in words that follow "give".
    public static let rolesRole = "a custom admin role with \"\(viewRoles)\" on all IAM resources"

    private static let viewRoles = "View roles, resources, and admin assignments"
}

/// Whether Muster may read a resource of a tenant; data, not an error, so that every answer can say *not evaluated*.
public enum Coverage: Sendable, Equatable {
    /// Read, or known to be readable.
    case readable
    /// Okta refused: the credential lacks a scope or its owner an admin role. Holds Okta's error code.
    case forbidden(code: String)
    /// The tenant does not have the feature. Holds Okta's error code.
    case unavailable(code: String)
    /// Nobody asked yet.
    case notTried

    /// `readable`, `forbidden: E0000006`, `unavailable: E0000015`, `not tried`: as printed and stored.
    public var text: String {
        switch self {
        case .readable: "readable"
        case .forbidden(let code): "forbidden: \(code)"
        case .unavailable(let code): "unavailable: \(code)"
        case .notTried: "not tried"
        }
    }

    /// Whether Okta would not let it be read.
    public var isRefused: Bool {
        switch self {
        case .forbidden, .unavailable: true
        case .readable, .notTried: false
        }
    }

    /// Reads back `text`; anything unknown is `notTried`.
    public init(text: String) {
        if text == "readable" {
            self = .readable
        } else if text.hasPrefix("forbidden: ") {
            self = .forbidden(code: String(text.dropFirst(11)))
        } else if text.hasPrefix("unavailable: ") {
            self = .unavailable(code: String(text.dropFirst(13)))
        } else {
            self = .notTried
        }
    }
}

/// The parts of a tenant that are read, permitted and reported one by one.
public enum Resource: String, Sendable, CaseIterable, Codable {
    /// `/api/v1/users`.
    case users
    /// `/api/v1/groups`.
    case groups
    /// `/api/v1/groups/{id}/users`.
    case memberships
    /// `/api/v1/groups/rules`.
    case groupRules = "group_rules"
    /// `/api/v1/apps`.
    case apps
    /// `/api/v1/apps/{id}/users`.
    case assignments
    /// `/api/v1/apps/{id}/groups`.
    case appGroups = "app_groups"
    /// `/api/v1/iam/assignees/users`, `/api/v1/users/{id}/roles` and `/api/v1/groups/{id}/roles`.
    case roles
    /// `/api/v1/users/{id}/factors`.
    case factors
    /// `/api/v1/api-tokens`.
    case apiTokens = "api_tokens"
    /// `/api/v1/logs`.
    case logs
}

extension Resource {
    /// The resource as a sentence begins with it: `Groups of apps`, `The System Log`.
    public var title: String {
        switch self {
        case .users: "People"
        case .groups: "Groups"
        case .memberships: "Memberships"
        case .groupRules: "Group rules"
        case .apps: "Apps"
        case .assignments: "Assignments"
        case .appGroups: "Groups of apps"
        case .roles: "Admin roles"
        case .factors: "Factors"
        case .apiTokens: "API tokens"
        case .logs: "The System Log"
        }
    }

    /// The list without which nobody can ask for this one; nil when it is asked for by itself.
    public var listedBy: Resource? {
        switch self {
        case .memberships: .groups
        case .assignments, .appGroups: .apps
        case .factors: .users
        case .users, .groups, .groupRules, .apps, .roles, .apiTokens, .logs: nil
        }
    }
}

/// Something that goes wrong on purpose.
///
/// - `429-minute=N`, `429-concurrency=N`: every fifth request is refused until N were.
/// - `500=P`, `truncate=P`, `html=P`, `slow=P:MS`: that share of the requests, the same ones for a seed.
/// - `broken=TEXT`: Okta's timeout for every path with this text in it, each time.
/// - `expired-cursor=N`: the Nth cursor that comes back is refused.
/// - `forbid=RESOURCE`, `unavailable=RESOURCE`: 403 `E0000006`, 401 `E0000015` for all of that resource.
/// - `empty-users`: the list of users is `200 []`, as for a service app without an admin role.
/// - `loop-next`: the second page of users names itself as the next one.
/// - `delete-mid-sync=N`: once the listings are through, N groups, apps and people are gone.
/// - `revoke-after=N`: the token dies after N requests.
/// - `hook-duplicates=P`, `hook-lost=P`, `hook-disorder=P`: that share of what is delivered to the Event Hook comes twice, not at
///   all, or some seconds late.
public struct Fault: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case tooManyByMinute(Int), tooManyAtOnce(Int)
        case serverError(Double), truncate(Double), html(Double), slow(Double, milliseconds: Int)
        case broken(String)
        case expiredCursor(Int)
        case forbid(Resource), unavailable(Resource)
        case emptyUsers, loopNext
        case deleteMidSync(Int), revokeAfter(Int)
        case hookDuplicates(Double), hookLost(Double), hookDisorder(Double)
    }

    let kind: Kind

    /// Reads a fault as the command line writes it.
    public init(parsing text: String) throws {
        let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
        let name = halves.first ?? ""
        let value = halves.count > 1 ? halves[1] : ""
        guard let kind = Self.kind(name, value) else {
            throw SimulatorError("\"\(text)\" is not a fault. Use one of: \(Self.help)")
        }
        self.kind = kind
    }

    private static let help = """
        429-minute=N, 429-concurrency=N, 500=P, truncate=P, html=P, slow=P:MS, broken=TEXT, expired-cursor=N, forbid=RESOURCE, \
        unavailable=RESOURCE, empty-users, loop-next, delete-mid-sync=N, revoke-after=N, hook-duplicates=P, hook-lost=P, hook-disorder=P; P is a share from 0 to 1, RESOURCE one of \
        \(Resource.allCases.map(\.rawValue).joined(separator: ", "))
        """

    private static func kind(_ name: String, _ value: String) -> Kind? {
        let count = Int(value).flatMap { $0 >= 0 ? $0 : nil }
        let share = Double(value).flatMap { (0...1).contains($0) ? $0 : nil }
        switch name {
        case "429-minute": return count.map { .tooManyByMinute($0) }
        case "429-concurrency": return count.map { .tooManyAtOnce($0) }
        case "500": return share.map { .serverError($0) }
        case "truncate": return share.map { .truncate($0) }
        case "html": return share.map { .html($0) }
        case "slow":
            let parts = value.split(separator: ":").map(String.init)
            guard parts.count == 2, let share = Double(parts[0]), (0...1).contains(share), let delay = Int(parts[1]),
                (0...600_000).contains(delay)
            else { return nil }
            return .slow(share, milliseconds: delay)
        case "broken": return value.isEmpty ? nil : .broken(value)
        case "expired-cursor": return count.map { .expiredCursor($0) }
        case "forbid": return Resource(rawValue: value).map { .forbid($0) }
        case "unavailable": return Resource(rawValue: value).map { .unavailable($0) }
        case "empty-users": return value.isEmpty ? .emptyUsers : nil
        case "loop-next": return value.isEmpty ? .loopNext : nil
        case "delete-mid-sync": return count.map { .deleteMidSync($0) }
        case "hook-duplicates": return share.map { .hookDuplicates($0) }
        case "hook-lost": return share.map { .hookLost($0) }
        case "hook-disorder": return share.map { .hookDisorder($0) }
        case "revoke-after": return count.map { .revokeAfter($0) }
        default: return nil
        }
    }
}

/// What a credential may or may not read.
enum Resource: String, Sendable, CaseIterable {
    case users, groups, memberships, groupRules = "group_rules", apps, assignments, appGroups = "app_groups", roles,
        factors
    case apiTokens = "api_tokens", logs
    /// One way alone to read a list that has two: the apps of a group, the apps or groups of a person.
    case groupApps = "group_apps", userApps = "user_apps", userGroups = "user_groups"

    /// The resource behind a path under `/api/v1`; nil for what everybody may read.
    static func behind(_ path: [Substring]) -> Resource? {
        switch (path.first, path.count, path.last) {
        case ("users", 2, "me"): nil
        case ("users", 3, "groups"): .memberships
        case ("users", 3, "roles"): .roles
        case ("users", 3, "factors"): .factors
        case ("users", 3, "appLinks"): .assignments
        case ("users", _, _): .users
        case ("groups", 2, "rules"): .groupRules
        case ("groups", 3, "users"): .memberships
        case ("groups", 3, "apps"): .appGroups
        case ("groups", 3, "roles"): .roles
        case ("groups", _, _): .groups
        case ("apps", 3, "groups"): .appGroups
        case ("apps", 3..., _) where path[2] == "users": .assignments
        case ("apps", 3..., _) where path[2] == "groups": .appGroups
        case ("apps", _, _): .apps
        case ("iam", _, _): .roles
        case ("api-tokens", _, _): .apiTokens
        case ("logs", _, _): .logs
        default: nil
        }
    }

    /// The one way that a question takes, where a list has two.
    static func way(_ inquiry: Inquiry) -> Resource? {
        switch (inquiry.path.first, inquiry.path.count, inquiry.path.last) {
        case ("groups", 3, "apps"): .groupApps
        case ("users", 3, "groups"): .userGroups
        case ("apps", 1, _) where inquiry.query["filter"]?.contains("user.id") ?? false: .userApps
        default: nil
        }
    }

    /// The OAuth scope that opens it.
    var scope: String {
        switch self {
        case .users, .factors, .userGroups: "okta.users.read"
        case .groups, .memberships, .groupRules: "okta.groups.read"
        case .apps, .assignments, .appGroups, .groupApps, .userApps: "okta.apps.read"
        case .roles: "okta.roles.read"
        case .apiTokens: "okta.apiTokens.read"
        case .logs: "okta.logs.read"
        }
    }
}

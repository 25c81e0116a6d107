/// The names of Okta's rate limit buckets, by route. Requests of one bucket share one limit.
public enum RateBucket {
    /// Lists of apps, and everything below one app.
    public static let apps = "apps"
    /// One app.
    public static let app = "app"
    /// Lists of groups, and everything below one group.
    public static let groups = "groups"
    /// One group.
    public static let group = "group"
    /// Lists of users.
    public static let users = "users"
    /// One user.
    public static let user = "user"
    /// Everything below one user: roles, factors.
    public static let userDetails = "user_details"
    /// The System Log.
    public static let logs = "logs"
    /// Admin role assignments.
    public static let iam = "iam"
    /// API tokens.
    public static let apiTokens = "api_tokens"
    /// The token endpoint.
    public static let token = "token"
    /// Everything else.
    public static let other = "other"

    /// The bucket that a path, with or without a query, is counted in.
    public static func name(of target: some StringProtocol) -> String {
        let segments = target.prefix { $0 != "?" }.split(separator: "/")
        if segments.first == "oauth2", segments.last == "token" { return token }
        guard segments.count >= 3, segments[0] == "api", segments[1] == "v1" else { return other }
        switch segments[2] {
        case "apps": return segments.count == 4 ? app : apps
        case "groups": return segments.count == 4 && segments[3] != "rules" ? group : groups
        case "users": return segments.count == 3 ? users : segments.count == 4 ? user : userDetails
        case "logs": return logs
        case "iam": return iam
        case "api-tokens": return apiTokens
        default: return other
        }
    }
}

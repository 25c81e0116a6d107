/// The addresses that Muster may read. The transport sends nothing else.
enum ReadablePaths {
    /// `*` stands for one path segment.
    static let patterns = [
        "/.well-known/okta-organization",
        "/api/v1/users",
        "/api/v1/users/*",
        "/api/v1/users/*/roles",
        "/api/v1/users/*/factors",
        "/api/v1/users/*/groups",
        "/api/v1/groups",
        "/api/v1/groups/*",
        "/api/v1/groups/rules",
        "/api/v1/groups/*/users",
        "/api/v1/groups/*/apps",
        "/api/v1/groups/*/roles",
        "/api/v1/apps",
        "/api/v1/apps/*",
        "/api/v1/apps/*/users",
        "/api/v1/apps/*/users/*",
        "/api/v1/apps/*/groups",
        "/api/v1/iam/assignees/users",
        "/api/v1/api-tokens",
        "/api/v1/logs",
    ]

    /// The one address that is written to: the token endpoint.
    static let token = "/oauth2/v1/token"

    private static let segments = patterns.map { $0.split(separator: "/", omittingEmptySubsequences: false) }

    /// Whether a path and query may be read.
    static func allows(_ target: String) -> Bool {
        let path = target.prefix { $0 != "?" }
        guard target.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !target.contains("#"), !path.contains("%"),
            !path.contains("\\")
        else { return false }
        let wanted = path.split(separator: "/", omittingEmptySubsequences: false)
        return segments.contains { pattern in
            pattern.count == wanted.count
                && zip(pattern, wanted).allSatisfy { pattern, segment in
                    pattern == "*" ? !segment.isEmpty && segment != "." && segment != ".." : pattern == segment
                }
        }
    }
}

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

    private static let segments = patterns.map { segments(of: $0.utf8[...]) }

    private static func segments(of path: Substring.UTF8View) -> [Substring.UTF8View] {
        path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    }

    /// Whether a path and query may be read.
    static func allows(_ target: String) -> Bool {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard target.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "#") }),
            path.allSatisfy({ $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "\\") })
        else { return false }
        let wanted = segments(of: path)
        return segments.contains { pattern in
            pattern.count == wanted.count
                && zip(pattern, wanted).allSatisfy { pattern, segment in
                    pattern.elementsEqual("*".utf8)
                        ? ![".", "..", ""].contains { segment.elementsEqual($0.utf8) } : segment.elementsEqual(pattern)
                }
        }
    }
}

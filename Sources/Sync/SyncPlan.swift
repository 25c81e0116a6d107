import OktaAPI

/// What a sync is expected to ask, before it asks.
public struct SyncPlan: Sendable, Equatable {
    /// One line for each class of calls.
    public let lines: [Line]
    /// What could not be known, in a person's words.
    public let notes: [String]

    /// A plan from calls by class and the calls a minute that each bucket allows.
    init(calls: [String: Int], allowed: [String: Double], notes: [String]) {
        lines = Self.order.compactMap { callClass, bucket in
            guard let count = calls[callClass], count > 0 else { return nil }
            let minutes = allowed[bucket].map { $0 > 0 ? Double(count) / $0 : 0 } ?? 0
            return Line(callClass: callClass, bucket: bucket, calls: count, minutes: minutes)
        }
        self.notes = notes
    }

    /// Every class of calls with the bucket it is charged to, in the order people read them.
    private static let order: [(callClass: String, bucket: String)] = [
        ("users", RateBucket.name(of: "/api/v1/users")), ("groups", RateBucket.name(of: "/api/v1/groups")),
        ("group_users", RateBucket.name(of: "/api/v1/groups/g/users")), ("apps", RateBucket.name(of: "/api/v1/apps")),
        ("app_groups", RateBucket.name(of: "/api/v1/apps/a/groups")),
        ("app_users", RateBucket.name(of: "/api/v1/apps/a/users")),
        ("group_rules", RateBucket.name(of: "/api/v1/groups/rules")),
        ("roles", RateBucket.name(of: "/api/v1/users/u/roles")),
        ("factors", RateBucket.name(of: "/api/v1/users/u/factors")),
        ("api_tokens", RateBucket.name(of: "/api/v1/api-tokens")), ("logs", RateBucket.name(of: "/api/v1/logs")),
    ]

    /// All calls.
    public var totalCalls: Int { lines.reduce(0) { $0 + $1.calls } }
    /// How long it takes: the time of the slowest bucket, since all buckets work in parallel.
    public var minutes: Double {
        var byBucket: [String: Double] = [:]
        for line in lines { byBucket[line.bucket, default: 0] += line.minutes }
        return byBucket.values.max() ?? 0
    }
    /// The bucket that sets the pace.
    public var slowestBucket: String? {
        var byBucket: [String: Double] = [:]
        for line in lines { byBucket[line.bucket, default: 0] += line.minutes }
        return byBucket.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// Calls of one class.
    public struct Line: Sendable, Equatable {
        /// `users`, `group_users`, …: the keys of `calls.by_class`.
        public let callClass: String
        /// The rate-limit bucket they are charged to.
        public let bucket: String
        /// How many.
        public let calls: Int
        /// Minutes they take at the allowed share of the bucket; 0 when the limit is not known.
        public let minutes: Double
    }
}

/// What the planner knows of a tenant's size. Nil is unknown, and is said so.
struct TenantSize: Sendable, Equatable {
    /// Users, leavers included.
    var users: Int?
    /// Members of each group that is listed; empty groups and Everyone are not.
    var groupMembers: [Int] = []
    /// All groups.
    var groups: Int?
    /// Users assigned to each app; nil where not known.
    var appUsers: [Int?] = []
    /// Users with an admin role; nil when not known.
    var admins: Int?
    /// Groups with an admin role.
    var adminGroups = 0
    /// Calls that read the System Log to its end; nil when not known.
    var logCalls: Int?
    /// Admins through groups alone, whose factors are read besides.
    var moreFactors = 0

    /// Calls by class, from the page sizes Okta allows.
    func calls() -> [String: Int] {
        var calls: [String: Int] = [:]
        calls["users"] = Self.pages(users ?? 0, 200)
        calls["groups"] = Self.pages(groups ?? 0, 200)
        calls["group_users"] = groupMembers.reduce(0) { $0 + Self.pages($1, PageSize.members) }
        calls["apps"] = Self.pages(appUsers.count, 200)
        calls["app_groups"] = appUsers.count
        calls["app_users"] = appUsers.reduce(0) { $0 + Self.pages($1 ?? 0, 500) }
        calls["group_rules"] = 1
        calls["api_tokens"] = 1
        // The assignees' list, each admin's roles, and the roles of the groups that give some.
        calls["roles"] = Self.pages(admins ?? 0, 100) + (admins ?? 0) + adminGroups
        calls["factors"] = (admins ?? 0) + moreFactors
        // The newest event, and one page that comes back empty.
        calls["logs"] = logCalls ?? 2
        return calls
    }

    private static func pages(_ items: Int, _ size: Int) -> Int { max(1, (items + size - 1) / size) }
}

/// The page sizes the sync asks for.
enum PageSize {
    /// Members of a group.
    static let members = 1000
}

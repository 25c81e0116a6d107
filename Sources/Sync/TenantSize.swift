import Storage

/// What the planner knows of a tenant's size. Nil is unknown, and is said so.
struct TenantSize: Sendable, Equatable {
    /// Users, leavers included.
    var users: Int?
    /// Users who are not deactivated.
    var people = 0
    /// How many users Okta counts in Everyone: no fewer than there are; nil when not told.
    var everyone: Int?
    /// Whether every user is in the store, so that people's own lists can be asked for.
    var hasAllUsers = false
    /// Whether every group is in the store, so that an app that none of their lists shows has lost them.
    var hasAllGroups = true
    /// Members of each group that is listed; empty groups and Everyone are not.
    var groupMembers: [Int] = []
    /// All groups.
    var groups: Int?
    /// Apps of each group; nil where Okta does not tell.
    var groupApps: [Int?] = []
    /// Every app.
    var apps: [App] = []
    /// Users with an admin role; nil when not known.
    var admins: Int?
    /// Groups with an admin role.
    var adminGroups = 0
    /// Calls that read the System Log to its end; nil when not known.
    var logCalls: Int?
    /// Admins through groups alone, whose factors are read besides.
    var moreFactors = 0

    /// One app.
    struct App: Sendable, Equatable {
        /// Users assigned to it; nil where not known.
        var users: Int?
        /// Whether people's own lists are sure to show it.
        var isOnPeoplesLists = true

        /// The pages its users fill; one where nobody knows.
        var pages: Int { TenantSize.pages(users ?? 0, 500) }
    }

    /// The calls of the lists that can be read in one way only, by class, from the page sizes Okta allows.
    func calls() -> [String: Int] {
        var calls: [String: Int] = [:]
        calls["users"] = Self.pages(users ?? 0, 200)
        calls["groups"] = Self.pages(groups ?? 0, 200)
        calls["apps"] = Self.pages(apps.count, 200)
        calls["group_rules"] = 1
        calls["api_tokens"] = 1
        // The assignees' list, each admin's roles, and the roles of the groups that give some.
        calls["roles"] = Self.pages(admins ?? 0, 100) + (admins ?? 0) + adminGroups
        calls["factors"] = (admins ?? 0) + moreFactors
        // The newest event, and one page that comes back empty.
        calls["logs"] = logCalls ?? 2
        return calls
    }

    /// The calls of every list, each read in the way of a strategy.
    func calls(_ strategy: Strategy) -> [String: Int] {
        var calls = calls()
        switch strategy.memberships {
        case .ordinary: calls["group_users"] = groupMembers.reduce(0) { $0 + Self.pages($1, PageSize.members) }
        case .other: calls["user_groups"] = people
        }
        switch strategy.appGroups {
        case .ordinary: calls["app_groups"] = apps.count
        case .other: calls["group_apps"] = groupApps.reduce(0) { $0 + Self.pagesOfSome($1 ?? 0, 200) }
        }
        switch strategy.assignments {
        case .ordinary: calls["app_users"] = apps.reduce(0) { $0 + $1.pages }
        case .other:
            // People with more than 200 apps would take another page; nobody has.
            calls["user_apps"] = users ?? 0
            calls["app_users"] = apps.reduce(0) { $0 + ($1.isOnPeoplesLists ? 0 : $1.pages) }
        }
        return calls
    }

    static func pages(_ items: Int, _ size: Int) -> Int { max(1, (items + size - 1) / size) }
    private static func pagesOfSome(_ items: Int, _ size: Int) -> Int { items == 0 ? 0 : pages(items, size) }
}

extension TenantSize {
    init(_ stored: StoredSize) {
        users = stored.users
        people = stored.people
        everyone = stored.everyone
        hasAllUsers = stored.hasAllUsers
        hasAllGroups = stored.hasAllGroups
        groups = stored.groups
        groupMembers = stored.groupMembers
        groupApps = stored.groupApps
        apps = stored.apps.map {
            App(users: min($0.users, stored.users), isOnPeoplesLists: $0.isOnPeoplesLists)
        }
        admins = stored.admins
        adminGroups = stored.adminGroups
        moreFactors = stored.factorHolders - stored.admins
    }
}

/// The page sizes the sync asks for.
enum PageSize {
    /// Members of a group.
    static let members = 1000
}

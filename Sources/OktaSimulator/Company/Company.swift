/// The whole pretended tenant as values: who, what, since when. Copies share their memory, so an answer is written from a
/// company that cannot change under it.
struct Company: Sendable {
    let seed: UInt64
    let identifiers: Identifiers
    /// The moment up to which the past was made up; life goes on from there.
    let origin: Seconds
    let windowStart: Seconds
    var people: [Person]
    var groups: [Group]
    let rules: [GroupRule]
    let plan: GroupPlan
    var apps: [App]
    var appGroups: [AppGroup]
    var memberships: Links
    var assignments: Links
    var roles: [RoleGrant]
    var tokens: [APIToken]
    var events: [LogEvent] = []
    /// The part of a second, in milliseconds, at which what happens now happens.
    var fraction: Int64 = 0
    /// The factors of those who changed them since the tenant lives.
    var changedFactors: [Int: [Factor]] = [:]
    /// When an assignment was changed since, by its row.
    var changedAssignments: [Int: Seconds] = [:]
    var hiring: Hiring
    private let ruleDriven: Set<Int>

    init(_ configuration: SimulatorConfiguration, origin: Seconds) {
        seed = configuration.seed
        identifiers = Identifiers(seed: configuration.seed)
        self.origin = origin
        let windowStart = origin - Seconds(configuration.days) * Calendar.day
        self.windowStart = windowStart
        apps = App.all(configuration, windowStart: windowStart)
        plan = GroupPlan(configuration, apps: apps, windowStart: windowStart)
        groups = plan.groups
        rules = plan.rules()
        ruleDriven = Set(rules.filter { $0.status.utf8CodeUnitCount == 6 }.map(\.group))
        hiring = Hiring(configuration, origin: origin, windowStart: windowStart, teams: plan.teams)
        people = hiring.people
        memberships = Links(
            Memberships(
                people: people, plan: plan, apps: apps, seed: seed, windowStart: windowStart, origin: origin
            ).links(), lefts: groups.count, rights: people.count)
        let assigning = Assignments(
            people: people, plan: plan, apps: apps, memberships: memberships, seed: seed, windowStart: windowStart,
            origin: origin, target: Assignments.target(people: configuration.people))
        appGroups = assigning.appGroups()
        assignments = Links(assigning.links(appGroups), lefts: apps.count, rights: people.count)
        roles = RoleGrant.all(people, plan, apps, windowStart: windowStart)
        tokens = APIToken.all(people, windowStart: windowStart, origin: origin)
        plantDepartedApp(configuration)
        var writer = LogWriter(self)
        events = writer.write()
        settle()
    }

    /// Whether a rule, and not a person, fills the group.
    func isRuleDriven(_ group: Int) -> Bool { ruleDriven.contains(group) }

    /// Dates that follow from the rest: last sign-ins and last changes of membership.
    private mutating func settle() {
        for position in people.indices { people[position].lastLogin = lastLoginBeforeWindow(position) }
        for event in events where event.type == .sessionStart && event.succeeded {
            people[Int(event.actor)].lastLogin = Seconds(event.published / 1_000)
        }
        for link in memberships.rows {
            let latest = link.to <= origin ? link.to : link.from
            let group = Int(link.left)
            if latest <= origin { groups[group].membershipUpdated = max(groups[group].membershipUpdated, latest) }
        }
    }

    /// The latest sign-in before the log begins; 0 when there was none.
    func lastLoginBeforeWindow(_ position: Int) -> Seconds {
        let person = people[position]
        guard person.activated != never, person.special != .provisioned else { return 0 }
        if position == Cast.dormantSuperAdmin { return max(person.activated, windowStart - 130 * Calendar.day) }
        var chance = Randomness(seed, .profile, position)
        let before = max(Int(min(windowStart, person.deactivated) - person.activated), 0)
        guard before > Int(Calendar.day), chance.chance(0.9) else { return 0 }
        return person.activated + Seconds(before - chance.below(max(before / 20, 1)))
    }

    // MARK: Questions

    /// Positions of the members of a group, as rows of `memberships`; for `Everyone`, of people.
    func memberCount(_ group: Int, at moment: Seconds) -> Int {
        if group == GroupPlan.everyone { return people.reduce(0) { $0 + ($1.belongs(at: moment) ? 1 : 0) } }
        return memberships.ofLeft(group).reduce(0) { $0 + (memberships.rows[$1].holds(at: moment) ? 1 : 0) }
    }

    func groups(of person: Int, at moment: Seconds) -> [Int] {
        var found: [Int] = people[person].belongs(at: moment) ? [GroupPlan.everyone] : []
        for row in memberships.ofRight(person) where memberships.rows[row].holds(at: moment) {
            found.append(Int(memberships.rows[row].left))
        }
        return found.filter { groups[$0].exists(at: moment) }
    }

    /// What a person may administer, own grants first, then those that come with a group.
    func roleGrants(of person: Int, at moment: Seconds) -> [(index: Int, grant: RoleGrant)] {
        let groups = Set(groups(of: person, at: moment))
        return roles.enumerated().filter { _, grant in
            guard grant.holds(at: moment) else { return false }
            switch grant.holder {
            case .person(let holder): return holder == person
            case .group(let group): return groups.contains(group)
            case .client: return false
            }
        }.map { (index: $0.offset, grant: $0.element) }
    }

    func hasAdminPrivilege(_ group: Int, at moment: Seconds) -> Bool {
        roles.contains { $0.holder == .group(group) && $0.holds(at: moment) }
    }

    func appExists(_ app: Int, at moment: Seconds) -> Bool {
        apps.indices.contains(app) && apps[app].created <= moment && moment < apps[app].deleted
    }
}

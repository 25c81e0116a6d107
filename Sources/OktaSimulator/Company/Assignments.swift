/// A group that an app was given to; everyone in it has the app.
struct AppGroup: Sendable {
    var app: Int
    var group: Int
    var priority: Int
    var from: Seconds
    var to: Seconds
    /// When its order among the app's groups was changed; 0 for never.
    var reordered: Seconds = 0
}

/// Who has which app, since when, and by way of which group.
struct Assignments {
    let people: [Person]
    let plan: GroupPlan
    let apps: [App]
    let memberships: Links
    let seed: UInt64
    let windowStart: Seconds
    let origin: Seconds
    /// Assignments a person should have on average.
    let target: Double

    /// 12 a person up to 5,000 people, 20 at 100,000: larger companies have more of everything.
    static func target(people: Int) -> Double {
        var doublings = 0.0
        var size = 5_000.0
        while size * 2 <= Double(people) {
            size *= 2
            doublings += 1
        }
        doublings += max(0, Double(people) / size - 1)
        return people <= 5_000 ? 12 : min(12 + 8 * doublings / 4.32, 24)
    }

    // MARK: Groups

    /// Which app was given to which group: to all, to departments, to access groups, to a few teams.
    func appGroups() -> [AppGroup] {
        var given: [AppGroup] = []
        var priorities = [Int](repeating: 0, count: apps.count)
        var chance = Randomness(seed, .appGroup)
        func give(_ app: Int, _ group: Int?, from late: Seconds? = nil, to end: Seconds = never) {
            guard let group, !given.contains(where: { $0.app == app && $0.group == group }) else { return }
            let first = max(apps[app].created, plan.groups[group].created)
            let gap = max(windowStart - first, 1)
            let from = late ?? first + Seconds(chance.below(Int(gap)) / 3)
            given.append(AppGroup(app: app, group: group, priority: priorities[app], from: from, to: end))
            priorities[app] += 1
        }
        let usable = apps.indices.filter { apps[$0].assignable && apps[$0].active && $0 != App.unapprovedPosition }
        let wide = usable.filter { apps[$0].audience == "all" && apps[$0].kind == .product }.prefix(5)
        for (order, app) in wide.enumerated() { give(app, order % 2 == 0 ? GroupPlan.everyone : plan.employees ?? 0) }
        let many = target > 14 ? 6 : 4
        for (index, group) in plan.departmentGroups.enumerated() {
            let own = usable.filter { apps[$0].audience == Names.departments[index].name }
            for app in own.prefix(many) { give(app, group) }
            // A roll-out in the window, and a retreat, in two of the smaller departments.
            if index == 10, let app = own.at(many) { give(app, group, from: windowStart + 33 * Calendar.day) }
            if index == 11, let app = own.at(many) { give(app, group, to: windowStart + 51 * Calendar.day) }
        }
        for group in plan.accessGroups {
            if case .access(let app) = plan.groups[group].kind { give(app, group) }
        }
        let custom = usable.filter { apps[$0].kind == .custom }
        for (index, group) in plan.teamGroups.enumerated() where index % 3 == 0 && !custom.isEmpty {
            give(custom[index % custom.count], group)
        }
        return given
    }

    // MARK: People

    func links(_ appGroups: [AppGroup]) -> [Link] {
        var byGroup: [[Int]] = Array(repeating: [], count: plan.groups.count)
        for (index, given) in appGroups.enumerated() { byGroup[given.group].append(index) }
        // Inactive and deactivated people hold none, which the others make up for.
        let wanted = target / 0.9
        let choices = apps.indices.filter { apps[$0].assignable && $0 != App.unapprovedPosition }
        var links: [Link] = []
        links.reserveCapacity(Int(Double(people.count) * (target + 1)))
        var candidates: [Link] = []
        for (position, person) in people.enumerated() {
            var chance = Randomness(seed, .assignment, position)
            if person.deactivated <= windowStart {
                leftovers(person, position, choices, &chance, &links)
                continue
            }
            candidates.removeAll(keepingCapacity: true)
            inherited(person, position, byGroup, appGroups, &candidates)
            Self.merge(&candidates)
            let missing = person.kind == .service ? 1 : chance.rounded(max(wanted - Double(candidates.count), 0.3))
            direct(person, position, missing, choices, &chance, &candidates)
            links.append(contentsOf: candidates)
        }
        return links
    }

    /// What the person's groups give, membership by membership.
    private func inherited(
        _ person: Person, _ position: Int, _ byGroup: [[Int]], _ appGroups: [AppGroup], _ candidates: inout [Link]
    ) {
        func take(_ group: Int, _ from: Seconds, _ to: Seconds) {
            for index in byGroup[group] {
                let given = appGroups[index]
                let start = max(from, given.from)
                let end = min(to, given.to)
                guard start < end, end > windowStart else { continue }
                candidates.append(
                    Link(left: Int32(given.app), right: Int32(position), via: Int32(group), from: start, to: end))
            }
        }
        take(GroupPlan.everyone, person.created, person.deactivated)
        for row in memberships.ofRight(position) {
            let membership = memberships.rows[row]
            take(Int(membership.left), membership.from, membership.to)
        }
    }

    /// Several groups may give one app: the first gives it, the next takes over when the first ends. Nobody has an app twice.
    static func merge(_ candidates: inout [Link]) {
        candidates.sort { ($0.left, $0.from, $0.via) < ($1.left, $1.from, $1.via) }
        var kept = 0
        for index in candidates.indices {
            var link = candidates[index]
            if kept > 0, candidates[kept - 1].left == link.left {
                guard link.to > candidates[kept - 1].to else { continue }
                link.from = max(link.from, candidates[kept - 1].to)
            }
            candidates[kept] = link
            kept += 1
        }
        candidates.removeLast(candidates.count - kept)
    }

    private func direct(
        _ person: Person, _ position: Int, _ count: Int, _ choices: [Int], _ chance: inout Randomness,
        _ links: inout [Link]
    ) {
        let start = person.activated == never ? person.created : person.activated
        let window = max(Int(origin - windowStart), 1)
        func give(_ app: Int, from: Seconds, to: Seconds) {
            guard from < to, to > windowStart, !links.contains(where: { $0.left == Int32(app) }) else { return }
            links.append(Link(left: Int32(app), right: Int32(position), via: -1, from: from, to: to))
        }
        let leavesTraces = position == Cast.leaverWithAccess || person.deactivated != never && chance.chance(0.1)
        for nth in 0..<count where !choices.isEmpty {
            let app = pick(person, choices, &chance)
            let moment = windowStart + Seconds(chance.below(window))
            let early = max(start, apps[app].created) + 60
            let draw = chance.unit()
            let old = early + Seconds(Double(max(windowStart - early, 1)) * chance.unit())
            let end = leavesTraces && nth < 3 ? never : person.deactivated
            if start >= windowStart {
                give(app, from: min(start + Seconds(chance.below(86_400)), origin - 60), to: end)
            } else if draw < 0.03 {
                give(app, from: max(moment, early), to: end)
            } else {
                give(app, from: old, to: draw < 0.05 ? min(moment, end) : end)
            }
        }
        spread(person, position, &chance, give)
    }

    /// The app nobody approved: one enthusiast, then colleagues, faster every week.
    private func spread(
        _ person: Person, _ position: Int, _ chance: inout Randomness, _ give: (Int, Seconds, Seconds) -> Void
    ) {
        guard apps.count > App.unapprovedPosition, person.kind == .employee else { return }
        let first = apps[App.unapprovedPosition].created
        let rest = Double(origin - first)
        guard rest > 0 else { return }
        if position == Cast.enthusiast { return give(App.unapprovedPosition, first + 300, person.deactivated) }
        guard position >= Cast.end, chance.chance(0.035), person.special == .active else { return }
        let when = first + 3_600 + Seconds(rest * chance.unit().squareRoot() * 0.98)
        guard when > person.activated + 60 else { return }
        give(App.unapprovedPosition, when, person.deactivated)
    }

    private func pick(_ person: Person, _ choices: [Int], _ chance: inout Randomness) -> Int {
        let department = Names.departments[Int(person.department)].name
        var app = choices[chance.below(choices.count)]
        for _ in 0..<2 where apps[app].audience != department && apps[app].audience != "all" {
            app = choices[chance.below(choices.count)]
        }
        return app
    }

    /// Some who left long ago still hold something nobody took away.
    private func leftovers(
        _ person: Person, _ position: Int, _ choices: [Int], _ chance: inout Randomness, _ links: inout [Link]
    ) {
        guard position == Cast.formerColleague || chance.chance(0.12), let app = choices.at(chance.below(choices.count))
        else { return }
        let from = person.activated + Seconds(max(Int(person.deactivated - person.activated), 2) / 2)
        guard from > apps[app].created else { return }
        links.append(Link(left: Int32(app), right: Int32(position), via: -1, from: from, to: never))
    }
}

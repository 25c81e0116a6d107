/// What goes on while the clock runs, the same for a seed and an elapsed time: a few events a minute, mostly sign-ins, or
/// sign-ins beside as many changes of the directory as were asked for.
struct Life: Sendable {
    private let seed: UInt64
    private var next: Seconds
    private var step = 0
    private var changes: Changes?

    init(seed: UInt64, origin: Seconds, changesPerMinute: Double? = nil) {
        self.seed = seed
        next = origin
        changes = changesPerMinute.map { Changes(seed: seed, origin: origin, perMinute: $0) }
        next = origin + pause()
    }

    private func pause() -> Seconds {
        var chance = Randomness(seed, .life, step * 2 + 1)
        return Seconds(chance.within(8...28))
    }

    private var due: Int64 { Int64(next) * 1_000 }

    /// Whether anything happens by a moment, in milliseconds since 1970.
    func isDue(at now: Int64) -> Bool { min(due, changes?.due ?? .max) <= now }

    mutating func live(until now: Int64, _ company: inout Company) {
        while isDue(at: now) {
            if var changes, changes.due < due {
                changes.happen(&company)
                self.changes = changes
                continue
            }
            var chance = Randomness(seed, .life, step * 2)
            company.fraction = 0
            happen(&chance, at: next, &company)
            step += 1
            next += pause()
        }
    }

    private func happen(_ chance: inout Randomness, at moment: Seconds, _ company: inout Company) {
        guard let person = someone(&chance, at: moment, company) else { return }
        let draw = chance.unit()
        switch draw {
        case ..<0.74: return company.signIn(person, at: moment, &chance)
        case ..<0.86: return company.startSession(person, at: moment)
        default: if changes != nil { return }
        }
        switch draw {
        case ..<0.91: company.assignDirectly(person, at: moment, &chance)
        case ..<0.94: company.joinProject(person, at: moment, &chance)
        case ..<0.96: company.leaveProject(person, at: moment, &chance)
        case ..<0.985: company.hire(at: moment)
        default: if person >= Cast.end { company.dismiss(person, at: moment) }
        }
    }

    private func someone(_ chance: inout Randomness, at moment: Seconds, _ company: Company) -> Int? {
        for _ in 0..<20 {
            let person = chance.below(company.people.count)
            if company.people[person].status(at: moment) == .active, company.people[person].kind != .service,
                company.people[person].exists(at: moment), person != Cast.dormantSuperAdmin
            {
                return person
            }
        }
        return nil
    }
}

extension Company {
    mutating func log(
        _ type: EventType, at moment: Seconds, actor: Int, subject: Int = -1, object: Int = -1, assignment: Int = -1,
        succeeded: Bool = true
    ) {
        // No two of one millisecond: what came first must be told by the time alone.
        let latest = events.last?.published ?? 0
        events.append(
            LogEvent(
                published: max(Int64(moment) * 1_000 + fraction, latest + 1), actor: Int32(actor),
                subject: Int32(subject),
                object: Int32(object), assignment: Int32(assignment), type: type, succeeded: succeeded))
    }

    mutating func signIn(_ person: Int, at moment: Seconds, _ chance: inout Randomness) {
        let usable = assignments.ofRight(person).filter { row in
            let link = assignments.rows[row]
            return link.holds(at: moment) && apps[Int(link.left)].active && appExists(Int(link.left), at: moment)
        }
        guard !usable.isEmpty else { return startSession(person, at: moment) }
        let row = chance.pick(usable)
        log(.sso, at: moment, actor: person, object: Int(assignments.rows[row].left), assignment: row)
    }

    mutating func startSession(_ person: Int, at moment: Seconds) {
        people[person].lastLogin = moment
        log(.sessionStart, at: moment, actor: person)
    }

    mutating func assignDirectly(_ person: Int, at moment: Seconds, _ chance: inout Randomness) {
        let choices = apps.indices.filter { apps[$0].assignable && apps[$0].active && appExists($0, at: moment) }
        let held = Set(
            assignments.ofRight(person).filter { assignments.rows[$0].holds(at: moment) }.map {
                assignments.rows[$0].left
            })
        guard let app = choices.at(chance.below(max(choices.count, 1))), !held.contains(Int32(app)) else { return }
        assign(person, app, by: -1, at: moment)
    }

    mutating func assign(_ person: Int, _ app: Int, by group: Int, at moment: Seconds) {
        assignments.append(Link(left: Int32(app), right: Int32(person), via: Int32(group), from: moment, to: never))
        let who = group < 0 ? min(Cast.admins.lowerBound, people.count - 1) : -1
        log(
            .assignmentAdd, at: moment, actor: who, subject: person, object: app, assignment: assignments.rows.count - 1
        )
    }

    mutating func unassign(_ row: Int, by actor: Int = -1, at moment: Seconds) {
        assignments.end(row, at: moment)
        let link = assignments.rows[row]
        log(
            .assignmentRemove, at: moment, actor: actor, subject: Int(link.right), object: Int(link.left),
            assignment: row)
    }

    /// Joins a group, and gets the apps that come with it.
    mutating func join(_ person: Int, _ group: Int, at moment: Seconds) {
        memberships.append(Link(left: Int32(group), right: Int32(person), via: -1, from: moment, to: never))
        groups[group].membershipUpdated = moment
        log(.memberAdd, at: moment, actor: isRuleDriven(group) ? -1 : 0, subject: person, object: group)
        inherit(person, group, at: moment)
    }

    mutating func inherit(_ person: Int, _ group: Int, at moment: Seconds) {
        let held = Set(
            assignments.ofRight(person).filter { assignments.rows[$0].holds(at: moment) }.map {
                assignments.rows[$0].left
            })
        for given in appGroups where given.group == group && given.from <= moment && moment < given.to {
            if !held.contains(Int32(given.app)), appExists(given.app, at: moment) {
                assign(person, given.app, by: group, at: moment)
            }
        }
    }

    mutating func joinProject(_ person: Int, at moment: Seconds, _ chance: inout Randomness) {
        guard !plan.projectGroups.isEmpty else { return }
        let group = chance.pick(plan.projectGroups)
        let already = memberships.ofRight(person).contains {
            memberships.rows[$0].left == Int32(group) && memberships.rows[$0].holds(at: moment)
        }
        if !already, groups[group].exists(at: moment) { join(person, group, at: moment) }
    }

    mutating func leaveProject(_ person: Int, at moment: Seconds, _ chance: inout Randomness) {
        let projects = Set(plan.projectGroups.map(Int32.init))
        let rows = memberships.ofRight(person).filter {
            memberships.rows[$0].holds(at: moment) && projects.contains(memberships.rows[$0].left)
        }
        guard let row = rows.first else { return }
        leave(row, at: moment)
    }

    mutating func leave(_ row: Int, at moment: Seconds) {
        memberships.end(row, at: moment)
        let link = memberships.rows[row]
        groups[Int(link.left)].membershipUpdated = moment
        log(
            .memberRemove, at: moment, actor: isRuleDriven(Int(link.left)) ? -1 : 0, subject: Int(link.right),
            object: Int(link.left))
    }

    /// A newcomer, with the groups that follow from the profile and all that comes with them.
    mutating func hire(at moment: Seconds, staged: Bool = false) {
        var person = hiring.join(at: moment)
        person.activated = staged ? never : moment
        people.append(person)
        let position = people.count - 1
        log(.userCreate, at: moment, actor: 0, subject: position)
        if !staged { log(.userActivate, at: moment, actor: 0, subject: position) }
        settleIn(position, at: moment)
    }

    /// Joins the groups that follow from the profile.
    mutating func settleIn(_ position: Int, at moment: Seconds) {
        inherit(position, GroupPlan.everyone, at: moment)
        guard people[position].kind != .service else { return }
        for group in structuralGroups(of: people[position]) where groups[group].exists(at: moment) {
            join(position, group, at: moment)
        }
    }

    func structuralGroups(of person: Person) -> [Int] {
        [
            plan.departmentGroups.at(Int(person.department)), plan.teamGroups.at(Int(person.team)),
            plan.locationGroups.at(Int(person.location)),
            person.kind == .contractor ? plan.contractors : plan.employees,
        ].compactMap { $0 }
    }

    /// A leaver loses groups and apps with the account.
    mutating func dismiss(_ person: Int, at moment: Seconds) {
        people[person].deactivated = moment
        log(.userDeactivate, at: moment, actor: 0, subject: person)
        strip(person, at: moment)
    }

    mutating func strip(_ person: Int, at moment: Seconds) {
        for row in memberships.ofRight(person) where memberships.rows[row].holds(at: moment) { leave(row, at: moment) }
        for row in assignments.ofRight(person) where assignments.rows[row].holds(at: moment) {
            unassign(row, at: moment)
        }
    }

    /// Erases some groups, apps and people in turn; what hung on them ends with them.
    mutating func vanish(_ count: Int, at moment: Seconds) {
        for nth in 0..<count {
            var chance = Randomness(seed, .fault, 9_000 + nth)
            switch nth % 3 {
            case 0: vanishGroup(&chance, at: moment)
            case 1: vanishApp(&chance, at: moment)
            default: vanishPerson(&chance, at: moment)
            }
        }
    }

    private mutating func vanishGroup(_ chance: inout Randomness, at moment: Seconds) {
        let choices = groups.indices.filter { plan.projectGroups.contains($0) && groups[$0].exists(at: moment) }
        guard !choices.isEmpty else { return }
        let group = chance.pick(choices)
        for row in memberships.ofLeft(group) where memberships.rows[row].holds(at: moment) { leave(row, at: moment) }
        groups[group].deleted = moment
        log(.groupDelete, at: moment, actor: 0, object: group)
    }

    private mutating func vanishApp(_ chance: inout Randomness, at moment: Seconds) {
        let given = Set(appGroups.map(\.app))
        let choices = apps.indices.filter {
            apps[$0].assignable && !given.contains($0) && appExists($0, at: moment) && $0 != App.unapprovedPosition
        }
        guard !choices.isEmpty else { return }
        let app = chance.pick(choices)
        for row in assignments.ofLeft(app) where assignments.rows[row].holds(at: moment) { unassign(row, at: moment) }
        apps[app].deleted = moment
        log(.appDelete, at: moment, actor: 0, object: app)
    }

    private mutating func vanishPerson(_ chance: inout Randomness, at moment: Seconds) {
        let choices = people.indices.filter {
            $0 >= Cast.end && people[$0].exists(at: moment) && people[$0].manager > Int32(Cast.heads.upperBound)
        }
        guard !choices.isEmpty else { return }
        let person = chance.pick(choices)
        // Okta deletes nobody who is not deactivated.
        if people[person].deactivated > moment { dismiss(person, at: moment) } else { strip(person, at: moment) }
        people[person].deleted = moment
        log(.userDelete, at: moment, actor: 0, subject: person)
    }
}

/// Who is in which group, and since when. `Everyone` is never written down: whoever is not deactivated is in it.
struct Memberships {
    let people: [Person]
    let plan: GroupPlan
    let apps: [App]
    let seed: UInt64
    let windowStart: Seconds
    let origin: Seconds

    func links() -> [Link] {
        var links: [Link] = []
        links.reserveCapacity(people.count * 9)
        for (position, person) in people.enumerated() where person.deactivated > windowStart {
            var chance = Randomness(seed, .membership, position)
            let start = person.activated == never ? person.created : person.activated
            structural(person, position, start, &links)
            guard person.kind != .service else { continue }
            chosen(person, position, start, &chance, &links)
        }
        return links
    }

    /// What follows from the profile: department, team, office, kind of contract.
    private func structural(_ person: Person, _ position: Int, _ start: Seconds, _ links: inout [Link]) {
        let end = person.deactivated
        func join(_ group: Int?, _ from: Seconds, _ to: Seconds) {
            guard let group, from < to else { return }
            links.append(
                Link(
                    left: Int32(group), right: Int32(position), via: -1, from: max(from, plan.groups[group].created),
                    to: to))
        }
        let turn = min(person.moved, end)
        let hasMoved = person.departmentBefore != person.department
        join(plan.departmentGroups.at(Int(person.departmentBefore)), start, hasMoved ? turn : end)
        if hasMoved { join(plan.departmentGroups.at(Int(person.department)), turn, end) }
        guard person.kind != .service else { return }
        let teamMoved = person.teamBefore != person.team
        join(plan.teamGroups.at(Int(person.teamBefore)), start, teamMoved ? turn : end)
        if teamMoved { join(plan.teamGroups.at(Int(person.team)), turn, end) }
        join(plan.locationGroups.at(Int(person.location)), start, end)
        join(person.kind == .contractor ? plan.contractors : plan.employees, start, end)
    }

    /// What somebody decided: access groups, directory groups, projects.
    private func chosen(
        _ person: Person, _ position: Int, _ start: Seconds, _ chance: inout Randomness, _ links: inout [Link]
    ) {
        var joined: Set<Int> = []
        func join(_ group: Int) {
            guard joined.insert(group).inserted else { return }
            let span = period(start, person.deactivated, &chance)
            let from = max(span.from, plan.groups[group].created)
            guard from < span.to, span.to > windowStart else { return }
            links.append(Link(left: Int32(group), right: Int32(position), via: -1, from: from, to: span.to))
        }
        let department = Names.departments[Int(person.department)].name
        for _ in 0..<chance.rounded(2.35) where !plan.accessGroups.isEmpty { join(access(department, &chance)) }
        for _ in 0..<chance.rounded(1.35) where !plan.directoryGroups.isEmpty {
            join(chance.pick(plan.directoryGroups))
        }
        for _ in 0..<chance.rounded(1.2) where !plan.projectGroups.isEmpty { join(chance.pick(plan.projectGroups)) }
        if (Cast.admins.contains(position) || Cast.weakAdmins.contains(position)), !plan.adminGroups.isEmpty {
            join(plan.adminGroups[position % plan.adminGroups.count])
        }
    }

    private func access(_ department: String, _ chance: inout Randomness) -> Int {
        var group = chance.pick(plan.accessGroups)
        for _ in 0..<3 {
            guard case .access(let app) = plan.groups[group].kind else { break }
            if apps[app].audience == department || apps[app].audience == "all" || chance.chance(0.3) { break }
            group = chance.pick(plan.accessGroups)
        }
        return group
    }

    /// Most were there long ago; a few came, a few went, within the window.
    private func period(_ start: Seconds, _ end: Seconds, _ chance: inout Randomness) -> (from: Seconds, to: Seconds) {
        let window = Int(origin - windowStart)
        let draw = chance.unit()
        let moment = windowStart + Seconds(chance.below(max(window, 1)))
        guard start < windowStart else { return (min(start + Seconds(chance.below(7_200)), origin - 60), end) }
        let early = start + Seconds(Double(windowStart - start) * chance.unit() * chance.unit())
        if draw < 0.02 { return (moment, end) }
        if draw < 0.035 { return (early, min(moment, end)) }
        return (early, end)
    }
}

extension Array {
    /// The element, or nil where the array is too short.
    func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

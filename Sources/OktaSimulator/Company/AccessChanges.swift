/// Who gets into which group and gets which app, and who no longer does.
extension Company {
    mutating func joinSomeGroup(at moment: Seconds, _ chance: inout Randomness) {
        guard let person = someone(.active, at: moment, &chance),
            let group = handFilledGroups(at: moment).any(&chance), !isMember(person, of: group, at: moment)
        else { return }
        join(person, group, at: moment)
    }

    func isMember(_ person: Int, of group: Int, at moment: Seconds) -> Bool {
        memberships.ofRight(person).contains {
            memberships.rows[$0].left == Int32(group) && memberships.rows[$0].holds(at: moment)
        }
    }

    mutating func leaveSomeGroup(at moment: Seconds, _ chance: inout Randomness) {
        let groups = Set(handFilledGroups(at: moment).map(Int32.init))
        for _ in 0..<20 {
            guard let person = someone(.active, at: moment, &chance) else { return }
            let rows = memberships.ofRight(person).filter {
                memberships.rows[$0].holds(at: moment) && groups.contains(memberships.rows[$0].left)
            }
            if let row = rows.any(&chance) { return quit(row, at: moment) }
        }
    }

    /// Leaves a group, and loses the apps that came with it, unless another group gives them too.
    mutating func quit(_ row: Int, at moment: Seconds) {
        leave(row, at: moment)
        let link = memberships.rows[row]
        for held in assignments.ofRight(Int(link.right))
        where assignments.rows[held].holds(at: moment) && assignments.rows[held].via == link.left {
            withdraw(held, at: moment)
        }
    }

    /// Ends an assignment; where a group of the person gives the app, it goes on by way of that group.
    mutating func withdraw(_ row: Int, by actor: Int = -1, at moment: Seconds) {
        unassign(row, by: actor, at: moment)
        let link = assignments.rows[row]
        let app = Int(link.left)
        guard appExists(app, at: moment) else { return }
        let mine = Set(groups(of: Int(link.right), at: moment))
        let given = appGroups.filter {
            $0.app == app && $0.from <= moment && moment < $0.to && mine.contains($0.group)
        }
        if let next = given.min(by: { ($0.priority, $0.group) < ($1.priority, $1.group) }) {
            assign(Int(link.right), app, by: next.group, at: moment)
        }
    }

    mutating func assignSomeone(at moment: Seconds, _ chance: inout Randomness) {
        guard let person = someone(.active, at: moment, &chance) else { return }
        assignDirectly(person, at: moment, &chance)
    }

    private func someDirectAssignment(at moment: Seconds, _ chance: inout Randomness) -> Int? {
        for _ in 0..<20 {
            guard let person = someone(.active, at: moment, &chance) else { return nil }
            let rows = assignments.ofRight(person).filter {
                let link = assignments.rows[$0]
                return link.via < 0 && link.holds(at: moment) && appExists(Int(link.left), at: moment)
            }
            if let row = rows.any(&chance) { return row }
        }
        return nil
    }

    mutating func unassignSomeone(at moment: Seconds, _ chance: inout Randomness) {
        guard let row = someDirectAssignment(at: moment, &chance) else { return }
        withdraw(row, by: administrator, at: moment)
    }

    mutating func updateSomeAssignment(at moment: Seconds, _ chance: inout Randomness) {
        guard let row = someDirectAssignment(at: moment, &chance) else { return }
        changedAssignments[row] = moment
        let link = assignments.rows[row]
        log(
            .assignmentUpdate, at: moment, actor: administrator, subject: Int(link.right), object: Int(link.left),
            assignment: row)
    }

    // MARK: Apps of groups

    /// How large a group may be to get an app of its own: one event stands for so many others.
    private static let mostMembers = 150

    mutating func giveSomeApp(at moment: Seconds, _ chance: inout Randomness) {
        guard let group = handFilledGroups(at: moment).any(&chance), let app = someApp(at: moment, &chance) else {
            return
        }
        let given = appGroups.filter { $0.app == app && $0.from <= moment && moment < $0.to }
        let members = members(of: group, at: moment)
        guard !given.contains(where: { $0.group == group }), members.count <= Self.mostMembers else { return }
        let last = given.map(\.priority).max() ?? -1
        appGroups.append(AppGroup(app: app, group: group, priority: last + 1, from: moment, to: never))
        log(.groupAssignmentAdd, at: moment, actor: administrator, subject: group, object: app)
        for person in members where people[person].status(at: moment) != .deprovisioned {
            inherit(person, group, at: moment)
        }
    }

    mutating func takeSomeApp(at moment: Seconds, _ chance: inout Randomness) {
        guard let index = someAppGroup(at: moment, &chance) else { return }
        take(index, at: moment)
    }

    /// Ends what a group gives: everyone who had the app by it loses it, unless another group gives it too.
    mutating func take(_ index: Int, at moment: Seconds) {
        appGroups[index].to = moment
        let given = appGroups[index]
        log(.groupAssignmentRemove, at: moment, actor: administrator, subject: given.group, object: given.app)
        let rows = assignments.ofLeft(given.app) { $0.holds(at: moment) && $0.via == Int32(given.group) }
        for row in rows { withdraw(row, at: moment) }
    }

    mutating func reorderSomeApp(at moment: Seconds, _ chance: inout Randomness) {
        guard let index = someAppGroup(at: moment, &chance) else { return }
        let given = appGroups[index]
        appGroups[index].priority += 1
        appGroups[index].reordered = moment
        log(.groupAssignmentUpdate, at: moment, actor: administrator, subject: given.group, object: given.app)
    }

    private func someAppGroup(at moment: Seconds, _ chance: inout Randomness) -> Int? {
        let groups = Set(handFilledGroups(at: moment))
        let choices = appGroups.indices.filter { index in
            let given = appGroups[index]
            return given.from <= moment && moment < given.to && groups.contains(given.group)
                && appExists(given.app, at: moment) && memberCount(given.group, at: moment) <= Self.mostMembers
        }
        return choices.any(&chance)
    }

    func someApp(at moment: Seconds, _ chance: inout Randomness) -> Int? {
        apps.indices.filter {
            apps[$0].assignable && apps[$0].active && appExists($0, at: moment) && $0 != App.unapprovedPosition
        }.any(&chance)
    }
}

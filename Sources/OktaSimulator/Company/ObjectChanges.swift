/// Groups and apps that come, change and go, and who may administer them.
extension Company {
    mutating func changeObject(_ kind: Changes.Kind, at moment: Seconds, _ chance: inout Randomness) {
        switch kind {
        case .createGroup: createGroup(at: moment, &chance)
        case .renameGroup:
            guard let group = someProject(at: moment, &chance) else { return }
            groups[group].name = projectName(&chance)
            groups[group].updated = moment
            log(.groupUpdate, at: moment, actor: administrator, object: group)
        case .deleteGroup:
            guard let group = someProject(at: moment, &chance), memberCount(group, at: moment) <= 150 else { return }
            delete(group: group, at: moment)
        case .createApp: createApp(at: moment, &chance)
        case .renameApp:
            guard let app = someHomeMadeApp(at: moment, &chance) else { return }
            apps[app].label = "Acme \(Names.projects[chance.below(Names.projects.count)]) \(events.count)"
            apps[app].updated = moment
            log(.appUpdate, at: moment, actor: administrator, object: app)
        case .switchApp:
            guard let app = someHomeMadeApp(at: moment, &chance) else { return }
            setActive(app, !apps[app].active, at: moment)
        case .deleteApp:
            guard let app = someHomeMadeApp(at: moment, &chance),
                assignments.ofLeft(app, where: { $0.holds(at: moment) }).count <= 150
            else { return }
            delete(app: app, at: moment)
        default: return
        }
    }

    // MARK: Groups

    private func someProject(at moment: Seconds, _ chance: inout Randomness) -> Int? {
        groups.indices.filter { groups[$0].kind == .project && groups[$0].exists(at: moment) }.any(&chance)
    }

    /// A name nobody had: the log's length never comes twice.
    private func projectName(_ chance: inout Randomness) -> String {
        "Project \(Names.projects[chance.below(Names.projects.count)]) \(events.count)"
    }

    private mutating func createGroup(at moment: Seconds, _ chance: inout Randomness) {
        groups.append(
            Group(
                name: projectName(&chance), description: "Working group", kind: .project, created: moment,
                updated: moment, membershipUpdated: moment))
        let group = groups.count - 1
        log(.groupCreate, at: moment, actor: administrator, object: group)
        for _ in 0..<3 {
            if let person = someone(.active, at: moment, &chance), !isMember(person, of: group, at: moment) {
                join(person, group, at: moment)
            }
        }
    }

    private mutating func delete(group: Int, at moment: Seconds) {
        revokeAll(.group(group), at: moment)
        for index in appGroups.indices where appGroups[index].group == group && moment < appGroups[index].to {
            take(index, at: moment)
        }
        for row in memberships.ofLeft(group) where memberships.rows[row].holds(at: moment) { leave(row, at: moment) }
        groups[group].deleted = moment
        log(.groupDelete, at: moment, actor: administrator, object: group)
    }

    // MARK: Apps

    /// Made by the company itself: what was bought stays, or its licences would vanish from every report.
    private func someHomeMadeApp(at moment: Seconds, _ chance: inout Randomness) -> Int? {
        apps.indices.filter {
            apps[$0].kind == .custom && appExists($0, at: moment) && $0 != App.unapprovedPosition
        }.any(&chance)
    }

    private mutating func createApp(at moment: Seconds, _ chance: inout Randomness) {
        let name = Names.projects[chance.below(Names.projects.count)]
        apps.append(
            App(
                key: "acme_\(name.lowercased())_\(events.count)", label: "Acme \(name) \(events.count)", mode: .saml,
                active: true, created: moment, updated: moment, audience: "all", provisions: false, kind: .custom,
                popularity: 0.5))
        let app = apps.count - 1
        log(.appCreate, at: moment, actor: administrator, object: app)
        for _ in 0..<3 {
            guard let person = someone(.active, at: moment, &chance),
                assignments.ofLeft(app, where: { $0.right == Int32(person) }).isEmpty
            else { continue }
            assign(person, app, by: -1, at: moment)
        }
    }

    private mutating func setActive(_ app: Int, _ active: Bool, at moment: Seconds) {
        apps[app].active = active
        apps[app].switches.append((since: moment, active: active))
        apps[app].updated = moment
        log(active ? .appActivate : .appDeactivate, at: moment, actor: administrator, object: app)
    }

    /// Okta deletes no app that is not switched off.
    private mutating func delete(app: Int, at moment: Seconds) {
        if apps[app].active { setActive(app, false, at: moment) }
        apps[app].deleted = moment
        for index in appGroups.indices where appGroups[index].app == app && moment < appGroups[index].to {
            take(index, at: moment)
        }
        for row in assignments.ofLeft(app) where assignments.rows[row].holds(at: moment) { unassign(row, at: moment) }
        log(.appDelete, at: moment, actor: administrator, object: app)
    }

    // MARK: Privileges

    /// Roles given while the tenant lives: so many at most, or everyone would be an admin by the evening.
    private static let mostRoles = 40
    private static let mostGroupRoles = 6

    mutating func changePrivilege(_ kind: Changes.Kind, at moment: Seconds, _ chance: inout Randomness) {
        switch kind {
        case .grantRole: grantRole(at: moment, &chance)
        case .grantGroupRole:
            guard let group = handFilledGroups(at: moment).any(&chance), !hasAdminPrivilege(group, at: moment),
                givenRoles(toGroups: true, at: moment).count < Self.mostGroupRoles
            else { return }
            roles.append(
                RoleGrant(
                    holder: .group(group), type: chance.chance(0.5) ? .readOnly : .helpDesk, custom: 0, from: moment,
                    to: never))
            log(.groupPrivilegeGrant, at: moment, actor: administrator, subject: group, object: roles.count - 1)
        case .revokeRole:
            if let index = givenRoles(toGroups: false, at: moment).any(&chance) { revoke(index, at: moment) }
        case .revokeGroupRole:
            if let index = givenRoles(toGroups: true, at: moment).any(&chance) { revoke(index, at: moment) }
        case .createToken:
            guard tokens.count(where: { moment < $0.to }) < 40, people.count > Cast.admins.upperBound else { return }
            let owner = chance.within(Cast.admins)
            tokens.append(
                APIToken(
                    name: "Script \(events.count)", owner: owner, created: moment, lastUsed: moment, to: never,
                    expires: true, network: "ANYWHERE"))
            log(.tokenCreate, at: moment, actor: owner, object: tokens.count - 1)
        case .revokeToken:
            let given = tokens.indices.filter { tokens[$0].created > origin && moment < tokens[$0].to }
            guard let token = given.any(&chance) else { return }
            tokens[token].to = moment
            log(.tokenRevoke, at: moment, actor: tokens[token].owner, object: token)
        default: return
        }
    }

    private func givenRoles(toGroups: Bool, at moment: Seconds) -> [Int] {
        roles.indices.filter { index in
            guard roles[index].from > origin, roles[index].holds(at: moment) else { return false }
            if case .group = roles[index].holder { return toGroups }
            return !toGroups
        }
    }

    private mutating func grantRole(at moment: Seconds, _ chance: inout Randomness) {
        guard givenRoles(toGroups: false, at: moment).count < Self.mostRoles,
            let person = someone(.active, at: moment, &chance), people[person].kind != .service
        else { return }
        let type = chance.pick([RoleType.readOnly, .report, .helpDesk, .userAdmin, .appAdmin, .custom])
        let held = roles.contains {
            $0.holder == .person(person) && $0.type == type && $0.holds(at: moment)
        }
        guard !held else { return }
        let custom = type == .custom ? chance.below(CustomRole.all.count) : 0
        roles.append(RoleGrant(holder: .person(person), type: type, custom: custom, from: moment, to: never))
        log(
            type == .custom ? .roleBindingAdd : .privilegeGrant, at: moment, actor: administrator, subject: person,
            object: roles.count - 1)
    }

    /// Okta says "grant" for every change of the standard roles and "revoke" only when nothing is left.
    private mutating func revoke(_ index: Int, at moment: Seconds) {
        roles[index].to = moment
        let grant = roles[index]
        let left = roles.contains { $0.holder == grant.holder && $0.holds(at: moment) }
        switch grant.holder {
        case .person(let person):
            let type = grant.type == .custom ? EventType.roleBindingDelete : left ? .privilegeGrant : .privilegeRevoke
            log(type, at: moment, actor: administrator, subject: person, object: index)
        case .group(let group):
            log(
                left ? .groupPrivilegeGrant : .groupPrivilegeRevoke, at: moment, actor: administrator, subject: group,
                object: index)
        case .client: return
        }
    }

    mutating func revokeAll(_ holder: RoleGrant.Holder, at moment: Seconds) {
        for index in roles.indices where roles[index].holder == holder && roles[index].holds(at: moment) {
            revoke(index, at: moment)
        }
    }
}

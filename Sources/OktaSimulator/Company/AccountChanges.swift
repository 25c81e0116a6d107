/// What becomes of people's accounts, profiles and factors.
extension Company {
    mutating func changeAccount(_ kind: Changes.Kind, at moment: Seconds, _ chance: inout Randomness) {
        switch kind {
        case .hire: hire(at: moment)
        case .stage: hire(at: moment, staged: true)
        case .activate:
            guard let person = someone(.staged, at: moment, &chance), people[person].turns.isEmpty else { return }
            people[person].activated = moment
            log(.userActivate, at: moment, actor: administrator, subject: person)
        case .invite:
            guard let person = someone(.provisioned, at: moment, &chance) else { return }
            log(.userReactivate, at: moment, actor: administrator, subject: person)
        case .dismiss:
            guard let person = someone(.active, at: moment, &chance) else { return }
            revokeAll(.person(person), at: moment)
            dismiss(person, at: moment)
        case .bringBack: bringBack(at: moment, &chance)
        case .erase: erase(at: moment, &chance)
        case .suspend: turn(.active, to: .suspended, .userSuspend, at: moment, &chance)
        case .unsuspend: turn(.suspended, to: .active, .userUnsuspend, at: moment, &chance)
        case .lock: turn(.active, to: .lockedOut, .userLock, at: moment, &chance)
        case .unlock:
            turn(
                .lockedOut, to: .active, chance.chance(0.5) ? .userUnlock : .userUnlockByAdmin, at: moment, &chance)
        case .resetPassword: turn(.active, to: .recovery, .passwordReset, at: moment, &chance)
        case .expirePassword: turn(.active, to: .passwordExpired, .passwordExpire, at: moment, &chance)
        case .updatePassword:
            let before = chance.chance(0.5) ? UserStatus.recovery : .passwordExpired
            turn(before, to: .active, .passwordUpdate, at: moment, &chance)
        default: return
        }
    }

    private mutating func turn(
        _ before: UserStatus, to after: UserStatus, _ type: EventType, at moment: Seconds, _ chance: inout Randomness
    ) {
        guard let person = someone(before, at: moment, &chance) else { return }
        people[person].turns.append(Person.Turn(since: moment, status: after))
        let isOwn = type == .userLock || type == .passwordUpdate
        let isOkta = type == .userUnlock || type == .passwordExpire
        if type == .passwordUpdate { people[person].passwordChanged = moment }
        log(
            type, at: moment, actor: isOwn ? person : isOkta ? -1 : administrator, subject: person,
            succeeded: type != .userLock)
    }

    /// A leaver is taken on again, with the groups that follow from the profile.
    private mutating func bringBack(at moment: Seconds, _ chance: inout Randomness) {
        guard let person = someone(.deprovisioned, at: moment, &chance) else { return }
        let left = people[person].deactivated
        people[person].turns.append(Person.Turn(since: left, status: .deprovisioned))
        people[person].turns.append(Person.Turn(since: moment, status: .active))
        people[person].deactivated = never
        log(.userActivate, at: moment, actor: administrator, subject: person)
        settleIn(person, at: moment)
    }

    /// Erases a leaver's account: Okta deletes nobody who is not deactivated.
    private mutating func erase(at moment: Seconds, _ chance: inout Randomness) {
        guard let person = someone(.deprovisioned, at: moment, &chance) else { return }
        revokeAll(.person(person), at: moment)
        strip(person, at: moment)
        people[person].deleted = moment
        log(.userDelete, at: moment, actor: administrator, subject: person)
    }

    // MARK: Profiles

    mutating func changeProfile(_ kind: Changes.Kind, at moment: Seconds, _ chance: inout Randomness) {
        let found = someone(&chance) {
            people[$0].exists(at: moment) && people[$0].status(at: moment) == .active && people[$0].kind == .employee
                && (kind != .move || people[$0].moved == never)
        }
        guard let person = found else { return }
        let before = people[person]
        switch kind {
        case .move:
            let department = chance.below(Names.departments.count)
            guard department != Int(before.department) else { return }
            people[person].departmentBefore = before.department
            people[person].teamBefore = before.team
            people[person].moved = moment
            people[person].department = Int16(department)
            people[person].team = Int16(plan.teams.pick(department, &chance))
        case .relocate:
            let location = chance.below(Names.locations.count)
            guard location != Int(before.location) else { return }
            people[person].location = Int16(location)
        default: people[person].level = (before.level + 1) % 10
        }
        people[person].profileChanged = moment
        log(.profileUpdate, at: moment, actor: kind == .promote ? administrator : -1, subject: person)
        followProfile(person, before, at: moment)
    }

    /// The groups that rules fill follow the profile.
    private mutating func followProfile(_ person: Int, _ before: Person, at moment: Seconds) {
        let old = Set(structuralGroups(of: before))
        let new = structuralGroups(of: people[person])
        let left = memberships.ofRight(person).filter {
            let link = memberships.rows[$0]
            return link.holds(at: moment) && old.contains(Int(link.left)) && !new.contains(Int(link.left))
        }
        for group in new where groups[group].exists(at: moment) && !isMember(person, of: group, at: moment) {
            join(person, group, at: moment)
        }
        for row in left { quit(row, at: moment) }
    }

    // MARK: Factors

    mutating func changeFactors(_ kind: Changes.Kind, at moment: Seconds, _ chance: inout Randomness) {
        let found = someone(&chance) { person in
            guard people[person].exists(at: moment), people[person].status(at: moment) == .active,
                people[person].kind != .service
            else { return false }
            let factors = self.factors(of: person)
            switch kind {
            case .enrolFactor: return factors.count < 6
            case .suspendFactor: return factors.contains(where: \.active)
            case .resumeFactor: return factors.contains { !$0.active }
            default: return !factors.isEmpty
            }
        }
        guard let person = found else { return }
        var factors = self.factors(of: person)
        let type: EventType
        switch kind {
        case .enrolFactor:
            let kinds: [Factor.Kind] = [.push, .signedNonce, .totp, .webauthn, .sms, .email]
            guard let fresh = kinds.filter({ kind in !factors.contains { $0.kind == kind } }).any(&chance) else {
                return
            }
            factors.append(Factor(kind: fresh, created: moment))
            type = .factorActivate
        case .removeFactor:
            factors.removeLast()
            type = .factorDeactivate
        case .suspendFactor:
            guard let index = factors.firstIndex(where: \.active) else { return }
            factors[index].active = false
            type = .factorSuspend
        case .resumeFactor:
            guard let index = factors.firstIndex(where: { !$0.active }) else { return }
            factors[index].active = true
            type = .factorUnsuspend
        default:
            factors = []
            type = .factorReset
        }
        changedFactors[person] = factors
        log(type, at: moment, actor: kind == .enrolFactor ? person : administrator, subject: person)
    }
}

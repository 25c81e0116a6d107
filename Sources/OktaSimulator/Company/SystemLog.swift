/// The kinds of event the pretended tenant writes, with Okta's own words.
enum EventType: UInt8, Sendable, CaseIterable {
    case sso, sessionStart, mfaSignIn, userCreate, userActivate, userDeactivate, userSuspend, userLock, passwordReset
    case passwordExpire, profileUpdate, userDelete, assignmentAdd, assignmentRemove, groupAssignmentAdd
    case groupAssignmentRemove, memberAdd, memberRemove, groupDelete, appCreate, appDelete, privilegeGrant,
        privilegeRevoke
    case factorActivate, factorReset, tokenCreate, tokenRevoke, consentGrant, roleBindingAdd
    // Only a tenant that lives at a pace of its own writes these.
    case userUnsuspend, userReactivate, userUnlock, userUnlockByAdmin, passwordUpdate, assignmentUpdate
    case groupAssignmentUpdate, groupCreate, groupUpdate, appUpdate, appActivate, appDeactivate
    case groupPrivilegeGrant, groupPrivilegeRevoke, roleBindingDelete, factorDeactivate, factorSuspend, factorUnsuspend
    // Only a tenant large enough for its stories writes these.
    case adminConsole

    var text: StaticString {
        switch self {
        case .sso: "user.authentication.sso"
        case .sessionStart: "user.session.start"
        case .mfaSignIn: "user.authentication.auth_via_mfa"
        case .userCreate: "user.lifecycle.create"
        case .userActivate: "user.lifecycle.activate"
        case .userDeactivate: "user.lifecycle.deactivate"
        case .userSuspend: "user.lifecycle.suspend"
        case .userLock: "user.account.lock"
        case .passwordReset: "user.account.reset_password"
        case .passwordExpire: "user.account.expire_password"
        case .profileUpdate: "user.account.update_profile"
        case .userDelete: "user.lifecycle.delete.initiated"
        case .assignmentAdd: "application.user_membership.add"
        case .assignmentRemove: "application.user_membership.remove"
        case .groupAssignmentAdd: "group.application_assignment.add"
        case .groupAssignmentRemove: "group.application_assignment.remove"
        case .memberAdd: "group.user_membership.add"
        case .memberRemove: "group.user_membership.remove"
        case .groupDelete: "group.lifecycle.delete"
        case .appCreate: "application.lifecycle.create"
        case .appDelete: "application.lifecycle.delete"
        case .privilegeGrant: "user.account.privilege.grant"
        case .privilegeRevoke: "user.account.privilege.revoke"
        case .factorActivate: "user.mfa.factor.activate"
        case .factorReset: "user.mfa.factor.reset_all"
        case .tokenCreate: "system.api_token.create"
        case .tokenRevoke: "system.api_token.revoke"
        case .consentGrant: "app.oauth2.consent.grant"
        case .roleBindingAdd: "iam.resourceset.bindings.add"
        case .userUnsuspend: "user.lifecycle.unsuspend"
        case .userReactivate: "user.lifecycle.reactivate"
        case .userUnlock: "user.account.unlock"
        case .userUnlockByAdmin: "user.account.unlock_by_admin"
        case .passwordUpdate: "user.account.update_password"
        case .assignmentUpdate: "application.user_membership.update"
        case .groupAssignmentUpdate: "group.application_assignment.update"
        case .groupCreate: "group.lifecycle.create"
        case .groupUpdate: "group.profile.update"
        case .appUpdate: "application.lifecycle.update"
        case .appActivate: "application.lifecycle.activate"
        case .appDeactivate: "application.lifecycle.deactivate"
        case .groupPrivilegeGrant: "group.privilege.grant"
        case .groupPrivilegeRevoke: "group.privilege.revoke"
        case .roleBindingDelete: "iam.resourceset.bindings.delete"
        case .factorDeactivate: "user.mfa.factor.deactivate"
        case .factorSuspend: "user.mfa.factor.suspend"
        case .factorUnsuspend: "user.mfa.factor.unsuspend"
        case .adminConsole: "user.session.access_admin_app"
        }
    }

    var legacy: StaticString? {
        switch self {
        case .sso: "app.auth.sso"
        case .sessionStart: "core.user_auth.login_success"
        case .mfaSignIn: "core.user.factor.attempt_success"
        case .userCreate: "core.user.config.user_creation.success"
        case .userActivate: "core.user.config.user_activated"
        case .userDeactivate: "core.user.config.user_deactivated"
        case .userSuspend: "core.user.config.user_suspended"
        case .userLock: "core.user_auth.account_locked"
        case .passwordReset: "core.user.config.user_status.password_reset"
        case .profileUpdate: "core.user.config.profile_update.success"
        case .assignmentAdd: "app.generic.provision.assign_user_to_app"
        case .assignmentRemove: "app.generic.provision.deactivate_user"
        case .memberAdd: "core.user_group_member.user_add"
        case .memberRemove: "core.user_group_member.user_remove"
        case .appCreate: "app.generic.config.app_created"
        case .privilegeGrant: "core.user.admin_privilege.granted"
        case .privilegeRevoke: "core.user.admin_privilege.revoked"
        case .factorActivate: "core.user.factor.activate"
        case .factorReset: "core.user.factor.reset_all"
        case .tokenCreate: "api.token.create"
        case .tokenRevoke: "api.token.revoke"
        case .userUnsuspend: "core.user.config.user_unsuspended"
        case .userReactivate: "core.user.config.user_reactivated"
        case .userUnlock: "core.user_auth.account_unlocked"
        case .userUnlockByAdmin: "core.user_auth.account_unlocked_by_admin"
        case .passwordUpdate: "core.user.config.password_update.success"
        case .assignmentUpdate: "app.generic.config.app_user_updated"
        case .appUpdate: "app.generic.config.app_updated"
        case .appActivate: "app.generic.config.app_activated"
        case .appDeactivate: "app.generic.config.app_deactivated"
        case .factorDeactivate: "core.user.factor.deactivate"
        case .factorSuspend: "core.user.factor.suspend"
        case .factorUnsuspend: "core.user.factor.unsuspend"
        default: nil
        }
    }

    var message: StaticString {
        switch self {
        case .sso: "User single sign on to app"
        case .sessionStart: "User login to Okta"
        case .mfaSignIn: "Authentication of user via MFA"
        case .userCreate: "Create Okta user"
        case .userActivate: "Activate Okta user"
        case .userDeactivate: "Deactivate Okta user"
        case .userSuspend: "Suspend Okta user"
        case .userLock: "Max sign in attempts exceeded"
        case .passwordReset: "User reset password for Okta (by admin)"
        case .passwordExpire: "User's Okta password is expired"
        case .profileUpdate: "Update user profile for Okta"
        case .userDelete: "Delete Okta user initiated"
        case .assignmentAdd: "Add user to application membership"
        case .assignmentRemove: "Remove user's application membership"
        case .groupAssignmentAdd: "Add assigned application to group"
        case .groupAssignmentRemove: "Remove assigned application from group"
        case .memberAdd: "Add user to group membership"
        case .memberRemove: "Remove user from group membership"
        case .groupDelete: "Delete Okta group"
        case .appCreate: "Create application"
        case .appDelete: "Delete application"
        case .privilegeGrant: "Grant user privilege"
        case .privilegeRevoke: "Revoke user privilege"
        case .factorActivate: "Activate factor for user"
        case .factorReset: "Reset all factors for user"
        case .tokenCreate: "Create API token"
        case .tokenRevoke: "Revoke API token"
        case .consentGrant: "User granted consent to app"
        case .roleBindingAdd: "Admin role assignment is created"
        case .userUnsuspend: "Unsuspend Okta user"
        case .userReactivate: "Reactivate Okta user"
        case .userUnlock: "Auto-unlock user account for Okta"
        case .userUnlockByAdmin: "User account unlock by admin"
        case .passwordUpdate: "User update password for Okta"
        case .assignmentUpdate: "Update application user"
        case .groupAssignmentUpdate: "Update assigned application in group"
        case .groupCreate: "Create Okta group"
        case .groupUpdate: "Okta group profile updated"
        case .appUpdate: "Update application"
        case .appActivate: "Activate application"
        case .appDeactivate: "Deactivate application"
        case .groupPrivilegeGrant: "Grant group privilege"
        case .groupPrivilegeRevoke: "Revoke group privilege"
        case .roleBindingDelete: "Admin role assignment is deleted"
        case .factorDeactivate: "Deactivate factor for user"
        case .factorSuspend: "Suspend factor for user"
        case .factorUnsuspend: "Unsuspend factor for user"
        case .adminConsole: "User accessing Okta admin app"
        }
    }
}

/// One line of the System Log, in 32 bytes; its 1.7 kB of JSON are written when somebody asks.
struct LogEvent: Sendable {
    /// Milliseconds since 1970.
    var published: Int64
    /// Who did it; -1 is Okta itself.
    var actor: Int32
    /// The person it was done to, or -1.
    var subject: Int32
    /// The app, group or token it was done with, or -1.
    var object: Int32
    /// The assignment concerned, or -1.
    var assignment: Int32
    var type: EventType
    var succeeded: Bool
}

/// Writes ninety days of log that agree with everything else in the tenant.
struct LogWriter {
    let company: Company
    private(set) var events: [LogEvent] = []

    init(_ company: Company) { self.company = company }

    mutating func write() -> [LogEvent] {
        lifecycles()
        memberships()
        assignments()
        administration()
        Usage(company).write(budget: company.people.count * 15 / 2 - events.count, to: &events)
        events.sort {
            ($0.published, $0.type.rawValue, $0.subject, $0.object) < (
                $1.published, $1.type.rawValue, $1.subject, $1.object
            )
        }
        return events
    }

    /// Adds an event when it falls in the window; things of one moment keep a plausible order by milliseconds.
    mutating func add(
        _ type: EventType, _ moment: Seconds, actor: Int, subject: Int = -1, object: Int = -1, assignment: Int = -1,
        succeeded: Bool = true
    ) {
        guard moment >= company.windowStart, moment <= company.origin else { return }
        var chance = Randomness(company.seed, .event, events.count)
        // What ends comes before what takes its place at the same second.
        let ends = [.memberRemove, .assignmentRemove, .groupAssignmentRemove].contains(type)
        let milliseconds = moment == company.origin ? 0 : ends ? chance.below(500) : 500 + chance.below(500)
        events.append(
            LogEvent(
                published: Int64(moment) * 1_000 + Int64(milliseconds),
                actor: Int32(actor), subject: Int32(subject), object: Int32(object), assignment: Int32(assignment),
                type: type, succeeded: succeeded))
    }

    /// An admin who was there at the time; Okta itself in the smallest tenants.
    private func admin(_ position: Int) -> Int {
        let admin = Cast.admins.lowerBound + position % 5
        return admin < company.people.count ? admin : -1
    }

    private mutating func lifecycles() {
        for (position, person) in company.people.enumerated() {
            let who = admin(position)
            add(.userCreate, person.created, actor: who, subject: position)
            if person.activated != never { add(.userActivate, person.activated, actor: who, subject: position) }
            if person.deactivated != never { add(.userDeactivate, person.deactivated, actor: who, subject: position) }
            if person.moved != never { add(.profileUpdate, person.moved, actor: -1, subject: position) }
            guard person.specialSince != never else { continue }
            switch person.special {
            case .suspended: add(.userSuspend, person.specialSince, actor: who, subject: position)
            case .lockedOut: add(.userLock, person.specialSince, actor: position, subject: position, succeeded: false)
            case .recovery: add(.passwordReset, person.specialSince, actor: who, subject: position)
            case .passwordExpired: add(.passwordExpire, person.specialSince, actor: -1, subject: position)
            case .staged, .provisioned, .active, .deprovisioned: break
            }
        }
    }

    private mutating func memberships() {
        for link in company.memberships.rows {
            let group = Int(link.left)
            let person = Int(link.right)
            let who = company.isRuleDriven(group) ? -1 : admin(person)
            if link.from >= company.windowStart {
                add(.memberAdd, link.from, actor: who, subject: person, object: group)
            }
            if link.to != never { add(.memberRemove, link.to, actor: who, subject: person, object: group) }
        }
    }

    private mutating func assignments() {
        for given in company.appGroups {
            add(.groupAssignmentAdd, given.from, actor: admin(given.app), subject: given.group, object: given.app)
            if given.to != never {
                add(.groupAssignmentRemove, given.to, actor: admin(given.app), subject: given.group, object: given.app)
            }
        }
        for (row, link) in company.assignments.rows.enumerated()
        where link.from >= company.windowStart || link.to != never {
            let person = Int(link.right)
            let who =
                link.via >= 0
                ? -1
                : link.left == Int32(App.unapprovedPosition)
                    ? min(Cast.enthusiast, company.people.count - 1) : admin(person)
            add(.assignmentAdd, link.from, actor: who, subject: person, object: Int(link.left), assignment: row)
            if link.left == Int32(App.unapprovedPosition) {
                add(.consentGrant, link.from + 30, actor: person, subject: person, object: Int(link.left))
            }
            if link.to != never {
                add(.assignmentRemove, link.to, actor: who, subject: person, object: Int(link.left), assignment: row)
            }
        }
    }

    /// Those who had it signed in to it, some let it act for them, and administrators opened their console; then somebody
    /// deleted it.
    private mutating func depart(_ position: Int, _ app: App, by actor: Int) {
        for (number, row) in company.assignments.ofLeft(position).enumerated() {
            let person = Int(company.assignments.rows[row].right)
            let day = company.windowStart + Seconds(number + 3) * Calendar.day + 40_000
            add(.sso, day, actor: person, object: position, assignment: row)
            if number < 5 { add(.consentGrant, day + 60, actor: person, subject: person, object: position) }
            if number < 9 { add(.adminConsole, day + 300, actor: admin(number), object: 0) }
        }
        add(.appDelete, app.deleted, actor: actor, object: position)
    }

    private mutating func administration() {
        for (position, app) in company.apps.enumerated() {
            let maker =
                position == App.unapprovedPosition ? min(Cast.enthusiast, company.people.count - 1) : admin(position)
            add(.appCreate, app.created, actor: maker, object: position)
            if app.deleted != never { depart(position, app, by: maker) }
        }
        for (index, grant) in company.roles.enumerated() {
            guard case .person(let person) = grant.holder else { continue }
            let root = min(7, company.people.count - 1)
            add(
                grant.type == .custom ? .roleBindingAdd : .privilegeGrant, grant.from, actor: root, subject: person,
                object: index)
            guard grant.to != never else { continue }
            // Okta says "grant" for every change and "revoke" only when nothing is left.
            let left = company.roles.contains { $0.holder == grant.holder && $0.holds(at: grant.to) }
            add(left ? .privilegeGrant : .privilegeRevoke, grant.to, actor: root, subject: person, object: index)
        }
        for (index, token) in company.tokens.enumerated() {
            add(.tokenCreate, token.created, actor: token.owner, object: index)
            if token.to != never { add(.tokenRevoke, token.to, actor: token.owner, object: index) }
        }
        for position in company.people.indices {
            for factor in company.factors(of: position) where factor.created >= company.windowStart {
                add(.factorActivate, factor.created, actor: position, subject: position)
            }
            if scatter(company.seed &+ UInt64(position) &* 977) % 200 == 0,
                company.people[position].status(at: company.origin) == .active
            {
                let when =
                    company.windowStart
                    + Seconds(scatter(UInt64(position)) % UInt64(max(company.origin - company.windowStart, 1)))
                if when > company.people[position].activated + Calendar.day {
                    add(.factorReset, when, actor: admin(position), subject: position)
                }
            }
        }
    }
}

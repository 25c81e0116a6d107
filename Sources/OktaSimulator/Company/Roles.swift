/// The kinds of admin role, Okta's own and the company's. `MOBILE_ADMIN`, seen on old tenants, is left out: it is in neither
/// Okta's specification nor its SDK any more.
enum RoleType: UInt8, Sendable, CaseIterable {
    case superAdmin, orgAdmin, appAdmin, userAdmin, helpDesk, readOnly, apiAccess, report, groupMembership
    case workflows, accessCertifications, accessRequests, custom

    var text: String {
        switch self {
        case .superAdmin: "SUPER_ADMIN"
        case .orgAdmin: "ORG_ADMIN"
        case .appAdmin: "APP_ADMIN"
        case .userAdmin: "USER_ADMIN"
        case .helpDesk: "HELP_DESK_ADMIN"
        case .readOnly: "READ_ONLY_ADMIN"
        case .apiAccess: "API_ACCESS_MANAGEMENT_ADMIN"
        case .report: "REPORT_ADMIN"
        case .groupMembership: "GROUP_MEMBERSHIP_ADMIN"
        case .workflows: "WORKFLOWS_ADMIN"
        case .accessCertifications: "ACCESS_CERTIFICATIONS_ADMIN"
        case .accessRequests: "ACCESS_REQUESTS_ADMIN"
        case .custom: "CUSTOM"
        }
    }

    var label: String {
        switch self {
        case .superAdmin: "Super Administrator"
        case .orgAdmin: "Organization Administrator"
        case .appAdmin: "Application Administrator"
        case .userAdmin: "Group Administrator"
        case .helpDesk: "Help Desk Administrator"
        case .readOnly: "Read-only Administrator"
        case .apiAccess: "API Access Management Administrator"
        case .report: "Report Administrator"
        case .groupMembership: "Group Membership Administrator"
        case .workflows: "Workflows Administrator"
        case .accessCertifications: "Access Certifications Administrator"
        case .accessRequests: "Access Requests Administrator"
        case .custom: "Custom"
        }
    }

    /// Roles that can be scoped carry the base32 of their type as id: the same for every holder, as on real tenants.
    var sharedID: String? {
        switch self {
        case .appAdmin: "IFIFAX2BIRGUSTQ"
        case .userAdmin: "KVJUKUS7IFCE2SKO"
        case .helpDesk: "JBCUYUC7IRCVGS27IFCE2SKO"
        case .groupMembership: "I5JE6VKQL5GUKTKCIVJFGSCJKBPUCRCNJFHA"
        default: nil
        }
    }
}

/// A role that a person, a group or a machine's client holds.
struct RoleGrant: Sendable {
    enum Holder: Sendable, Equatable { case person(Int), group(Int), client(Int) }

    var holder: Holder
    var type: RoleType
    /// Which custom role and resource set, for `custom`.
    var custom: Int
    var from: Seconds
    var to: Seconds

    func holds(at moment: Seconds) -> Bool { from <= moment && moment < to }
}

/// A role the company composed of permissions.
struct CustomRole: Sendable {
    let label: String
    let description: String
    let permissions: [String]

    static let all = [
        CustomRole(
            label: "Directory Reader", description: "Reads people, groups, apps and who administers them",
            permissions: ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.iam.read"]),
        CustomRole(
            label: "Onboarding Desk", description: "Creates people and fills groups",
            permissions: ["okta.users.create", "okta.users.manage", "okta.groups.members.manage"]),
    ]
}

/// What a custom role may be used on.
struct ResourceSet: Sendable {
    let label: String
    let description: String
    let resources: [Resource]

    enum Resource: Sendable { case users, groups, apps }

    static let all = [
        ResourceSet(
            label: "Everything", description: "All people, groups and apps", resources: [.users, .groups, .apps]),
        ResourceSet(label: "Newcomers", description: "People and their groups", resources: [.users, .groups]),
    ]
}

extension RoleGrant {
    /// A dozen holders whatever the company's size, every kind of role, some given and taken in the window.
    static func all(_ people: [Person], _ plan: GroupPlan, _ apps: [App], windowStart: Seconds) -> [RoleGrant] {
        var grants: [RoleGrant] = []
        let old = windowStart - 400 * Calendar.day
        func day(_ number: Int) -> Seconds { windowStart + Seconds(number) * Calendar.day + 36_000 }
        func give(_ position: Int, _ type: RoleType, from: Seconds, to: Seconds = never, custom: Int = 0) {
            guard let person = people.at(position) else { return }
            grants.append(
                RoleGrant(
                    holder: .person(position), type: type, custom: custom, from: max(from, person.activated + 60),
                    to: to))
        }
        let desk = Cast.admins.lowerBound
        give(min(7, people.count - 1), .superAdmin, from: old)
        give(Cast.dormantSuperAdmin, .superAdmin, from: old)
        give(Cast.reader, .readOnly, from: old)
        give(Cast.reader, .custom, from: old + Calendar.day)
        give(Cast.leaverWithAccess, .appAdmin, from: old)
        give(Cast.weakAdmins.lowerBound, .orgAdmin, from: old)
        give(Cast.weakAdmins.upperBound, .apiAccess, from: day(40))
        give(desk, .userAdmin, from: old)
        give(desk + 1, .groupMembership, from: old)
        give(desk + 1, .custom, from: day(12), custom: 1)
        give(desk + 2, .report, from: day(20))
        give(desk + 2, .workflows, from: old)
        give(desk + 3, .superAdmin, from: old, to: day(60))
        give(desk + 3, .accessCertifications, from: old)
        give(desk + 4, .accessRequests, from: old)
        give(desk + 5, .readOnly, from: old, to: day(30))
        for (group, type) in zip(plan.adminGroups, [RoleType.orgAdmin, .helpDesk, .appAdmin]) {
            grants.append(RoleGrant(holder: .group(group), type: type, custom: 0, from: old, to: never))
        }
        if let service = apps.firstIndex(where: { $0.kind == .service }) {
            grants.append(RoleGrant(holder: .client(service), type: .readOnly, custom: 0, from: old, to: never))
            grants.append(RoleGrant(holder: .client(service), type: .custom, custom: 0, from: old, to: never))
        }
        return grants
    }
}

/// A long-lived key to the API; it can do what its maker can.
struct APIToken: Sendable {
    var name: String
    var owner: Int
    var created: Seconds
    var lastUsed: Seconds
    var to: Seconds
    /// Whether it dies of disuse after 30 days.
    var expires: Bool
    var network: StaticString

    static func all(_ people: [Person], windowStart: Seconds, origin: Seconds) -> [APIToken] {
        let day = Calendar.day
        func token(
            _ name: String, _ owner: Int, _ created: Seconds, _ used: Seconds, to: Seconds = never,
            expires: Bool = true,
            network: StaticString = "ANYWHERE"
        ) -> APIToken? {
            people.at(owner).map { _ in
                APIToken(
                    name: name, owner: owner, created: created, lastUsed: used, to: to, expires: expires,
                    network: network)
            }
        }
        let all = [
            token("Access review", Cast.reader, windowStart - 20 * day, origin - 60),
            token("Terraform", Cast.weakAdmins.lowerBound, windowStart - 300 * day, origin - 7_200, network: "ZONE"),
            token("Old provisioning script", Cast.leaverWithAccess, windowStart - 500 * day, origin - 3 * day),
            token("AD agent", Cast.admins.lowerBound, windowStart - 700 * day, origin - 300, expires: false),
            token("HR export", Cast.admins.lowerBound + 2, windowStart + 18 * day, origin - 5 * day),
            token(
                "Trial connector", Cast.admins.lowerBound + 4, windowStart + 5 * day, windowStart + 8 * day,
                to: windowStart + 44 * day),
        ]
        return all.compactMap { $0 }
    }
}

/// One group of the tenant.
struct Group: Sendable {
    enum Kind: Sendable, Equatable {
        case everyone
        case department(Int)
        case team(Int)
        case location(Int)
        case employees
        case contractors
        /// Opens an app.
        case access(app: Int)
        /// Comes from Active Directory.
        case directory(Int)
        case project
        /// Carries an admin role.
        case admins
        case empty
    }

    var name: String
    var description: String?
    var kind: Kind
    var created: Seconds
    var updated: Seconds
    var membershipUpdated: Seconds
    var deleted: Seconds = never

    var type: StaticString {
        switch kind {
        case .everyone: "BUILT_IN"
        case .directory: "APP_GROUP"
        default: "OKTA_GROUP"
        }
    }

    func exists(at moment: Seconds) -> Bool { created <= moment && moment < deleted }
}

/// A rule that fills groups from profiles.
struct GroupRule: Sendable {
    var name: String
    var expression: String
    var group: Int
    var created: Seconds
    var updated: Seconds
    var status: StaticString
}

/// How many groups of each kind a tenant of this size has, and which they are.
struct GroupPlan: Sendable {
    let teams: Teams
    private(set) var groups: [Group] = []
    private(set) var departmentGroups: [Int] = []
    private(set) var teamGroups: [Int] = []
    private(set) var locationGroups: [Int] = []
    private(set) var accessGroups: [Int] = []
    private(set) var directoryGroups: [Int] = []
    private(set) var projectGroups: [Int] = []
    private(set) var adminGroups: [Int] = []
    private(set) var employees: Int?
    private(set) var contractors: Int?

    static let everyone = 0

    static func teams(_ configuration: SimulatorConfiguration) -> Teams {
        Teams(count: max(15, configuration.groups * 3 / 10))
    }

    init(_ configuration: SimulatorConfiguration, apps: [App], windowStart: Seconds) {
        teams = Self.teams(configuration)
        let limit = max(configuration.groups, 1)
        var chance = Randomness(configuration.seed, .group)
        let founded = windowStart - 9 * 365 * Calendar.day
        func made() -> Seconds { founded + Seconds(chance.below(8 * 365)) * Calendar.day }
        func add(_ name: String, _ description: String?, _ kind: Group.Kind, _ created: Seconds) -> Int? {
            guard groups.count < limit else { return nil }
            groups.append(
                Group(
                    name: name, description: description, kind: kind, created: created,
                    updated: created + Calendar.day, membershipUpdated: created))
            return groups.count - 1
        }
        _ = add("Everyone", "All users in your organization", .everyone, founded)
        for (index, department) in Names.departments.enumerated() {
            if let group = add(
                department.name, "Everyone in \(department.name)", .department(index), founded + Calendar.day)
            {
                departmentGroups.append(group)
            }
        }
        employees = add("All Employees", "Employees on the payroll", .employees, founded + Calendar.day)
        contractors = add("Contractors", "People on contract", .contractors, founded + Calendar.day)
        for (name, what) in [
            ("Okta Administrators", "Run the tenant"), ("Service Desk", "First line of support"),
            ("Application Owners", nil),
        ] {
            if let group = add(name, what, .admins, made()) { adminGroups.append(group) }
        }
        for (index, location) in Names.locations.enumerated() where groups.count < limit * 9 / 10 {
            if let group = add("Office \(location.city)", nil, .location(index), made()) {
                locationGroups.append(group)
            }
        }
        for _ in 0..<(limit / 50) {
            _ = add("zz-retired-\(groups.count)", "Kept for the record", .empty, made())
        }
        fill(limit, apps, founded, &chance)
    }

    /// Shares what is left among teams, app access, directory and project groups.
    private mutating func fill(_ limit: Int, _ apps: [App], _ founded: Seconds, _ chance: inout Randomness) {
        let left = max(limit - groups.count, 0)
        let teamCount = min(teams.count, left * 45 / 100)
        let accessCount = left * 28 / 100
        let directoryCount = left * 12 / 100
        let assignable = apps.indices.filter { apps[$0].assignable && $0 != App.unapprovedPosition }
        func made(_ chance: inout Randomness) -> Seconds { founded + Seconds(chance.below(8 * 365)) * Calendar.day }
        func group(_ name: String, _ description: String?, _ kind: Group.Kind, _ created: Seconds) -> Group {
            Group(
                name: name, description: description, kind: kind, created: created, updated: created + 7_200,
                membershipUpdated: created)
        }
        for team in 0..<teamCount {
            let department = Names.departments[teams.departments[team]].name
            teamGroups.append(groups.count)
            let name = "\(department) Team \(teams.number(team))"
            groups.append(group(name, "A team of \(department)", .team(team), made(&chance)))
        }
        for index in 0..<accessCount where !assignable.isEmpty {
            let app = assignable[index * 7 % assignable.count]
            let level = ["Users", "Power Users", "Admins", "Viewers"][index / assignable.count % 4]
            accessGroups.append(groups.count)
            groups.append(group("App - \(apps[app].label) - \(level)", nil, .access(app: app), made(&chance)))
        }
        for index in 0..<directoryCount {
            directoryGroups.append(groups.count)
            let name = ["VPN", "FileShare", "Printer", "WiFi", "Citrix"][index % 5]
            groups.append(
                group(
                    "GG-\(name)-\(index / 5 + 1)", index % 3 == 0 ? nil : "Synchronised from AD", .directory(index),
                    made(&chance)))
        }
        while groups.count < limit {
            let index = projectGroups.count
            projectGroups.append(groups.count)
            let name = Names.projects[index % Names.projects.count]
            let phase = index >= Names.projects.count ? " \(index / Names.projects.count + 1)" : ""
            groups.append(group("Project \(name)\(phase)", "Working group", .project, made(&chance)))
        }
    }

    /// The rules behind the rule-driven groups.
    func rules() -> [GroupRule] {
        var rules: [GroupRule] = []
        func rule(_ name: String, _ expression: String, _ group: Int, _ status: StaticString = "ACTIVE") {
            let created = groups[group].created + 3_600
            rules.append(
                GroupRule(
                    name: name, expression: expression, group: group, created: created, updated: created + 60,
                    status: status))
        }
        for group in departmentGroups {
            rule("Department: \(groups[group].name)", "user.department==\"\(groups[group].name)\"", group)
        }
        if let employees { rule("Payroll", "user.userType==\"Employee\"", employees) }
        if let contractors { rule("On contract", "user.userType==\"Contractor\"", contractors) }
        for group in locationGroups {
            if case .location(let index) = groups[group].kind {
                rule("Office: \(Names.locations[index].city)", "user.city==\"\(Names.locations[index].city)\"", group)
            }
        }
        if let retired = groups.firstIndex(where: { $0.kind == .empty }) {
            rule("Old wing", "user.building==\"West\"", retired, "INACTIVE")
            rule("Broken since the reorganisation", "isMemberOfAnyGroup(\"00gdeleted\")", retired, "INVALID")
        }
        return rules
    }
}

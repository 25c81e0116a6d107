/// The eight statuses Okta knows.
enum UserStatus: UInt8, Sendable, CaseIterable {
    case staged, provisioned, active, recovery, passwordExpired, lockedOut, suspended, deprovisioned

    var text: StaticString {
        switch self {
        case .staged: "STAGED"
        case .provisioned: "PROVISIONED"
        case .active: "ACTIVE"
        case .recovery: "RECOVERY"
        case .passwordExpired: "PASSWORD_EXPIRED"
        case .lockedOut: "LOCKED_OUT"
        case .suspended: "SUSPENDED"
        case .deprovisioned: "DEPROVISIONED"
        }
    }
}

/// One account: an employee, a contractor or a machine.
struct Person: Sendable {
    enum Kind: UInt8, Sendable { case employee, contractor, service }

    var given: Int16
    var family: Int16
    /// 1 for the first of that name, 2 for the second, …: logins are unique.
    var ordinal: UInt16
    var kind: Kind
    /// Off the ordinary course: what `status` is from `specialSince` on.
    var special: UserStatus
    var level: UInt8
    var department: Int16
    var departmentBefore: Int16
    var team: Int16
    var teamBefore: Int16
    var location: Int16
    /// The manager's position, or -1.
    var manager: Int32
    var created: Seconds
    var activated: Seconds
    var specialSince: Seconds
    /// When they changed department; `never` for most.
    var moved: Seconds
    var deactivated: Seconds
    /// The latest sign-in to Okta, 0 when there was none.
    var lastLogin: Seconds
    var passwordChanged: Seconds
    /// When the account was erased altogether.
    var deleted: Seconds
    /// What became of the account since the tenant lives, in order.
    var turns: [Turn] = []
    /// The latest change of the profile that nothing else here dates; 0 for none.
    var profileChanged: Seconds = 0

    /// A change of status.
    struct Turn: Sendable {
        let since: Seconds
        let status: UserStatus
    }

    func status(at moment: Seconds) -> UserStatus {
        if deactivated <= moment { return .deprovisioned }
        if let turn = turns.last(where: { $0.since <= moment }) { return turn.status }
        if specialSince <= moment { return special }
        return activated <= moment ? .active : .staged
    }

    func exists(at moment: Seconds) -> Bool { created <= moment && moment < deleted }

    /// Whether the account still counts as a member of `Everyone`.
    func belongs(at moment: Seconds) -> Bool {
        guard created <= moment, moment < min(deactivated, deleted) else { return false }
        return turns.isEmpty || status(at: moment) != .deprovisioned
    }

    func department(at moment: Seconds) -> Int { Int(moved <= moment ? department : departmentBefore) }

    func team(at moment: Seconds) -> Int { Int(moved <= moment ? team : teamBefore) }

    /// The latest change Okta would date: not sign-ins, not memberships.
    func updated(at moment: Seconds) -> Seconds {
        var latest = created
        for change in [activated, specialSince, moved, deactivated, profileChanged, turns.last?.since ?? 0]
        where change <= moment && change > latest { latest = change }
        return latest
    }

    var givenName: String { kind == .service ? "Service" : Names.given[Int(given)] }
    var familyName: String {
        kind == .service ? Names.projects[Int(family) % Names.projects.count] : Names.family[Int(family)]
    }
    var displayName: String { givenName + " " + familyName }

    var login: String {
        if kind == .service {
            return "svc-\(Names.projects[Int(family) % Names.projects.count].lowercased())-\(ordinal)@acme.example"
        }
        let suffix = ordinal > 1 ? String(ordinal) : ""
        return "\(Names.givenFolded[Int(given)]).\(Names.familyFolded[Int(family)])\(suffix)@acme.example"
    }
}

/// Positions that the stories are about. They exist from 30 people on.
enum Cast {
    static let chief = 0
    static let heads = 1...15
    static let dormantSuperAdmin = 16
    /// Owns the token that is handed to whoever reads the tenant.
    static let reader = 17
    static let statuses = 18...23
    static let leaverWithAccess = 24
    static let formerColleague = 25
    static let weakAdmins = 26...27
    static let admins = 28...33
    /// Leads the spread of the unapproved app.
    static let enthusiast = 34
    static let end = 35
}

/// Hires people one after another; the same seed hires the same people whatever the date is.
struct Hiring: Sendable {
    let seed: UInt64
    let origin: Seconds
    let windowStart: Seconds
    let teams: Teams
    private var nameCounts: [UInt16]
    private var leads: [Int32]
    private(set) var people: [Person] = []

    init(_ configuration: SimulatorConfiguration, origin: Seconds, windowStart: Seconds, teams: Teams) {
        seed = configuration.seed
        self.origin = origin
        self.windowStart = windowStart
        self.teams = teams
        nameCounts = Array(repeating: 0, count: Names.given.count * Names.family.count + 1)
        leads = Array(repeating: -1, count: teams.count)
        people.reserveCapacity(configuration.people)
        for position in 0..<configuration.people { people.append(hire(position)) }
    }

    /// The next account, as of the window's past.
    private mutating func hire(_ position: Int) -> Person {
        var chance = Randomness(seed, .person, position)
        var person = account(position, &chance)
        let long = windowStart - person.created
        person.activated = person.created + Seconds(chance.within(60...Int(Calendar.day)))
        person.passwordChanged = person.activated + Seconds(chance.below(max(Int(long), 1)) / 2)
        fate(of: &person, position, &chance)
        place(&person, position)
        return person
    }

    /// A newcomer while the tenant lives.
    mutating func join(at moment: Seconds) -> Person {
        let position = people.count
        var chance = Randomness(seed, .person, position)
        var person = account(position, &chance)
        person.created = moment
        person.activated = moment + 60
        person.passwordChanged = moment + 60
        person.departmentBefore = person.department
        person.teamBefore = person.team
        place(&person, position)
        people.append(person)
        return person
    }

    private mutating func account(_ position: Int, _ chance: inout Randomness) -> Person {
        let given = chance.below(Names.given.count)
        let family = chance.below(Names.family.count)
        var kind = Person.Kind.employee
        if position == Cast.reader || position >= Cast.end && chance.chance(0.012) {
            kind = .service
        } else if position >= Cast.end && chance.chance(0.12) {
            kind = .contractor
        }
        let slot = kind == .service ? nameCounts.count - 1 : given * Names.family.count + family
        nameCounts[slot] += 1
        var department = draw(&chance)
        if Cast.heads.contains(position) { department = position - 1 }
        if position == Cast.chief { department = 9 }
        if kind == .service || (Cast.dormantSuperAdmin...Cast.admins.upperBound).contains(position) { department = 6 }
        let tenure = chance.unit()
        // Those the stories are about have been here for years.
        let isOld = Cast.heads.contains(position) || position == Cast.chief
        let years = isOld ? 8.5 : position < Cast.end ? 2 + 6 * tenure : 8 * tenure * tenure
        let created = windowStart - Seconds(years * 365 * 86_400) - Seconds(chance.within(3_600...200_000))
        let team = teams.pick(department, &chance)
        return Person(
            given: Int16(given), family: Int16(family), ordinal: nameCounts[slot], kind: kind, special: .active,
            level: UInt8(chance.below(10)), department: Int16(department), departmentBefore: Int16(department),
            team: Int16(team), teamBefore: Int16(team), location: Int16(location(&chance)), manager: -1,
            created: created,
            activated: created, specialSince: never, moved: never, deactivated: never, lastLogin: 0,
            passwordChanged: created, deleted: never)
    }

    private func draw(_ chance: inout Randomness) -> Int {
        var share = chance.below(100)
        for (index, department) in Names.departments.enumerated() {
            share -= department.share
            if share < 0 { return index }
        }
        return 0
    }

    private func location(_ chance: inout Randomness) -> Int {
        // The first offices are the largest.
        min(chance.below(Names.locations.count), chance.below(Names.locations.count))
    }

    /// Joins, moves, leaves, or ends up in one of the odd statuses.
    private func fate(of person: inout Person, _ position: Int, _ chance: inout Randomness) {
        let window = origin - windowStart
        let when = windowStart + Seconds(chance.below(max(Int(window) - 7_200, 1))) + 3_600
        let draw = chance.unit()
        if Cast.statuses.contains(position) {
            return mark(
                &person, [.staged, .provisioned, .recovery, .passwordExpired, .lockedOut, .suspended][position - 18],
                when)
        }
        if position == Cast.leaverWithAccess { return person.deactivated = windowStart + window / 2 }
        if position == Cast.formerColleague { return person.deactivated = leftBefore(person, &chance) }
        guard position >= Cast.end else { return }
        switch draw {
        case ..<0.025: joined(&person, at: when)
        case ..<0.05: person.deactivated = when
        case ..<0.09: person.deactivated = leftBefore(person, &chance)
        case ..<0.11 where person.kind == .employee: move(&person, at: when, &chance)
        case ..<0.118: mark(&person, .staged, when)
        case ..<0.128: mark(&person, .provisioned, when)
        case ..<0.132: mark(&person, .recovery, when)
        case ..<0.142: mark(&person, .passwordExpired, when)
        case ..<0.149: mark(&person, .lockedOut, when)
        case ..<0.160: mark(&person, .suspended, when)
        default: break
        }
    }

    private func joined(_ person: inout Person, at moment: Seconds) {
        person.created = moment
        person.activated = moment + 900
        person.passwordChanged = moment + 1_200
    }

    private func leftBefore(_ person: Person, _ chance: inout Randomness) -> Seconds {
        let tenure = max(Int(windowStart - person.activated) - 86_400, 1)
        return person.activated + Seconds(chance.within(tenure / 2...tenure))
    }

    private func move(_ person: inout Person, at moment: Seconds, _ chance: inout Randomness) {
        let department = draw(&chance)
        guard department != Int(person.department) else { return }
        person.moved = moment
        person.department = Int16(department)
        person.team = Int16(teams.pick(department, &chance))
    }

    private func mark(_ person: inout Person, _ status: UserStatus, _ moment: Seconds) {
        if status == .staged || status == .provisioned {
            // Nobody has signed in yet: the account is young.
            person.created = moment - 1_800
            person.activated = status == .staged ? never : moment
            person.passwordChanged = 0
            person.specialSince = status == .staged ? never : moment
        } else {
            person.specialSince = moment
        }
        person.special = status
    }

    /// Finds the manager: the team's lead, the department's head, the chief.
    private mutating func place(_ person: inout Person, _ position: Int) {
        if position == Cast.chief { return }
        if Cast.heads.contains(position) { return person.manager = Int32(Cast.chief) }
        let team = Int(person.team)
        if leads[team] < 0, person.kind == .employee, position >= Cast.end, person.deactivated == never,
            person.special == .active, person.created < windowStart
        {
            leads[team] = Int32(position)
            person.manager = head(of: Int(person.department))
        } else {
            person.manager = leads[team] >= 0 ? leads[team] : head(of: Int(person.department))
        }
    }

    private func head(of department: Int) -> Int32 {
        people.count > Cast.heads.upperBound ? Int32(department + 1) : people.isEmpty ? -1 : 0
    }
}

/// The teams of each department: more for the large ones.
struct Teams: Sendable {
    /// For each team its department.
    let departments: [Int]
    private let byDepartment: [[Int]]

    var count: Int { departments.count }

    init(count: Int) {
        var departments: [Int] = []
        var byDepartment: [[Int]] = Array(repeating: [], count: Names.departments.count)
        for (index, department) in Names.departments.enumerated() {
            let share = max(1, count * department.share / 100)
            for _ in 0..<share {
                byDepartment[index].append(departments.count)
                departments.append(index)
            }
        }
        self.departments = departments
        self.byDepartment = byDepartment
    }

    func pick(_ department: Int, _ chance: inout Randomness) -> Int { chance.pick(byDepartment[department]) }

    /// The team's number within its department, from 1.
    func number(_ team: Int) -> Int { team - (byDepartment[departments[team]].first ?? 0) + 1 }
}

/// Changes of the directory at a pace that somebody asked for, of every kind that the System Log tells.
struct Changes: Sendable {
    private let seed: UInt64
    private let origin: Int64
    private let gap: Double
    private var step = 0
    /// When the next one happens, in milliseconds since 1970.
    private(set) var due: Int64

    init(seed: UInt64, origin: Seconds, perMinute: Double) {
        self.seed = seed
        self.origin = Int64(origin) * 1_000
        gap = perMinute > 0 ? 60_000 / perMinute : .infinity
        due = .max
        due = moment()
    }

    /// One in each stretch of time, somewhere in it: neither a clock's beat nor a burst.
    private func moment() -> Int64 {
        guard gap.isFinite else { return .max }
        var chance = Randomness(seed, .change, step * 2 + 1)
        return origin + Int64((Double(step) + chance.unit()) * gap)
    }

    mutating func happen(_ company: inout Company) {
        var chance = Randomness(seed, .change, step * 2)
        company.fraction = due % 1_000
        let moment = Seconds(due / 1_000)
        // What is drawn may be impossible today: another change takes its place, so that the pace is kept.
        for _ in 0..<16 where !company.change(Self.draw(&chance), at: moment, &chance) { continue }
        company.fraction = 0
        step += 1
        due = self.moment()
    }
}

extension Changes {
    /// What may change, in the proportions of a company that is being looked after.
    enum Kind: CaseIterable {
        case joinGroup, leaveGroup, assign, unassign, updateAssignment
        case hire, stage, activate, dismiss, bringBack, erase
        case suspend, unsuspend, lock, unlock, resetPassword, expirePassword, updatePassword, invite
        case move, promote, relocate
        case grantRole, revokeRole, grantGroupRole, revokeGroupRole, createToken, revokeToken
        case createGroup, renameGroup, deleteGroup, createApp, renameApp, switchApp, deleteApp
        case giveApp, takeApp, reorderApp
        case enrolFactor, removeFactor, suspendFactor, resumeFactor, resetFactors

        fileprivate var weight: Int {
            switch self {
            case .joinGroup: 200
            case .leaveGroup, .assign: 140
            case .unassign: 100
            case .hire: 40
            case .dismiss, .move, .promote: 25
            case .grantRole, .createGroup, .renameGroup: 15
            case .deleteGroup, .revokeRole, .erase, .suspend, .unsuspend, .lock, .unlock, .updateAssignment: 12
            case .relocate, .createApp, .renameApp, .switchApp, .deleteApp, .giveApp, .takeApp, .enrolFactor: 10
            case .stage, .activate, .bringBack, .resetPassword, .expirePassword, .updatePassword, .invite: 8
            case .grantGroupRole, .revokeGroupRole, .createToken, .revokeToken, .reorderApp: 6
            case .removeFactor, .suspendFactor, .resumeFactor, .resetFactors: 5
            }
        }
    }

    private static let total = Kind.allCases.reduce(0) { $0 + $1.weight }

    fileprivate static func draw(_ chance: inout Randomness) -> Kind {
        var rest = chance.below(total)
        for kind in Kind.allCases {
            rest -= kind.weight
            if rest < 0 { return kind }
        }
        return .joinGroup
    }
}

extension Company {
    /// Makes a change and writes it to the log; false when the company has nothing that it could happen to.
    mutating func change(_ kind: Changes.Kind, at moment: Seconds, _ chance: inout Randomness) -> Bool {
        let before = events.count
        switch kind {
        case .joinGroup: joinSomeGroup(at: moment, &chance)
        case .leaveGroup: leaveSomeGroup(at: moment, &chance)
        case .assign: assignSomeone(at: moment, &chance)
        case .unassign: unassignSomeone(at: moment, &chance)
        case .updateAssignment: updateSomeAssignment(at: moment, &chance)
        case .giveApp: giveSomeApp(at: moment, &chance)
        case .takeApp: takeSomeApp(at: moment, &chance)
        case .reorderApp: reorderSomeApp(at: moment, &chance)
        case .createGroup, .renameGroup, .deleteGroup, .createApp, .renameApp, .switchApp, .deleteApp:
            changeObject(kind, at: moment, &chance)
        case .grantRole, .revokeRole, .grantGroupRole, .revokeGroupRole, .createToken, .revokeToken:
            changePrivilege(kind, at: moment, &chance)
        case .enrolFactor, .removeFactor, .suspendFactor, .resumeFactor, .resetFactors:
            changeFactors(kind, at: moment, &chance)
        case .move, .promote, .relocate: changeProfile(kind, at: moment, &chance)
        case .hire, .stage, .activate, .dismiss, .bringBack, .erase, .suspend, .unsuspend, .lock, .unlock,
            .resetPassword, .expirePassword, .updatePassword, .invite:
            changeAccount(kind, at: moment, &chance)
        }
        return events.count > before
    }

    /// Somebody no story is about and to whom the change may happen.
    func someone(_ chance: inout Randomness, where passes: (Int) -> Bool) -> Int? {
        let count = people.count - Cast.end
        guard count > 0 else { return nil }
        for _ in 0..<30 {
            let person = Cast.end + chance.below(count)
            if passes(person) { return person }
        }
        // What is rare is looked for, but not through millions.
        let start = chance.below(count)
        return (0..<min(count, 20_000)).lazy.map { Cast.end + (start + $0) % count }.first(where: passes)
    }

    func someone(_ status: UserStatus, at moment: Seconds, _ chance: inout Randomness) -> Int? {
        someone(&chance) { people[$0].exists(at: moment) && people[$0].status(at: moment) == status }
    }

    /// Who is at the console; the chief in the smallest companies.
    var administrator: Int { people.count > Cast.admins.lowerBound ? Cast.admins.lowerBound : 0 }

    func members(of group: Int, at moment: Seconds) -> [Int] {
        memberships.ofLeft(group) { $0.holds(at: moment) }.map { Int(memberships.rows[$0].right) }
    }

    /// Groups that people are put into by hand.
    func handFilledGroups(at moment: Seconds) -> [Int] {
        groups.indices.filter { index in
            guard groups[index].exists(at: moment) else { return false }
            switch groups[index].kind {
            case .project, .access: return true
            default: return false
            }
        }
    }
}

extension Array {
    func any(_ chance: inout Randomness) -> Element? { isEmpty ? nil : chance.pick(self) }
}

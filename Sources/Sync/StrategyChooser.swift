import Directory
import OktaAPI
import Storage

/// Chooses how each list is read that Okta gives in more than one way: the ways that keep the slowest rate limit busy for
/// the shortest time; where limits do not matter or are not known, those with the fewest calls. The ordinary way wins ties.
struct StrategyChooser {
    let size: TenantSize
    /// Calls a minute by bucket, where known.
    let allowed: [String: Double]
    /// Kinds of lists whose other way Okta refused lately, with what it said.
    let refused: [String: String]
    /// What may be read, as far as it is known.
    var coverage: [Resource: Coverage] = [:]

    /// The best strategy.
    func strategy() -> Strategy {
        // `min` keeps the first of equals, and the ordinary ways come first.
        Strategy.all.filter { possible($0) == $0 }.min { cost($0) < cost($1) } ?? Strategy()
    }

    /// A strategy with the ordinary way of every list that cannot be read in its other one.
    func possible(_ strategy: Strategy) -> Strategy {
        var strategy = strategy
        for one in Strategy.lists where obstacle(one.list) != nil { strategy[keyPath: one.ways] = .ordinary }
        return strategy
    }

    /// One choice for each kind of lists, with its reason.
    func choices(_ strategy: Strategy) -> [RunChoice] {
        let calls = byClass(strategy)
        return Strategy.lists.map { one in
            let isOther = strategy[keyPath: one.ways] == .other
            var swapped = strategy
            swapped[keyPath: one.ways] = isOther ? .ordinary : .other
            let own = Self.words[one.list]?[isOther ? 1 : 0] ?? ""
            let why: String
            if let obstacle = isOther ? nil : obstacle(one.list) {
                why = "\(own): \(obstacle)."
            } else {
                why = "\(own): \(comparison(of: strategy, with: swapped))."
            }
            let classes = Self.classes[one.list] ?? []
            return RunChoice(
                list: one.list, way: isOther ? one.other : one.ordinary, why: why,
                calls: classes.reduce(0) { $0 + (calls[$1] ?? 0) })
        }
    }

    /// What keeps a kind of lists from being read in the other way; nil when nothing does.
    private func obstacle(_ list: String) -> String? {
        if let said = refused[list] { return "Okta refused the other way (\(said))" }
        switch list {
        case "app_groups":
            if !size.hasAllGroups { return "there is no complete list of groups to ask by" }
            if size.groupApps.contains(where: { $0 == nil }) {
                return "Okta does not say how many apps each group gives"
            }
            return size.groupApps.allSatisfy { $0 == 0 } ? "Okta counts no apps on any group" : nil
        default:
            if size.hasAllUsers { return nil }
            let people = max(size.users ?? 0, size.everyone ?? 0)
            return people > 0
                ? "there are \(people) people or more to ask by" : "there is no complete list of people to ask by"
        }
    }

    private func cost(_ strategy: Strategy) -> Double {
        isPacedByLimits ? minutes(strategy) : Double(calls(strategy))
    }

    /// Whether limits decide how long a run takes: they are known, and the ordinary ways do not fit into one minute.
    var isPacedByLimits: Bool {
        allowed[RateBucket.apps] != nil && allowed[RateBucket.groups] != nil && minutes(Strategy()) >= 1
    }

    private func calls(_ strategy: Strategy) -> Int { byClass(strategy).values.reduce(0, +) }

    private func minutes(_ strategy: Strategy) -> Double {
        SyncPlan(calls: byClass(strategy), allowed: allowed).minutes
    }

    /// The calls of a strategy by class. Resources that may not be read cost only the calls that find out: one for a
    /// list of the whole tenant, a few where each group, app or person has one of its own.
    func byClass(_ strategy: Strategy) -> [String: Int] {
        var calls = size.calls(strategy)
        for (resource, classes) in Self.callClasses where coverage[resource]?.isRefused ?? false {
            let most = Self.wholeLists.contains(resource) ? 1 : RunState.refusalsBeforeGivingUp
            for callClass in classes { calls[callClass] = min(calls[callClass] ?? 0, most) }
        }
        return calls
    }

    private static let wholeLists: Set<Resource> = [.users, .groups, .groupRules, .apps, .apiTokens, .logs]
    private static let callClasses: [Resource: [String]] = [
        .users: ["users"], .groups: ["groups"], .memberships: ["group_users", "user_groups"], .apps: ["apps"],
        .assignments: ["app_users", "user_apps"], .appGroups: ["app_groups", "group_apps"],
        .groupRules: ["group_rules"], .roles: ["roles"], .factors: ["factors"], .apiTokens: ["api_tokens"],
        .logs: ["logs"],
    ]

    private func comparison(of chosen: Strategy, with other: Strategy) -> String {
        let (here, there) = (calls(chosen), calls(other))
        guard isPacedByLimits else {
            return here < there
                ? "\(here) calls in all instead of \(there)"
                : here == there
                    ? "\(here) calls in all, and the other way is not shorter"
                    : "\(here) calls in all; the other way is sooner"
        }
        let (short, long) = (minutes(chosen), minutes(other))
        func text(_ minutes: Double) -> String { String(Int((minutes * 10).rounded())).tenths }
        return short < long
            ? "about \(text(short)) minutes instead of \(text(long)), set by the slowest rate limit"
            : "the other way would take \(text(long)) minutes, not less than \(text(short))"
    }

    private static let words = [
        "app_groups": ["Groups of apps are read app by app", "Groups of apps are read group by group"],
        "assignments": ["Assignments are read app by app", "Assignments are read person by person"],
        "memberships": ["Memberships are read group by group", "Memberships are read person by person"],
    ]
    private static let classes = [
        "app_groups": ["app_groups", "group_apps"], "assignments": ["app_users", "user_apps"],
        "memberships": ["group_users", "user_groups"],
    ]
}

extension String {
    /// Digits that count tenths, with the point set.
    fileprivate var tenths: String {
        let padded = count < 2 ? "0" + self : self
        return padded.dropLast() + "." + padded.suffix(1)
    }
}

import Storage

/// How the lists are read that Okta gives in more than one way. Both ways of a list end with the same store.
struct Strategy: Sendable, Hashable {
    /// The groups of each app, or the apps of each group.
    var appGroups = Way.ordinary
    /// The users of each app, or the apps of each person.
    var assignments = Way.ordinary
    /// The members of each group, or the groups of each person.
    var memberships = Way.ordinary

    /// Which side a list is read from.
    enum Way: Sendable { case ordinary, other }

    /// The kinds of lists with two ways, as `RunChoice` names them, and the names of the ways.
    static var lists: [(list: String, ways: WritableKeyPath<Strategy, Way>, ordinary: String, other: String)] {
        [
            ("app_groups", \.appGroups, "app", "group"), ("assignments", \.assignments, "app", "person"),
            ("memberships", \.memberships, "group", "person"),
        ]
    }

    /// Every combination, the ordinary ways first.
    static let all: [Strategy] = {
        let every = lists.reduce([Strategy()]) { strategies, one in
            strategies
                + strategies.map { strategy in
                    var other = strategy
                    other[keyPath: one.ways] = .other
                    return other
                }
        }
        return every.sorted { $0.others < $1.others }
    }()

    /// How many lists are not read in the ordinary way.
    var others: Int { [appGroups, assignments, memberships].count { $0 == .other } }
    /// Whether people's own lists are read.
    var needsPeople: Bool { assignments == .other || memberships == .other }
}

extension Strategy {
    /// The strategy that a run's choices name.
    init(_ choices: [RunChoice]) {
        for choice in choices {
            for one in Self.lists where one.list == choice.list && one.other == choice.way {
                self[keyPath: one.ways] = .other
            }
        }
    }
}

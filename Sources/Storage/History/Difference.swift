public import Directory
public import Problems

/// What differs between two dates: for one person, one group, one app, or everybody.
public struct Difference: Sendable {
    /// Whose access is compared.
    public enum Subject: Sendable, Equatable {
        /// Everybody's.
        case tenant
        /// One person's, by key.
        case user(Int64)
        /// One group's, by key.
        case group(Int64)
        /// One app's, by key.
        case app(Int64)
    }

    /// What is compared, each a part of the answer.
    public enum Noun: String, Sendable, CaseIterable {
        /// People and their status.
        case users
        /// Who is in which group.
        case memberships
        /// Which group gives which app.
        case appGroups = "app_groups"
        /// Who has which app.
        case assignments
        /// Who holds which admin role.
        case roles
    }

    /// What became of one thing between the two dates.
    public enum Change: String, Sendable, CaseIterable {
        /// Not there at the first date, there at the second.
        case gained
        /// There at the first date, gone at the second.
        case lost
        /// There at both, another way: by another path, or with another status.
        case changed
        /// There when Muster first looked, after the first date: nobody can tell whether it is new.
        case firstSeen = "first_seen"
        /// There at both, the same way.
        case kept
    }

    /// The earlier date.
    public let from: Timestamp
    /// The later date.
    public let to: Timestamp
    /// Whose access is compared.
    public let subject: Subject
    /// The last run whose knowledge counts; nil: what is known now.
    public let throughRun: Int64?

    /// A comparison of two dates.
    ///
    /// - Parameter asOf: a moment whose belief, if it is one, both dates are told by.
    /// - Throws: `difference.dates.reversed`.
    public init(
        from: Timestamp, to: Timestamp, subject: Subject = .tenant, asOf: AsOf = .now
    ) throws(Problem) {
        guard from <= to else {
            throw Problem(
                id: "difference.dates.reversed", kind: .usage, title: "The first date lies after the second",
                explanation: "\(from.iso8601Seconds) is later than \(to.iso8601Seconds).",
                remedy: "Give the earlier date first.")
        }
        self.from = from
        self.to = to
        self.subject = subject
        if case .believed(_, let run) = asOf { throughRun = run } else { throughRun = nil }
    }

    /// The earlier date as a question.
    public var early: AsOf { asOf(from) }
    /// The later date as a question.
    public var late: AsOf { asOf(to) }

    private func asOf(_ time: Timestamp) -> AsOf {
        throughRun.map { .believed(time, throughRun: $0) } ?? .at(time)
    }

    /// The parts of the answer that the subject has.
    public var nouns: [Noun] {
        switch subject {
        case .tenant: Noun.allCases
        case .user: [.users, .memberships, .assignments, .roles]
        case .group: [.memberships, .appGroups, .roles]
        case .app: [.appGroups, .assignments]
        }
    }
}

/// How many things of one noun differ between two dates.
public struct DifferenceCounts: Sendable, Equatable {
    /// The noun.
    public let noun: Difference.Noun
    /// New at the second date.
    public var gained = 0
    /// Gone at the second date.
    public var lost = 0
    /// There at both, another way.
    public var changed = 0
    /// First seen after the first date, perhaps older.
    public var firstSeen = 0
    /// There at both, the same way.
    public var kept = 0

    /// Nothing counted yet.
    public init(noun: Difference.Noun) { self.noun = noun }

    /// How many are anything but kept.
    public var all: Int { gained + lost + changed + firstSeen }

    /// The number of one kind of change.
    public subscript(_ change: Difference.Change) -> Int {
        switch change {
        case .gained: gained
        case .lost: lost
        case .changed: changed
        case .firstSeen: firstSeen
        case .kept: kept
        }
    }

    mutating func add(_ change: Difference.Change, _ count: Int) {
        switch change {
        case .gained: gained += count
        case .lost: lost += count
        case .changed: changed += count
        case .firstSeen: firstSeen += count
        case .kept: kept += count
        }
    }
}

extension Evidence {
    /// Whether the true beginning lies before the recorded one: it was already so when somebody first looked.
    public var isLowerBound: Bool { rawValue >= Self.firstSight.rawValue }
}

extension ListDefinition {
    /// The columns of `muster diff` and of its files: one row for each thing that differs, whatever its noun.
    public static let differences = ListDefinition(
        noun: "changes",
        columns: [
            ListColumn("noun", ""), ListColumn("change", ""), ListColumn("user_id", ""), ListColumn("login", ""),
            ListColumn("app_id", ""), ListColumn("app_label", ""), ListColumn("group_id", ""),
            ListColumn("group_name", ""), ListColumn("role", ""), ListColumn("from_path", ""),
            ListColumn("to_path", ""), ListColumn("from_status", ""), ListColumn("to_status", ""),
            ListColumn("changed_at", .time, ""), ListColumn("changed_at_source", ""),
        ],
        extras: [
            ListColumn("first_name", ""), ListColumn("last_name", ""), ListColumn("from_group_id", ""),
            ListColumn("to_group_id", ""),
        ], source: .memory(searched: []) { _, _ in [] })
}

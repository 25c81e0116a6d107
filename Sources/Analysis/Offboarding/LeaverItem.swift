public import Directory
public import Storage

/// One thing of a leaver that has to be settled: what is seen of it, before anybody decides anything.
public struct LeaverItem: Sendable, Equatable {
    /// What kind of thing it is.
    public enum Kind: String, Sendable, CaseIterable, Comparable {
        case app, role, token, group, report, contract

        /// The order in which people work through them.
        public static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }

        private var rank: Int { Kind.allCases.firstIndex(of: self) ?? 0 }
    }

    /// What names it, for ever: its kind and Okta's id.
    public struct Key: Sendable, Hashable {
        /// What kind of thing it is.
        public var kind: Kind
        /// Okta's id, or what else names it.
        public var id: String
        /// Whether it is still there, by what was seen last.
        public var isPresent: Bool
        /// Since when it is there, as far as is known.
        public var since: Timestamp?

        /// A key; see the properties.
        public init(kind: Kind, id: String, isPresent: Bool = false, since: Timestamp? = nil) {
            self.kind = kind
            self.id = id
            self.isPresent = isPresent
            self.since = since
        }

        /// One thing is one thing, whether it is there or not.
        public static func == (left: Key, right: Key) -> Bool { left.kind == right.kind && left.id == right.id }

        /// As equality has it.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(kind)
            hasher.combine(id)
        }
    }

    /// What is seen of it.
    public enum Observation: Sendable, Equatable {
        /// It is still there, since then.
        case present(since: Timestamp?)
        /// It ended, as Muster knows by this evidence, in this run.
        case gone(at: Timestamp, Evidence, run: Int64?)
    }

    /// What names it.
    public let key: Key
    /// Its name.
    public let label: String
    /// More about it, in words.
    public let detail: String?
    /// What is seen.
    public let observation: Observation
    /// Whether what is seen is enough: false where somebody has to remove an account by hand, and Okta cannot tell.
    public let isProof: Bool

    /// An item; see the properties.
    public init(key: Key, label: String, detail: String?, observation: Observation, isProof: Bool) {
        self.key = key
        self.label = label
        self.detail = detail
        self.observation = observation
        self.isProof = isProof
    }

    /// Whether it is settled without anybody: seen gone, and that is proof.
    public var isSettledByItself: Bool {
        if case .gone = observation { return isProof }
        return false
    }
}

extension LeaverFacts {
    /// The checklist as the store alone makes it, in the order in which people work through it.
    public var items: [LeaverItem] {
        let apps = apps.map { app in
            LeaverItem(
                key: .init(kind: .app, id: app.id, isPresent: app.isPresent, since: app.from), label: app.label,
                detail: app.why,
                observation: app.endedAt.map { .gone(at: $0, app.endEvidence ?? .betweenSyncs, run: app.endRun) }
                    ?? .present(since: app.from), isProof: app.way == .automatic)
        }
        let reports = reports.map { report in
            LeaverItem(
                key: .init(kind: .report, id: report.id, isPresent: true), label: report.name,
                detail: report.isByName
                    ? "Their profile names this manager by name alone" : "Has the leaver as manager",
                observation: .present(since: nil), isProof: true)
        }
        return apps + Self.items(.role, roles) + Self.items(.token, tokens) + Self.items(.group, groups) + reports
            + Self.items(.contract, owned)
    }

    private static func items(_ kind: LeaverItem.Kind, _ holdings: [LeaverHolding]?) -> [LeaverItem] {
        (holdings ?? []).map { one in
            LeaverItem(
                key: .init(kind: kind, id: one.id, isPresent: one.isPresent, since: one.from), label: one.label,
                detail: one.detail,
                observation: one.endedAt.map { .gone(at: $0, one.endEvidence ?? .betweenSyncs, run: one.endRun) }
                    ?? .present(since: one.from), isProof: true)
        }
    }
}

/// The parts of a run that others wait for.
actor Milestones {
    /// What has been read far enough.
    enum Milestone: CaseIterable {
        /// Every user is written.
        case users
        /// Every group is written.
        case groups
        /// Every app is written, with the groups that give it.
        case apps
        /// The list of admins is written.
        case admins
        /// So much of the System Log is read that the rest can be estimated.
        case log
        /// The roles of each admin are written.
        case roles
        /// What the run will ask is predicted.
        case forecast
    }

    private static let counted: Set<Milestone> = [.users, .groups, .apps, .admins, .log]

    private var reached: Set<Milestone> = []
    /// Whether some will never be reached: nobody waits then.
    private(set) var isAbandoned = false
    private var waiting: [Milestone: [AsyncStream<Void>.Continuation]] = [:]

    /// Notes a milestone, and lets go who waits for it. True when with it the tenant has been counted.
    func reach(_ milestone: Milestone) -> Bool {
        let isNew = reached.insert(milestone).inserted
        for continuation in waiting.removeValue(forKey: milestone) ?? [] { continuation.finish() }
        return isNew && Self.counted.contains(milestone) && reached.isSuperset(of: Self.counted)
    }

    /// Lets everybody go: a part of the run has failed.
    func abandon() {
        isAbandoned = true
        for continuation in waiting.values.joined() { continuation.finish() }
        waiting = [:]
    }

    /// Waits for a milestone, or until that is of no use.
    func pass(_ milestone: Milestone) async {
        if isAbandoned || reached.contains(milestone) { return }
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        waiting[milestone, default: []].append(continuation)
        for await _ in stream {}
    }
}

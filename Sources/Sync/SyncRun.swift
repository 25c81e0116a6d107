import Directory
import Logging
import OktaAPI
import Problems
import Storage

/// One run of a full sync: all lists of a tenant, walked in parallel, each as far as its rate limit allows.
struct SyncRun: Sendable {
    let store: Store
    let client: OktaClient
    let context: RunContext
    let state: RunState
    let journal: CallJournal
    let clock: SyncClock
    let meter: ProgressMeter
    let planner: Planner
    /// What an earlier run makes certain; nil on a first sync, which learns the tenant's size on the way.
    let plan: SyncPlan?
    let logger: Logger
    let milestones = Milestones()

    /// How many lists of one kind are walked at once. The client bounds what is in flight; more workers only keep every
    /// bucket busy.
    private static let workers = 16
    /// How many objects may have no list in the other way, none read, before it counts as missing altogether.
    private static let goneBeforeGivingUp = 3

    /// Reads everything. Throws only what ends the whole run.
    func execute() async throws(Problem) {
        if let plan { try await expect(plan) }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await part { () async throws(Problem) in try await users() } }
                group.addTask { try await part { () async throws(Problem) in try await groupsAndApps() } }
                group.addTask { try await one(Walk(.groupRules, GroupRuleRecorder())) }
                group.addTask { try await one(Walk(.apiTokens, APITokenRecorder())) }
                group.addTask {
                    try await part { () async throws(Problem) in
                        try await systemLog()
                        try await reached(.log)
                    }
                }
                group.addTask { try await part { () async throws(Problem) in try await roles() } }
                group.addTask { try await factorsWithinBudget() }
                // One that fails does not stop the others: what they read need not be read again.
                try await group.waitForAll()
            }
        } catch {
            throw Problem.from(error)
        }
        try await refreshStatistics()
        try await adminFactors()
        try await replayLog()
        try await flush()
    }

    /// A part that others wait for: when it fails, they wait no more.
    private func part(_ work: () async throws(Problem) -> Void) async throws(Problem) {
        do throws(Problem) {
            try await work()
        } catch {
            await milestones.abandon()
            throw error
        }
    }

    private func users() async throws(Problem) {
        try await one(Walk(.users, UserRecorder()))
        try await refreshStatistics(of: ["users", "objects"])
        try await reached(.users)
    }

    private func roles() async throws(Problem) {
        try await one(Walk(.roleAssignees, RoleAssigneeRecorder()), stage: "role_assignees")
        try await reached(.admins)
        try await each("user_roles") { Walk(.roles(ofUser: $0), RoleRecorder()) }
        try await reached(.roles)
    }

    /// Notes a milestone; with the last one that counts, a first sync knows what it will ask.
    func reached(_ milestone: Milestones.Milestone) async throws(Problem) {
        if await milestones.reach(milestone), plan == nil { try await forecast() }
    }

    func one<Item, Recorder>(
        _ walk: Walk<Item, Recorder>, stage: String? = nil
    ) async throws(Problem) {
        let state = try await store.listing(stage ?? walk.listing.callClass, of: context)
        guard state.progress == .pending || state.progress == .walking else {
            if state.progress == .complete || state.progress == .held {
                self.state.noteReadable(walk.listing.resource)
            }
            return
        }
        _ = try await walk.run(from: state, in: self)
    }

    /// Walks every list of a stage that is not finished, a few at a time.
    ///
    /// - Returns: why Okta does not give the lists of another way; nil when it does, and for ordinary lists. No more of
    ///   them are then begun.
    @discardableResult
    func each<Item, Recorder>(
        _ stage: String, _ walk: @escaping @Sendable (String) -> Walk<Item, Recorder>
    ) async throws(Problem) -> Coverage? {
        let isOtherWay = walk("").isOtherWay
        let resource = walk("").listing.resource
        var ends = Ends(hasRead: try await store.hasFinishedListing(stage, of: context))
        if ends.hasRead { state.noteReadable(resource) }
        do {
            try await withThrowingTaskGroup(of: WalkEnd.self) { group in
                var running = 0
                var last: Int64 = 0
                reading: while true {
                    // The list of work comes in batches: it is never whole in memory.
                    let batch = try await store.pendingListings(stage, of: context, after: last, limit: 100)
                    guard let end = batch.last else { break }
                    last = end.state.subject
                    for next in batch {
                        // Whether Okta gives the lists of another way at all, or those it refused before, one finds out.
                        let isTrial = !ends.hasRead && (isOtherWay || state.isDoubted(resource))
                        while running >= (isTrial ? 1 : Self.workers) {
                            if let end = try await group.next() { ends.note(end) }
                            running -= 1
                        }
                        if isOtherWay, ends.refusal(after: Self.goneBeforeGivingUp) != nil { break reading }
                        group.addTask { try await walk(next.oktaID).run(from: next.state, in: self) }
                        running += 1
                    }
                }
                while let end = try await group.next() { ends.note(end) }
            }
        } catch {
            throw Problem.from(error)
        }
        return isOtherWay ? ends.refusal(after: 1) : nil
    }

    /// How the walks of a stage ended so far.
    private struct Ends {
        var hasRead: Bool
        private var gone = 0
        private var refused: Coverage?

        init(hasRead: Bool) { self.hasRead = hasRead }

        mutating func note(_ end: WalkEnd) {
            switch end {
            case .complete: hasRead = true
            case .gone: gone += 1
            case .refused(let coverage): refused = coverage
            case .unreadable: break
            }
        }

        /// Why the lists cannot be had: one was refused, or nobody has one.
        func refusal(after most: Int) -> Coverage? {
            refused ?? (!hasRead && gone >= most ? .unavailable(code: "E0000007") : nil)
        }
    }

    /// Writes in the transaction of a page the calls that fetched it; when that fails, they wait for the next.
    func record<Result: Sendable>(
        with calls: [CallRecord], _ body: @escaping @Sendable (RunWriter) throws -> Result
    ) async throws(Problem) -> Result {
        do throws(Problem) {
            return try await store.record(context, body)
        } catch {
            journal.putBack(calls)
            throw error
        }
    }

    /// Writes the calls that no page took along.
    private func flush() async throws(Problem) {
        let calls = journal.drain()
        let gauges = currentGauges()
        let now = clock.now().rawValue
        try await record(with: calls) { writer in try writer.recordCalls(calls, gauges: gauges, now: now) }
    }

    func currentGauges() -> [RateGauge] {
        let now = clock.now()
        return client.budget.buckets.map { RateGauge($0, now: now) }
    }

    /// The gauges, at most once a second: they are for people to look at.
    func gaugesIfDue() -> [RateGauge] {
        meter.gaugesAreDue(at: clock.now()) ? currentGauges() : []
    }

    func reportProgress() {
        meter.report(journal, client, now: clock.now())
    }
}

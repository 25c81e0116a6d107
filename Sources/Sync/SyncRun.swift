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
    let logger: Logger

    /// How many lists of one kind are walked at once. The client bounds what is in flight; more workers only keep every
    /// bucket busy.
    private static let workers = 16

    /// Reads everything. Throws only what ends the whole run.
    func execute() async throws(Problem) {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await users() }
                group.addTask { try await groupsAndMembers() }
                group.addTask { try await appsAndAssignments() }
                group.addTask { try await one(Walk(.groupRules, GroupRuleRecorder())) }
                group.addTask { try await one(Walk(.apiTokens, APITokenRecorder())) }
                group.addTask { try await systemLog() }
                group.addTask { try await roles() }
                try await group.waitForAll()
            }
        } catch {
            throw Problem.from(error)
        }
        try await adminFactors()
        try await flush()
    }

    private func users() async throws(Problem) {
        try await one(Walk(.users, UserRecorder()))
        await meter.reached(.users)
    }

    private func groupsAndMembers() async throws(Problem) {
        try await one(Walk(.groups, GroupRecorder()))
        await meter.reached(.groups)
        try await each("group_users") { id in
            Walk(.members(ofGroup: id), MembershipRecorder(), onGone: GroupRecorder.closeGone) { $0.userID }
        }
        try await each("group_roles") { Walk(.roles(ofGroup: $0), RoleRecorder()) }
    }

    private func appsAndAssignments() async throws(Problem) {
        try await one(Walk(.apps, AppRecorder()))
        try await each("app_groups") {
            Walk(.groups(ofApp: $0), AppGroupRecorder(), onGone: AppRecorder.closeGone)
        }
        await meter.reached(.apps)
        try await each("app_users") {
            Walk(.assignments(ofApp: $0), AssignmentRecorder(), onGone: AppRecorder.closeGone)
        }
    }

    private func roles() async throws(Problem) {
        try await one(Walk(.roleAssignees, RoleAssigneeRecorder()), stage: "role_assignees")
        await meter.reached(.admins)
        try await each("user_roles") { Walk(.roles(ofUser: $0), RoleRecorder()) }
    }

    /// Whose factors are read depends on every role and membership, so it comes last.
    private func adminFactors() async throws(Problem) {
        try await store.expectFactors(of: context)
        try await each("factors") { Walk(.factors(ofUser: $0), FactorRecorder()) }
    }

    private func one<Item, Recorder>(
        _ walk: Walk<Item, Recorder>, stage: String? = nil
    ) async throws(Problem) {
        let state = try await store.listing(stage ?? walk.listing.callClass, of: context)
        guard state.progress == .pending || state.progress == .walking else {
            if state.progress == .complete || state.progress == .held {
                await self.state.noteReadable(walk.listing.resource)
            }
            return
        }
        _ = try await walk.run(from: state, in: self)
    }

    /// Walks every list of a stage that is not finished, a few at a time.
    private func each<Item, Recorder>(
        _ stage: String, _ walk: @escaping @Sendable (String) -> Walk<Item, Recorder>
    ) async throws(Problem) {
        if try await store.hasFinishedListing(stage, of: context) {
            await state.noteReadable(walk("").listing.resource)
        }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                var running = 0
                var last: Int64 = 0
                while true {
                    // The list of work comes in batches: it is never whole in memory.
                    let batch = try await store.pendingListings(stage, of: context, after: last, limit: 100)
                    guard let end = batch.last else { break }
                    last = end.state.subject
                    for next in batch {
                        if running == Self.workers {
                            try await group.next()
                            running -= 1
                        }
                        group.addTask { _ = try await walk(next.oktaID).run(from: next.state, in: self) }
                        running += 1
                    }
                }
                try await group.waitForAll()
            }
        } catch {
            throw Problem.from(error)
        }
    }

    /// Writes the calls that no page took along.
    private func flush() async throws(Problem) {
        let calls = await journal.drain()
        let gauges = await currentGauges()
        let now = clock.now().rawValue
        try await store.record(context) { writer in try writer.recordCalls(calls, gauges: gauges, now: now) }
    }

    func currentGauges() async -> [RateGauge] {
        let now = clock.now()
        return client.budget.buckets.map { RateGauge($0, now: now) }
    }

    /// The gauges, at most once a second: they are for people to look at.
    func gaugesIfDue() async -> [RateGauge] {
        await meter.gaugesAreDue(at: clock.now()) ? await currentGauges() : []
    }

    func reportProgress() async {
        await meter.report(calls: journal.counts, budget: client.budget, now: clock.now())
    }
}

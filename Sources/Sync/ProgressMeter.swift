import Directory
import OktaAPI
import Problems
import Storage

/// Counts a run's calls against what was expected, and tells whoever watches.
///
/// On a first sync the tenant's size is learnt on the way: once users, groups and the apps with their groups are read, the
/// lists still to be walked can be counted, and the prediction is made and kept.
actor ProgressMeter {
    /// What has been read far enough to be counted.
    enum Milestone: CaseIterable { case users, groups, apps, admins }

    private let store: Store
    private let context: RunContext
    private let startedAt: Timestamp
    private let report: @Sendable (SyncProgress) -> Void
    private var plan: SyncPlan?
    private let planIsFinal: Bool
    private var milestones: Set<Milestone> = []
    private var logPages: Int?
    private var lastReport = Timestamp(rawValue: 0)
    private var lastGauges = Timestamp(rawValue: 0)

    /// - Parameter plan: what an earlier run makes certain; nil on a first sync.
    init(
        store: Store, context: RunContext, plan: SyncPlan?, startedAt: Timestamp,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) {
        self.store = store
        self.context = context
        self.plan = plan
        planIsFinal = plan != nil
        self.startedAt = startedAt
        self.report = report
    }

    /// Notes that a part of the tenant is counted; with the last part, the prediction is made.
    func reached(_ milestone: Milestone) async {
        milestones.insert(milestone)
        guard !planIsFinal, plan == nil, milestones.count == Milestone.allCases.count else { return }
        await predict()
    }

    /// Estimates the pages of the System Log from the days that the pages so far covered.
    func readLog(pages: Int, from start: Timestamp, to reached: Timestamp, of now: Timestamp) {
        let covered = Double(reached.rawValue - start.rawValue)
        let all = Double(now.rawValue - start.rawValue)
        guard covered > 0 else { return }
        logPages = Int((Double(pages) * max(1, all / covered)).rounded()) + 1
    }

    /// The System Log is read to its end.
    func finishedLog(pages: Int) { logPages = pages }

    /// Whether a second has passed since the gauges were last written.
    func gaugesAreDue(at now: Timestamp) -> Bool {
        guard now.rawValue - lastGauges.rawValue >= 1_000_000 else { return false }
        lastGauges = now
        return true
    }

    /// Tells whoever watches, at most ten times a second.
    func report(calls: [String: Int], budget: RateBudget, now: Timestamp) {
        guard now.rawValue - lastReport.rawValue >= 100_000 else { return }
        lastReport = now
        let elapsed = max(0.001, Double(now.rawValue - startedAt.rawValue) / 1_000_000)
        let done = calls.values.reduce(0, +)
        let pace = Double(done) / elapsed
        let predicted = plan?.totalCalls
        let stages = calls.keys.sorted().map { callClass in
            SyncProgress.Stage(
                callClass: callClass, done: calls[callClass] ?? 0,
                predicted: plan?.lines.first { $0.callClass == callClass }?.calls)
        }
        report(
            SyncProgress(
                phase: "reading", callsDone: done, callsPredicted: predicted, stages: stages, callsPerSecond: pace,
                secondsRemaining: predicted.map { Double(max(0, $0 - done)) / max(pace, 0.001) },
                buckets: budget.buckets.map { RateGauge($0, now: now) }))
    }

    private func predict() async {
        do throws(Problem) {
            var size = TenantSize(try await store.size(of: context.integrationID, run: context.runID))
            size.logCalls = logPages
            let plan = SyncPlan(calls: size.calls(), allowed: [:], notes: [])
            try await store.notePrediction(
                Dictionary(uniqueKeysWithValues: plan.lines.map { ($0.callClass, $0.calls) }),
                total: plan.totalCalls, of: context)
            self.plan = plan
        } catch {
            // A prediction is a courtesy: a run goes on without it.
        }
    }
}

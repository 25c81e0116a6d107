import Directory
import OktaAPI
import Storage

/// Counts a run's calls against what was expected, and tells whoever watches.
actor ProgressMeter {
    private let startedAt: Timestamp
    private let report: @Sendable (SyncProgress) -> Void
    private var plan: SyncPlan?
    /// Calls that read the System Log to its end, as far as can be told.
    private(set) var logPages: Int?
    private var lastReport = Timestamp(rawValue: 0)
    private var lastGauges = Timestamp(rawValue: 0)

    init(startedAt: Timestamp, report: @escaping @Sendable (SyncProgress) -> Void) {
        self.startedAt = startedAt
        self.report = report
    }

    /// Counts against this from now on.
    func expect(_ plan: SyncPlan) { self.plan = plan }

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
}

import Directory
import OktaAPI
import Storage
import Synchronization

/// Counts a run's calls against what was expected, and tells whoever watches.
final class ProgressMeter: Sendable {
    private struct State {
        var plan: SyncPlan?
        var logPages: Int?
        var lastReport = Timestamp(rawValue: 0)
        var lastGauges = Timestamp(rawValue: 0)
    }

    private let startedAt: Timestamp
    private let report: @Sendable (SyncProgress) -> Void
    private let state = Mutex(State())

    init(startedAt: Timestamp, report: @escaping @Sendable (SyncProgress) -> Void) {
        self.startedAt = startedAt
        self.report = report
    }

    /// Calls that read the System Log to its end, as far as can be told.
    var logPages: Int? { state.withLock { $0.logPages } }

    /// Counts against this from now on.
    func expect(_ plan: SyncPlan) { state.withLock { $0.plan = plan } }

    /// Estimates the pages of the System Log from the days that the pages so far covered.
    func readLog(pages: Int, from start: Timestamp, to reached: Timestamp, of now: Timestamp) {
        let covered = Double(reached.rawValue - start.rawValue)
        let all = Double(now.rawValue - start.rawValue)
        guard covered > 0 else { return }
        finishedLog(pages: Int((Double(pages) * max(1, all / covered)).rounded()) + 1)
    }

    /// The System Log is read to its end.
    func finishedLog(pages: Int) { state.withLock { $0.logPages = pages } }

    /// Whether a second has passed since the gauges were last written.
    func gaugesAreDue(at now: Timestamp) -> Bool {
        state.withLock { state in
            guard now.rawValue - state.lastGauges.rawValue >= 1_000_000 else { return false }
            state.lastGauges = now
            return true
        }
    }

    /// Tells whoever watches, at most ten times a second.
    func report(_ journal: CallJournal, _ client: OktaClient, now: Timestamp) {
        let due: SyncPlan?? = state.withLock { state in
            guard now.rawValue - state.lastReport.rawValue >= 100_000 else { return nil }
            state.lastReport = now
            return .some(state.plan)
        }
        guard case .some(let plan) = due else { return }
        let calls = journal.counts
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
                buckets: client.budget.buckets.map { RateGauge($0, now: now) }))
    }
}

import Directory
import Logging
import OktaAPI
public import Problems
public import Storage

extension Integrations {
    /// Reads a whole tenant into the store, going on with an interrupted run when there is one. A server that works for
    /// the tenant is asked to do it, and followed to the end.
    ///
    /// - Parameters:
    ///   - full: begins afresh even when an interrupted run could go on.
    ///   - progress: called at most ten times a second while the run is on.
    /// - Throws: only what keeps a run from beginning: `sync.running`, a locked store, a lost key.
    public func sync(
        _ integration: Integration, full: Bool = false,
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws(Problem) -> SyncOutcome {
        guard let hold = try await take(integration.id, for: .sync) else {
            return try await ask(for: integration, afresh: full, progress: progress)
        }
        let ended = await holding(hold) {
            await outcome { () async throws(Problem) in
                try await sync(integration, under: hold.lease, full: full, progress: progress)
            }
        }
        guard let result = ended.value else { throw hold.lease.lost }
        if ended.isLost, case .failure = result { throw hold.lease.lost }
        return try result.get()
    }

    /// Reads a whole tenant while this process holds its lease.
    func sync(
        _ integration: Integration, under lease: Lease, full: Bool,
        progress: @escaping @Sendable (SyncProgress) -> Void
    ) async throws(Problem) -> SyncOutcome {
        try await checkCredential(of: integration)
        let startedAt = clock.now()
        let (context, _) = try await store.beginRun(
            of: integration.id, kind: "full", resume: !full, now: startedAt, closureShare: configuration.closureShare,
            under: lease)
        let journal = CallJournal(runID: context.runID)
        let state = RunState(
            doubted: Set(try await store.coverage(of: integration.id).filter(\.isRefused).map(\.resource)))
        let result = await outcome { () async throws(Problem) in
            let client = try await client(of: integration, ledger: journal)
            try await withShutdown(of: client) { () async throws(Problem) in
                let plan = try await planner.plan(
                    integration, client: client, now: startedAt, kept: try await store.choices(of: context))
                try await SyncRun(
                    store: store, client: client, context: context, state: state, journal: journal,
                    clock: clock, meter: ProgressMeter(startedAt: startedAt, report: progress), planner: planner,
                    plan: plan, logger: logger
                ).execute()
            }
        }
        let outcome = try await uncancelled { () async throws(Problem) in
            try await finish(integration, context, state, journal, result)
        }
        if outcome.run.status.isFinished { await workOut(outcome.run.id) }
        return outcome
    }

    /// The run is done whatever comes of this: the next one tries again.
    private func workOut(_ run: Int64) async {
        do throws(Problem) {
            try await configuration.afterSync?(store, clock.now())
        } catch {
            logger.warning(
                "use was not counted", metadata: ["run": "\(run)", "problem": "\(error.id)"])
        }
    }

    /// A run that has no credential to begin with is no run; the tenant's page says what is wrong with it.
    private func checkCredential(of integration: Integration) async throws(Problem) {
        do throws(Problem) {
            _ = try await credential(of: integration)
        } catch {
            if integration.disconnectedAt == nil {
                try await store.noteHealth(of: integration.id, answeredAt: nil, problem: RecordedProblem(error))
            }
            throw error
        }
    }

    private func finish(
        _ integration: Integration, _ context: RunContext, _ state: RunState, _ journal: CallJournal,
        _ result: Result<Void, Problem>
    ) async throws(Problem) -> SyncOutcome {
        let now = clock.now()
        let calls = journal.drain()
        var fatal: Problem?
        if case .failure(let problem) = result { fatal = problem }
        let coverage = try await coverage(of: integration, in: state)
        let held = try await store.run(context.runID)?.held ?? 0
        let stopped = state.problem
        let refused = state.refusedAmongReadable
        let status = Self.status(fatal: fatal, coverage: coverage, stopped: stopped, refused: refused, held: held)
        let shown = fatal ?? stopped ?? (refused > 0 ? Self.someRefused(refused) : nil)
        try await store.record(context) { writer in try writer.recordCalls(calls, gauges: [], now: now.rawValue) }
        // What the log told before the run began, the run has read.
        if status.isFinished {
            try await store.tellPassed(context)
            try await store.keepDepartments(of: context)
        }
        try await store.endRun(
            context, status: status, coverage: coverage, problem: shown.map(RecordedProblem.init), now: now)
        try await store.noteHealth(
            of: integration.id, answeredAt: journal.answeredAt, problem: fatal.map(RecordedProblem.init))
        if fatal == nil {
            try await store.noteCoverage(coverage.filter { $0.value != .notTried }, of: integration.id, now: now)
        }
        log(status, context, fatal)
        guard let run = try await store.run(context.runID) else {
            throw Problem(
                id: "sync.run.lost", kind: .defect, title: "The record of the run is gone",
                remedy: "Run the sync again.")
        }
        return SyncOutcome(run: run, problem: fatal)
    }

    /// What the run could read. What it had no reason to try is as the last check found it, if that was refused.
    private func coverage(
        of integration: Integration, in state: RunState
    ) async throws(Problem) -> [Resource: Coverage] {
        var coverage = state.coverage
        for known in try await store.coverage(of: integration.id)
        where known.isRefused && coverage[known.resource] == .notTried { coverage[known.resource] = known.coverage }
        return coverage
    }

    private static func status(
        fatal: Problem?, coverage: [Resource: Coverage], stopped: Problem?, refused: Int, held: Int
    ) -> RunStatus {
        if let fatal {
            switch OktaOutcome(fatal) {
            case .refused: return .failed
            default: return .interrupted
            }
        }
        if held > 0 { return .held }
        let unreadable = coverage.values.contains(where: \.isRefused)
        return unreadable || stopped != nil || refused > 0 ? .partial : .complete
    }

    private static func someRefused(_ count: Int) -> Problem {
        Problem(
            id: "sync.lists.refused", kind: .permission,
            title: count == 1 ? "One list was refused by Okta" : "\(count) lists were refused by Okta",
            explanation: "Okta refuses the members of groups that carry an admin role to most admins.",
            remedy:
                "Give Muster's admin a custom role with the permission “View roles, resources, and admin assignments”.")
    }

    private func log(_ status: RunStatus, _ context: RunContext, _ fatal: Problem?) {
        var metadata: Logger.Metadata = ["run": "\(context.runID)", "status": "\(status.rawValue)"]
        if let fatal {
            metadata["problem"] = "\(fatal.id)"
            for (key, value) in fatal.context { metadata["problem.\(key)"] = "\(value)" }
        }
        logger.log(level: fatal == nil ? .info : .warning, "sync ended", metadata: metadata)
    }
}

/// Runs work to its end even when the task that waits for it is cancelled: what is known must be written down.
func uncancelled<Value: Sendable>(
    _ work: @escaping @Sendable () async throws(Problem) -> Value
) async throws(Problem) -> Value {
    let task = Task { () async -> Result<Value, Problem> in await outcome(work) }
    return try await task.value.get()
}

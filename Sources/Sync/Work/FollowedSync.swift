import Directory
import Problems
import Storage

extension Integrations {
    /// Asks the server that works for a tenant for a sync, and follows it to its end.
    ///
    /// - Throws: `sync.running` when nobody who takes requests has the tenant, or a run is on already.
    func ask(
        for integration: Integration, afresh: Bool, progress: @escaping @Sendable (SyncProgress) -> Void
    ) async throws(Problem) -> SyncOutcome {
        let before = try await store.latestRun(of: integration.id)
        let holder = try await store.leaseHolder(of: integration.id)
        guard holder?.purpose == .work, before?.status != .running else { throw await busy(integration) }
        try await store.requestSync(of: integration.id, afresh: afresh, now: clock.now())
        do {
            while true {
                try await Task.sleep(for: .milliseconds(300))
                if let outcome = try await look(at: integration, since: before, progress) { return outcome }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            try await withdraw(integration)
            throw Problem(
                id: "sync.follow.stopped", kind: .resumable, title: "Muster no longer waits for the sync",
                explanation: "A server does it; if it has begun, it goes on.",
                remedy: "`muster integrations` shows how far it is.")
        }
    }

    /// How the sync that was asked for stands; nil while it waits or is on.
    private func look(
        at integration: Integration, since before: RunRecord?, _ progress: @escaping @Sendable (SyncProgress) -> Void
    ) async throws(Problem) -> SyncOutcome? {
        let isWaiting = try await store.syncRequest(of: integration.id) != nil
        let run = try await store.latestRun(of: integration.id)
        let hasBegun = run.map { $0.id != before?.id || $0.attempts != before?.attempts } ?? false
        if let run, hasBegun, run.status != .running { return SyncOutcome(run: run, problem: run.told) }
        if let run, hasBegun { progress(SyncProgress(run, now: clock.now())) }
        if !isWaiting, !hasBegun {
            // It could not begin: the reason is on the integration.
            let problem = try await store.integration(named: integration.name).problem
            if let problem { throw problem.told(.resumable) }
            throw await busy(integration)
        }
        if try await store.leaseHolder(of: integration.id) == nil, isWaiting {
            // Nobody is left who would do it.
            try await withdraw(integration)
            return try await sync(integration, progress: progress)
        }
        return nil
    }

    private func withdraw(_ integration: Integration) async throws(Problem) {
        let store = store
        try await uncancelled { () async throws(Problem) in
            try await store.withdrawSyncRequest(of: integration.id)
        }
    }
}

extension RunRecord {
    /// What ended it early, as whoever ran it would have told.
    fileprivate var told: Problem? {
        switch status {
        case .interrupted: problem?.told(.resumable)
        case .failed: problem?.told(.permission)
        case .running, .complete, .partial, .held: nil
        }
    }
}

extension RecordedProblem {
    fileprivate func told(_ kind: Problem.Kind) -> Problem {
        Problem(id: id, kind: kind, title: title, remedy: remedy)
    }
}

extension SyncProgress {
    /// How far a run of another process is, by what it has written.
    init(_ run: RunRecord, now: Timestamp) {
        let elapsed = max(1, Double(now.rawValue - run.startedAt.rawValue) / 1_000_000)
        let pace = Double(run.totalCalls) / elapsed
        self.init(
            phase: "reading", callsDone: run.totalCalls, callsPredicted: run.predictedCalls,
            stages: run.calls.filter { $0.calls > 0 }.map {
                Stage(callClass: $0.callClass, done: $0.calls, predicted: $0.predicted)
            },
            callsPerSecond: pace,
            secondsRemaining: run.predictedCalls.map { Double(max(0, $0 - run.totalCalls)) / max(pace, 0.001) },
            buckets: [])
    }
}

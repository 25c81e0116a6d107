import Directory
import Logging
import Problems
import Storage

/// Everything that a process does for one tenant while it holds its lease: one structured task, which ends as a whole.
struct TenantWork: Sendable {
    /// Of the tenant's workspace.
    let integrations: Integrations
    let lease: Lease
    let due: DueTime?
    /// How often the System Log is asked for.
    let pace: LogTail.Pace
    /// Each asks for a look of the tail at once.
    let bell: AsyncStream<Void>
    let scheduler: SyncScheduler
    /// Each says that it is time to look at the tenant; their end, that it shall be let go.
    let looks: AsyncStream<Void>

    private var tenant: TenantID { lease.tenant }
    private var store: Store { integrations.store }

    /// Works until cancelled, the tenant shall be let go, or it is disconnected.
    func work() async {
        await withTaskGroup(of: Void.self) { group in
            let (turns, turn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            turn.yield()
            group.addTask { for await _ in looks { turn.yield() } }
            group.addTask { await fullRuns(turns) }
            group.addTask { await follow() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Follows the System Log between full syncs.
    private func follow() async {
        while !Task.isCancelled {
            guard let all = try? await store.integrations() else {
                // A database that is away comes back.
                try? await Task.sleep(for: .seconds(2))
                continue
            }
            // Without it, the other child finds out why, and ends the work.
            guard let integration = all.first(where: { $0.id == tenant.integrationID }) else {
                return await untilCancelled()
            }
            return await LogTail(integration, integrations, pace: pace, lease: lease).run(bell: bell)
        }
    }

    /// What one holder of a lease remembers between two looks.
    private struct Memory {
        /// When a sync that was due could not begin.
        var couldNotBegin: Timestamp?
        /// When a token that nobody uses was last used to keep it alive.
        var keptAlive: Timestamp?
    }

    private static let pauseAfterThat: Int64 = 600
    /// Okta ends a token after 30 days without use.
    private static let daysLeftToAct = 9

    /// Syncs the tenant whenever it is due or somebody asks.
    private func fullRuns(_ turns: AsyncStream<Void>) async {
        var memory = Memory()
        for await _ in turns {
            do throws(Problem) {
                guard try await look(&memory) else { return }
            } catch {
                if error.id == lease.lost.id || Task.isCancelled { return }
                log(.warning, "cannot look whether a sync is due", error)
            }
        }
    }

    /// Does what is due now; false when there is nothing more to do for this tenant.
    private func look(_ memory: inout Memory) async throws(Problem) -> Bool {
        let all = try await store.integrations()
        guard let integration = all.first(where: { $0.id == tenant.integrationID && $0.disconnectedAt == nil }) else {
            return false
        }
        if let request = try await store.syncRequest(of: integration.id) {
            try await sync(integration, afresh: request.isAfresh, &memory)
            return true
        }
        guard let due else { return true }
        let now = integrations.clock.now()
        guard let time = due.of(integration, after: try await store.latestRun(of: integration.id), now: now) else {
            await keepAlive(integration, &memory)
            return true
        }
        let isPausing = memory.couldNotBegin.map { now.seconds - $0.seconds < Self.pauseAfterThat } ?? false
        if time <= now, !isPausing { try await sync(integration, afresh: false, &memory) }
        return true
    }

    private func sync(_ integration: Integration, afresh: Bool, _ memory: inout Memory) async throws(Problem) {
        guard await scheduler.begin(tenant) else { return }
        let (updates, update) = AsyncStream<SyncProgress>.makeStream(bufferingPolicy: .bufferingNewest(1))
        async let listening: Void = scheduler.listen(to: updates, of: tenant)
        let result = await outcome { () async throws(Problem) in
            try await integrations.sync(integration, under: lease, full: afresh) { update.yield($0) }
        }
        update.finish()
        await listening
        await scheduler.end(tenant)
        switch result {
        case .success: memory.couldNotBegin = nil
        case .failure(let problem):
            if problem.id == lease.lost.id { throw problem }
            log(.warning, "sync did not begin, or its end could not be written", problem)
            // A database that is away comes back: the next look tries again.
            if problem.kind == .resumable || problem.kind == .unreachable { return }
            memory.couldNotBegin = integrations.clock.now()
            // What cannot be done is not asked for any more.
            try await store.withdrawSyncRequest(of: integration.id)
        }
    }

    /// Uses a token that no sync uses, before Okta ends it; tries once a day.
    private func keepAlive(_ integration: Integration, _ memory: inout Memory) async {
        let now = integrations.clock.now()
        guard let days = integration.tokenDaysLeft(at: now), days <= Self.daysLeftToAct,
            memory.keptAlive.map({ now.seconds - $0.seconds >= 86_400 }) ?? true
        else { return }
        memory.keptAlive = now
        do {
            _ = try await integrations.recheck(integration)
        } catch {
            log(.warning, "cannot keep an API token alive", error)
        }
    }

    private func log(_ level: Logger.Level, _ text: Logger.Message, _ problem: Problem) {
        integrations.logger.log(
            level: level, text,
            metadata: [
                "workspace": "\(tenant.workspaceID)", "integration": "\(tenant.integrationID)",
                "problem": "\(problem.id)",
            ])
    }
}

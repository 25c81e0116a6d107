import DatabaseEngine
public import Directory
public import Logging
public import Problems
public import Storage

/// Works for the tenants of all workspaces, or asks those who do: what the server runs and the pages talk to.
///
/// A process takes the lease of each tenant that nobody works for, up to its fair share, and does everything for it while
/// it holds the lease (`TenantWork`). One that only shows pages leaves requests in the database.
public actor SyncScheduler {
    /// How much one process takes on.
    public struct Limits: Sendable {
        /// Tenants it works for at once.
        public var tenants = 100
        /// Full syncs that are on at once.
        public var runs = 8

        /// A hundred tenants and eight syncs, unless told otherwise.
        public init() {}
    }

    /// A tenant that this process works for.
    private struct Held {
        let since: ContinuousClock.Instant
        var lookedAt: ContinuousClock.Instant
        let look: AsyncStream<Void>.Continuation
    }

    private let integrations: Integrations
    private let store: Store
    private let due: DueTime?
    private let works: Bool
    private let limits: Limits
    private let pace: LogTail.Pace
    private let bells: TailBells
    private let logger: Logger
    private var held: [TenantID: Held] = [:]
    private var running: Set<TenantID> = []
    private var latest: [TenantID: SyncProgress] = [:]
    private var wake: AsyncStream<Void>.Continuation?
    private var workerLock: FileLock?
    private var hasSaidStandby = false
    /// Whether the last look failed: that is said once.
    private var isBlind = false
    private var workers = 1
    private var notedAt: ContinuousClock.Instant?

    /// Between two looks for tenants, requests and departures.
    private static let lookInterval = Duration.seconds(2)
    /// Between two looks whether a tenant is due.
    private static let dueInterval = Duration.seconds(15)
    /// How long a tenant is worked for at least when others wait for their turn.
    private static let shortestTurn = Duration.seconds(60)

    /// - Parameters:
    ///   - store: the workspace of the pages; the work is for all workspaces of its database.
    ///   - interval: the time between two full syncs of a tenant without a schedule of its own; zero starts none but the
    ///     first; nil starts none at all.
    ///   - works: false only asks other processes.
    ///   - tailSeconds: how often each System Log is asked for while nothing happens, twice as often while changes come
    ///     in; 0 never asks: only what Event Hooks tell of is read again.
    ///   - bells: what wakes the tails of this process.
    public init(
        integrations: Integrations, store: Store, interval: Duration?, works: Bool = true, tailSeconds: Int = 0,
        bells: TailBells = TailBells(), limits: Limits = Limits(), logger: Logger
    ) {
        self.integrations = integrations
        self.store = store
        due = interval.map { DueTime(usualSeconds: $0.components.seconds) }
        self.works = works
        self.limits = limits
        self.bells = bells
        pace = LogTail.Pace(everySeconds: tailSeconds)
        self.logger = logger
    }

    // MARK: what pages ask

    /// How far the run of an integration is that is on, here or in another process.
    public func progress(of integrationID: Int64) async -> SyncProgress? {
        if let own = latest[id(integrationID)] { return own }
        guard let run = try? await store.latestRun(of: integrationID), run.status == .running else { return nil }
        return SyncProgress(run, now: SyncClock.wall.now())
    }

    /// Whether a run of an integration is on or waits to begin, here or in another process.
    public func isBusy(_ integrationID: Int64) async -> Bool {
        if running.contains(id(integrationID)) { return true }
        if (try? await store.syncRequest(of: integrationID)) != nil { return true }
        guard held[id(integrationID)] == nil, (try? await store.latestRun(of: integrationID))?.status == .running else {
            return false
        }
        return (try? await store.leaseHolder(of: integrationID)) != nil
    }

    /// Whether this process or another one works for a tenant, or will within seconds.
    public func isAttended(_ integrationID: Int64) async -> Bool {
        if works { return true }
        return (try? await store.leaseHolder(of: integrationID)) != nil
    }

    /// When a tenant is synced next without anybody asking; nil when it is not, or when nobody works for it.
    public func next(_ integration: Integration, after run: RunRecord?, now: Timestamp) async -> Timestamp? {
        guard await isAttended(integration.id) else { return nil }
        return due?.of(integration, after: run, now: now)
    }

    /// Asks for a sync as soon as possible. Does nothing while one is on.
    public func request(_ integrationID: Int64) async throws(Problem) {
        if await isBusy(integrationID) { return }
        try await store.requestSync(of: integrationID, now: SyncClock.wall.now())
        held[id(integrationID)]?.look.yield()
        wake?.yield()
    }

    private func id(_ integrationID: Int64) -> TenantID {
        TenantID(workspaceID: store.workspaceID, integrationID: integrationID)
    }

    // MARK: what the work for a tenant tells

    /// Whether one more run may begin now; a later look asks again.
    func begin(_ tenant: TenantID) -> Bool {
        guard running.count < limits.runs else { return false }
        running.insert(tenant)
        return true
    }

    func listen(to updates: AsyncStream<SyncProgress>, of tenant: TenantID) async {
        for await update in updates { latest[tenant] = update }
    }

    /// A run has ended: the next one may begin.
    func end(_ tenant: TenantID) {
        running.remove(tenant)
        latest[tenant] = nil
        if running.count == limits.runs - 1 { for one in held.values { one.look.yield() } }
    }

    // MARK: the work

    /// Works until cancelled; a run that is on then stops at its next page, and another process, or the next start, goes
    /// on with it.
    public func run() async {
        let (turns, turn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        guard works else { return await untilCancelled() }
        wake = turn
        turn.yield()
        await withDiscardingTaskGroup { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.lookInterval)) != nil { turn.yield() }
                turn.finish()
            }
            if store.engine.dialect == .postgresql { group.addTask { await self.endFrozenWriters() } }
            for await _ in turns {
                do throws(Problem) {
                    for work in try await look() { group.addTask { await self.work(work) } }
                    isBlind = false
                } catch {
                    if !isBlind { logger.warning("cannot look for tenants", metadata: ["problem": "\(error.id)"]) }
                    isBlind = true
                }
            }
            group.cancelAll()
        }
        workerLock = nil
        if store.engine.dialect != .sqlite { try? await store.engine.forgetWorker(LeaseOwner.process) }
    }

    /// A worker that froze while it wrote keeps its lease's row: nobody waits for that, so somebody has to look.
    private nonisolated func endFrozenWriters() async {
        while (try? await Task.sleep(for: Self.dueInterval)) != nil { _ = try? await store.engine.endFrozenWriters() }
    }

    /// A tenant just taken.
    private struct Taken: Sendable {
        let hold: TenantHold
        let looks: AsyncStream<Void>
    }

    private func work(_ taken: Taken) async {
        let tenant = taken.hold.lease.tenant
        let integrations = integrations.inWorkspace(tenant.workspaceID)
        let work = TenantWork(
            integrations: integrations, lease: taken.hold.lease, due: due, pace: pace, bell: bells.bell(of: tenant),
            scheduler: self, looks: taken.looks)
        _ = await integrations.holding(taken.hold) { await work.work() }
        held[tenant] = nil
        running.remove(tenant)
        wake?.yield()
    }

    /// Lets go what is disconnected or more than the fair share, looks at what is held, and takes what is free.
    private func look() async throws(Problem) -> [Taken] {
        guard try mayWork() else { return [] }
        let duties = try await store.engine.tenantDuties()
        let share = try await share(of: duties.count)
        let now = ContinuousClock.now
        let wanted = Set(duties.map(\.tenant))
        for (tenant, one) in held where !wanted.contains(tenant) { one.look.finish() }
        for duty in duties {
            guard let one = held[duty.tenant], duty.isRequested || now - one.lookedAt >= Self.dueInterval else {
                continue
            }
            held[duty.tenant]?.lookedAt = now
            one.look.yield()
        }
        let free = duties.filter { held[$0.tenant] == nil && ($0.isFree || store.engine.dialect == .sqlite) }
        makeRoom(share, othersWait: !free.isEmpty, now)
        return await take(free, upTo: share - held.count)
    }

    /// On an embedded database one process works; the others show pages and ask it.
    private func mayWork() throws(Problem) -> Bool {
        guard store.engine.dialect == .sqlite, workerLock == nil else { return true }
        workerLock = try FileLock(ifFree: "\(integrations.configuration.lockFolder)/worker.lock")
        if workerLock == nil, !hasSaidStandby {
            hasSaidStandby = true
            logger.notice(
                """
                another server syncs the tenants of this data folder; this one asks it, and takes over when it ends. \
                For servers side by side, use PostgreSQL
                """)
        }
        return workerLock != nil
    }

    /// How many tenants are this process's part: all, shared among the workers there are.
    private func share(of tenants: Int) async throws(Problem) -> Int {
        if store.engine.dialect == .sqlite { return limits.tenants }
        let seconds = integrations.configuration.leaseSeconds
        if notedAt.map({ ContinuousClock.now - $0 >= .seconds(seconds) / 3 }) ?? true {
            workers = try await store.engine.noteWorker(LeaseOwner.process, tenants: held.count, seconds: seconds)
            notedAt = .now
        }
        return min(limits.tenants, (tenants + workers - 1) / max(1, workers))
    }

    /// Lets a few tenants go that are idle: those beyond the share, for other workers; or, where all workers are full, those
    /// that had the longest turn.
    private func makeRoom(_ share: Int, othersWait: Bool, _ now: ContinuousClock.Instant) {
        let isFull = othersWait && held.count >= limits.tenants
        let surplus = max(held.count - share, isFull ? 1 : 0)
        guard surplus > 0 else { return }
        let idle = held.filter { !running.contains($0.key) && (!isFull || now - $0.value.since >= Self.shortestTurn) }
        for (_, one) in idle.sorted(by: { $0.value.since < $1.value.since }).prefix(min(surplus, 4)) {
            one.look.finish()
        }
    }

    private func take(_ free: [TenantDuty], upTo most: Int) async -> [Taken] {
        var taken: [Taken] = []
        // Each process begins somewhere else, so that several do not ask for the same ones.
        for duty in free.shuffled().sorted(by: { $0.isRequested && !$1.isRequested }) where taken.count < most {
            let integrations = integrations.inWorkspace(duty.tenant.workspaceID)
            let hold: TenantHold
            do throws(Problem) {
                guard let free = try await integrations.take(duty.tenant.integrationID, for: .work) else { continue }
                hold = free
            } catch {
                logger.warning("cannot take a tenant", metadata: ["problem": "\(error.id)"])
                break
            }
            let (looks, look) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            held[duty.tenant] = Held(since: .now, lookedAt: .now, look: look)
            taken.append(Taken(hold: hold, looks: looks))
            logger.debug(
                "works for a tenant",
                metadata: [
                    "workspace": "\(duty.tenant.workspaceID)", "integration": "\(duty.tenant.integrationID)",
                    "fence": "\(hold.lease.fence)",
                ])
        }
        return taken
    }
}

public import Directory
public import Logging
import Problems
public import Storage

/// Syncs every connected tenant on a schedule and on request, one run a tenant at a time, for as long as the server lives.
public actor SyncScheduler {
    private let integrations: Integrations
    private let store: Store
    private let due: DueTime?
    private let logger: Logger
    private var requested: Set<Int64> = []
    private var running: Set<Int64> = []
    private var latest: [Int64: SyncProgress] = [:]
    private var wake: AsyncStream<Void>.Continuation?
    /// When a token that nobody uses was last used to keep it alive.
    private var keptAlive: [Int64: Timestamp] = [:]
    /// When a sync that was due could not begin.
    private var couldNotBegin: [Int64: Timestamp] = [:]
    private static let pauseAfterThat: Int64 = 600
    /// Okta ends a token after 30 days without use.
    private static let daysLeftToAct = 9

    /// - Parameter interval: the time between two syncs of a tenant without a schedule of its own; zero starts none but the first; nil starts none at all.
    public init(integrations: Integrations, store: Store, interval: Duration?, logger: Logger) {
        self.integrations = integrations
        self.store = store
        due = interval.map { DueTime(usualSeconds: $0.components.seconds) }
        self.logger = logger
    }

    /// How far the runs that are on are, by integration.
    public var progress: [Int64: SyncProgress] { latest }

    /// Whether a run of an integration is on or waits to begin.
    public func isBusy(_ integrationID: Int64) -> Bool {
        running.contains(integrationID) || requested.contains(integrationID)
    }

    /// When a tenant is synced next without anybody asking; nil when it is not, or not by this process.
    public func next(_ integration: Integration, after run: RunRecord?, now: Timestamp) -> Timestamp? {
        due?.of(integration, after: run, now: now)
    }

    /// Asks for a sync as soon as possible. Does nothing while one is on.
    public func request(_ integrationID: Int64) {
        guard !running.contains(integrationID) else { return }
        requested.insert(integrationID)
        wake?.yield()
    }

    /// Works until cancelled; a run that is on then stops at its next page and goes on at the next start.
    public func run() async {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        wake = continuation
        if !requested.isEmpty { continuation.yield() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [due] in
                // Looks four times a minute whether a tenant is due.
                while !Task.isCancelled {
                    if let due { await self.requestDue(due) }
                    try? await Task.sleep(for: .seconds(15))
                }
                continuation.finish()
            }
            for await _ in stream {
                for id in takeRequests() { group.addTask { await self.sync(id) } }
            }
            group.cancelAll()
        }
    }

    private func takeRequests() -> [Int64] {
        let ids = requested.subtracting(running).sorted()
        requested.subtract(ids)
        running.formUnion(ids)
        return ids
    }

    private func requestDue(_ due: DueTime) async {
        do {
            let now = SyncClock.wall.now()
            for integration in try await store.integrations() {
                let run = try await store.latestRun(of: integration.id)
                if let time = due.of(integration, after: run, now: now) {
                    let pause = now.seconds - (couldNotBegin[integration.id]?.seconds ?? 0) < Self.pauseAfterThat
                    if time <= now, !pause { request(integration.id) }
                } else {
                    await keepAlive(integration, now: now)
                }
            }
        } catch {
            logger.warning("cannot look for due syncs", metadata: ["error": "\(error)"])
        }
    }

    /// Uses a token that no sync uses, before Okta ends it; tries once a day.
    private func keepAlive(_ integration: Integration, now: Timestamp) async {
        guard integration.disconnectedAt == nil, let days = integration.tokenDaysLeft(at: now),
            days <= Self.daysLeftToAct, now.seconds - (keptAlive[integration.id]?.seconds ?? 0) >= 86_400
        else { return }
        keptAlive[integration.id] = now
        do {
            _ = try await integrations.recheck(integration)
        } catch {
            logger.warning(
                "cannot keep an API token alive",
                metadata: ["integration": "\(integration.name)", "problem": "\(error.id)", "days left": "\(days)"])
        }
    }

    private func sync(_ id: Int64) async {
        defer {
            running.remove(id)
            latest[id] = nil
        }
        do {
            guard let integration = try await store.integrations().first(where: { $0.id == id }) else { return }
            let (updates, continuation) = AsyncStream<SyncProgress>.makeStream(bufferingPolicy: .bufferingNewest(1))
            async let listening: Void = listen(updates, id)
            _ = try await integrations.sync(integration) { continuation.yield($0) }
            continuation.finish()
            await listening
            couldNotBegin[id] = nil
        } catch {
            couldNotBegin[id] = SyncClock.wall.now()
            logger.warning(
                "sync did not begin", metadata: ["integration": "\(id)", "problem": "\(Problem.from(error).id)"])
        }
    }

    private func listen(_ updates: AsyncStream<SyncProgress>, _ id: Int64) async {
        for await update in updates { latest[id] = update }
    }
}

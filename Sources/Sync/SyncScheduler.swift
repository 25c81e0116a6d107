import Directory
public import Logging
import OktaAPI
import Problems
public import Storage

/// Syncs every connected tenant on a schedule and on request, one run a tenant at a time, for as long as the server lives.
public actor SyncScheduler {
    private let integrations: Integrations
    private let store: Store
    private let interval: Duration
    private let logger: Logger
    private var requested: Set<Int64> = []
    private var running: Set<Int64> = []
    private var latest: [Int64: SyncProgress] = [:]
    private var wake: AsyncStream<Void>.Continuation?

    /// - Parameter interval: the time between two syncs of a tenant; nil syncs on request only.
    public init(integrations: Integrations, store: Store, interval: Duration?, logger: Logger) {
        self.integrations = integrations
        self.store = store
        self.interval = interval ?? .seconds(0)
        self.logger = logger
    }

    /// How far the runs that are on are, by integration.
    public var progress: [Int64: SyncProgress] { latest }

    /// Whether a run of an integration is on or waits to begin.
    public func isBusy(_ integrationID: Int64) -> Bool {
        running.contains(integrationID) || requested.contains(integrationID)
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
            group.addTask { [interval] in
                // Looks once a minute whether a tenant is due.
                while !Task.isCancelled {
                    if interval > .zero { await self.requestDue() }
                    try? await Task.sleep(for: .seconds(60))
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

    private func requestDue() async {
        do {
            let now = SyncClock.wall.now()
            for integration in try await store.integrations() where integration.disconnectedAt == nil {
                let last = try await store.latestRun(of: integration.id)
                let age = now.seconds - (last?.startedAt.seconds ?? 0)
                // What only an admin can mend is not tried again every minute.
                let isStuck = integration.problem?.id == OktaProblem.tokenRejected.rawValue
                let goesOn = last?.status.isResumable == true && !isStuck
                if last == nil || goesOn || age >= interval.components.seconds {
                    request(integration.id)
                }
            }
        } catch {
            logger.warning("cannot look for due syncs", metadata: ["error": "\(error)"])
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
        } catch {
            logger.warning(
                "sync did not begin", metadata: ["integration": "\(id)", "problem": "\(Problem.from(error).id)"])
        }
    }

    private func listen(_ updates: AsyncStream<SyncProgress>, _ id: Int64) async {
        for await update in updates { latest[id] = update }
    }
}

import Directory
import Logging
import OktaAPI
import Problems
import Storage

/// Follows the System Log of one tenant between full syncs: what its events touched is read again within seconds.
///
/// The log's own `next` link is the checkpoint, shared with full syncs. Events mark what they touched in the transaction
/// that writes them, and marks go in the transaction of what was read because of them: nothing is lost when it is killed.
/// While a full sync is on, only what changed since that began is read, and the log waits until the sync has read it.
actor LogTail {
    /// How often the log is asked for.
    struct Pace: Sendable {
        /// While nothing happens: 360 calls an hour, of the 3,600 that Okta grants a token.
        var idle: Duration = .seconds(10)
        /// While changes come in.
        var busy: Duration = .seconds(5)
        /// Whether the log is asked for at all.
        var asksLog = true

        /// The usual pace.
        init() {}

        /// Twice as often while changes come in. 0 never asks: what Event Hooks tell of is read again all the same.
        init(everySeconds seconds: Int) {
            asksLog = seconds > 0
            idle = .seconds(seconds > 0 ? seconds : 60)
            busy = asksLog ? .milliseconds(max(1_000, seconds * 500)) : idle
        }
    }

    let integrationID: Int64
    let integrations: Integrations
    let lease: Lease?
    let logger: Logger
    let journal = CallJournal(runID: nil)
    /// What could not be read lately.
    var postponed = PostponedMarks()
    var countedDepartments: Timestamp?
    private let pace: Pace
    private var client: OktaClient?
    /// Looks in a row that failed as a whole.
    private var outages = 0
    /// Looks in a row at which Okta refused the log alone.
    private var refusals = 0
    private var nextPoll: ContinuousClock.Instant = .now
    private var nextTaking: ContinuousClock.Instant = .now

    /// - Parameter lease: what lets this process work for the tenant; nothing is written once another one has it.
    init(_ integration: Integration, _ integrations: Integrations, pace: Pace, lease: Lease? = nil) {
        self.lease = lease
        integrationID = integration.id
        self.integrations = integrations
        self.pace = pace
        var logger = integrations.logger
        logger[metadataKey: "integration"] = "\(integration.name)"
        self.logger = logger
    }

    var store: Store { integrations.store }
    var clock: SyncClock { integrations.clock }

    /// Works until cancelled. Each element of `bell` asks for a look at once, without asking the log.
    func run(bell: AsyncStream<Void>) async {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        // Discarding: a pause that has ended leaves nothing behind, however many there are.
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in bell { wake.yield() } }
            group.addTask { [deliveries] in await deliveries.watch { wake.yield() } }
            wake.yield()
            for await _ in wakes {
                if Task.isCancelled { break }
                guard let pause = await look() else { continue }
                group.addTask {
                    try? await Task.sleep(for: pause)
                    wake.yield()
                }
            }
            group.cancelAll()
        }
        await client?.shutdown()
    }

    /// Looks once; the pause until the next look that is due by itself, where this one was.
    func look() async -> Duration? {
        let isDue = ContinuousClock.now >= nextPoll
        // Bells do not shorten the pause that an outage asks for.
        if !isDue, outages > 0 { return nil }
        let pause: Duration
        do throws(Problem) {
            let round = try await work(askingLog: isDue && pace.asksLog)
            outages = 0
            if !isDue { return nil }
            refusals = round.refusal == nil ? 0 : refusals + 1
            if let refusal = round.refusal {
                await note(refusal)
                pause = waiting(after: refusals)
            } else {
                pause = round.isBusy ? pace.busy : pace.idle
            }
        } catch {
            outages += 1
            // A new credential may have come.
            await client?.shutdown()
            client = nil
            await note(error)
            pause = waiting(after: outages)
        }
        nextPoll = .now + pause
        return pause
    }

    /// Pauses double up to ten minutes.
    private func waiting(after times: Int) -> Duration { min(.seconds(600), pace.idle * (1 << min(times - 1, 6))) }

    /// Keeps on record what is in the way.
    private func note(_ problem: Problem) async {
        if Task.isCancelled { return }
        logger.warning("cannot follow the System Log", metadata: ["problem": "\(problem.id)"])
        try? await store.noteTail(RecordedProblem(problem), of: integrationID)
        // A dead credential is the tenant's trouble, not only the log's: it shows at once, not at the next full sync.
        if OktaOutcome(problem) == .disconnected {
            try? await store.noteHealth(of: integrationID, answeredAt: nil, problem: RecordedProblem(problem))
        }
    }

    /// What one look brought.
    struct Round {
        /// Events that open or close something.
        var events = 0
        /// Things that were to be read again.
        var marks = 0
        /// Why Okta gives the rest of the tenant but not the log; nil when it does, or was not asked.
        var refusal: Problem?

        /// Whether anything happened.
        var isBusy: Bool { events > 0 || marks > 0 }
    }

    /// At most this many marks are read at once: the others follow, and may have been joined by more of their kind.
    private static let batch = 3000

    /// One round.
    ///
    /// - Throws: what stands in the way of everything: a dead credential, a tenant or a database that does not answer.
    func work(askingLog: Bool) async throws(Problem) -> Round {
        var round = Round()
        if !pace.asksLog, try await store.eventHook(of: integrationID) == nil { return round }
        // Until a first sync has read everything there is nothing to follow: it writes without looking for others' rows.
        guard try await store.latestFinishedRun(of: integrationID) != nil else { return round }
        let full = try await store.fullRunOn(of: integrationID, now: clock.now())
        round.events += await takeDeliveries()
        if askingLog, full.map(\.hasReadLog) ?? true {
            do throws(Problem) {
                round.events += try await readLog()
            } catch {
                guard Self.isOfTheLogAlone(error) else { throw error }
                round.refusal = error
            }
        }
        // Okta's clock and ours may differ by some seconds: what is read twice does no harm.
        let since = full?.seenAt.advanced(bySeconds: -60)
        let marks = try await store.marks(of: integrationID, since: since, limit: Self.batch + postponed.count)
        let due = postponed.due(of: marks).prefix(Self.batch)
        round.marks = due.count
        if !due.isEmpty { try await answer(Array(due)) }
        return round
    }

    /// Whether a problem with the log says nothing of users, groups and apps: what Event Hooks tell of can still be read.
    private static func isOfTheLogAlone(_ problem: Problem) -> Bool {
        switch OktaOutcome(problem) {
        case .forbidden, .unavailable, .stopListing, .restartListing: true
        default: false
        }
    }

    private var deliveries: DeliveryTaking { DeliveryTaking(store: store, integrationID: integrationID) }

    /// Takes what Event Hooks delivered. What cannot be written keeps the log from nothing, and is tried again in a minute.
    private func takeDeliveries() async -> Int {
        if ContinuousClock.now < nextTaking { return 0 }
        do throws(Problem) {
            return try await deliveries.take(
                into: { [store, integrationID, lease] in store.logContext(of: integrationID, now: $0, under: lease) },
                clock: clock)
        } catch {
            nextTaking = .now + .seconds(60)
            if !Task.isCancelled {
                logger.warning("cannot write what an Event Hook told", metadata: ["problem": "\(error.id)"])
            }
            return 0
        }
    }

    func openClient() async throws(Problem) -> OktaClient {
        if let client { return client }
        let integration = try await store.integrations().first { $0.id == integrationID }
        guard let integration else { throw OktaProblem.cancelled.problem() }
        let opened = try await integrations.client(of: integration, ledger: journal)
        client = opened
        return opened
    }

    /// What walks lists into the run of this minute. What is refused of one list says nothing of the next: each has a state
    /// of its own.
    func syncRun(_ context: RunContext, _ client: OktaClient) -> SyncRun {
        SyncRun(
            store: store, client: client, context: context, state: RunState(), journal: journal, clock: clock,
            meter: ProgressMeter(startedAt: context.seenAt, report: { _ in }), planner: integrations.planner, plan: nil,
            logger: logger)
    }

    /// The run of this minute.
    func tailRun() async throws(Problem) -> RunContext {
        let context = try await store.tailRun(
            of: integrationID, now: clock.now(), closureShare: integrations.configuration.closureShare,
            under: lease)
        journal.attribute(to: context.runID)
        return context
    }
}

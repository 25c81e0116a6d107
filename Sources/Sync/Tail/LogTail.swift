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
    /// What of the marks may be read now.
    var open = OpenMarks()
    /// Of which people's own lists Okta does not give.
    var refusedByPerson: Set<LogMark.Kind> = []
    var countedDepartments: Timestamp?
    private var counted = TailFigures()
    /// How many batches of marks are being answered.
    private(set) var answering = 0
    private var hasAnswered = false
    private let pace: Pace
    private var client: OktaClient?
    /// Clients that were given up, until nobody uses them.
    private var retired: [OktaClient] = []
    private var users = 0
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
    ///
    /// The log is asked on while what it told of is read: a list of a hundred thousand people delays nothing but itself.
    func run(bell: AsyncStream<Void>) async {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        // Discarding: a pause that has ended leaves nothing behind, however many there are.
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in bell { wake.yield() } }
            group.addTask { [deliveries] in await deliveries.watch { wake.yield() } }
            wake.yield()
            var alarm = ContinuousClock.now
            for await _ in wakes {
                if Task.isCancelled { break }
                _ = await listen()
                group.addTask { await self.answerWaiting() }
                let due = nextPoll
                if alarm <= .now || due < alarm {
                    alarm = due
                    group.addTask {
                        try? await Task.sleep(until: due, clock: .continuous)
                        wake.yield()
                    }
                }
            }
            group.cancelAll()
        }
        await client?.shutdown()
        for client in retired { await client.shutdown() }
    }

    /// Looks once, and reads what was told of; the pause until the next look that is due by itself, where this one was.
    func look() async -> Duration? {
        let before = outages
        let pause = await listen()
        await answerWaiting()
        return outages > before ? waiting(after: outages) : pause
    }

    /// Hears what Event Hooks and the log tell. Returns the pause that follows, where the log was due.
    private func listen() async -> Duration? {
        let isDue = ContinuousClock.now >= nextPoll
        // Bells do not shorten the pause that an outage asks for.
        if !isDue, outages > 0 { return nil }
        users += 1
        let result: Result<Round, Problem>
        do throws(Problem) {
            result = .success(try await hear(askingLog: isDue && pace.asksLog))
        } catch {
            result = .failure(error)
        }
        users -= 1
        var pause: Duration?
        switch result {
        case .success(let round):
            if isDue { pause = await settle(round) }
        case .failure(let problem):
            await giveUp(problem)
            pause = waiting(after: outages)
        }
        await shutRetired()
        return pause
    }

    /// What follows when Okta answered.
    private func settle(_ round: Round) async -> Duration {
        outages = 0
        refusals = round.refusal == nil ? 0 : refusals + 1
        let pause = refusals > 0 ? waiting(after: refusals) : round.isBusy || hasAnswered ? pace.busy : pace.idle
        hasAnswered = false
        nextPoll = .now + pause
        if let refusal = round.refusal { await note(refusal) }
        return pause
    }

    /// Several at a time, so that a long list or a burst keeps nothing that came later from being read.
    private static let mostAnswering = 3

    /// Reads again what waits.
    private func answerWaiting() async {
        if answering >= Self.mostAnswering || outages > 0 && ContinuousClock.now < nextPoll { return }
        answering += 1
        users += 1
        do throws(Problem) {
            var count = 0
            repeat {
                count = try await answerBatch()
                if count > 0 { hasAnswered = true }
            } while count >= Self.batch
        } catch {
            await giveUp(error)
        }
        answering -= 1
        users -= 1
        await shutRetired()
    }

    /// Pauses, gives the connection up, and says why: a new credential may have come.
    private func giveUp(_ problem: Problem) async {
        // What fails at the same time fails for the same reason.
        if outages > 0, ContinuousClock.now < nextPoll { return }
        outages += 1
        nextPoll = .now + waiting(after: outages)
        if let client { retired.append(client) }
        client = nil
        await note(problem)
    }

    private func shutRetired() async {
        if users > 0 { return }
        let clients = retired
        retired = []
        for client in clients { await client.shutdown() }
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

    /// One round: hears, and reads what was told of.
    ///
    /// - Throws: what stands in the way of everything: a dead credential, a tenant or a database that does not answer.
    func work(askingLog: Bool) async throws(Problem) -> Round {
        var round = try await hear(askingLog: askingLog)
        round.marks = try await answerBatch()
        return round
    }

    /// Whether there is anything to follow. Until a first sync has read everything there is not: it writes without looking
    /// for others' rows.
    private func isReady() async throws(Problem) -> Bool {
        if !pace.asksLog, try await store.eventHook(of: integrationID) == nil { return false }
        return try await store.latestFinishedRun(of: integrationID) != nil
    }

    private func hear(askingLog: Bool) async throws(Problem) -> Round {
        var round = Round()
        guard try await isReady() else { return round }
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
        return round
    }

    /// Reads again what waits, as much as one batch takes. Returns how much that was.
    private func answerBatch() async throws(Problem) -> Int {
        guard try await isReady() else { return 0 }
        // Okta's clock and ours may differ by some seconds: what is read twice does no harm.
        let since = try await store.fullRunOn(of: integrationID, now: clock.now())?.seenAt.advanced(bySeconds: -60)
        let marks = try await store.marks(of: integrationID, since: since, limit: Self.batch + open.count)
        let taken = open.take(from: marks, atMost: Self.batch)
        if taken.isEmpty { return 0 }
        defer { open.release(taken) }
        try await answer(taken)
        return taken.count
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

    /// The calls that were made and not counted yet; they count as counted from now on.
    func newCalls() -> TailFigures {
        let counts = journal.counts
        let log = counts["logs"] ?? 0
        var fresh = TailFigures()
        fresh.logCalls = log - counted.logCalls
        fresh.otherCalls = counts.values.reduce(0, +) - log - counted.otherCalls
        counted.logCalls += fresh.logCalls
        counted.otherCalls += fresh.otherCalls
        return fresh
    }

    /// The run of this minute; a new one where another batch is in work: what that read before must not undo what is read
    /// now.
    func tailRun(isNew: Bool = false) async throws(Problem) -> RunContext {
        let context = try await store.tailRun(
            of: integrationID, now: clock.now(), closureShare: integrations.configuration.closureShare,
            isNew: isNew, under: lease)
        journal.attribute(to: context.runID)
        return context
    }
}

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

        /// The usual pace.
        init() {}

        /// Twice as often while changes come in.
        init(everySeconds seconds: Int) {
            idle = .seconds(seconds)
            busy = .milliseconds(max(1_000, seconds * 500))
        }
    }

    private let integrationID: Int64
    private let integrations: Integrations
    private let pace: Pace
    private let lease: Lease?
    private let logger: Logger
    private let journal = CallJournal(runID: nil)
    private var client: OktaClient?
    private var failures = 0
    private var nextPoll: ContinuousClock.Instant = .now
    private var countedDepartments: Timestamp?

    /// At most this many marks are read at once: the others follow, and may have been joined by more of their kind.
    private static let batch = 3000
    private static let workers = 16
    /// Events on a full page of the log.
    private static let pageSize = 1000
    /// Pages of the log read before what they touched is.
    private static let pages = 20
    /// Departments are counted again this often while people or assignments change.
    private static let departmentsEvery: Int64 = 600

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

    private var store: Store { integrations.store }
    private var clock: SyncClock { integrations.clock }

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

    /// What cannot be so any more when the log answers.
    private static let settledByAnAnswer = [OktaProblem.tokenRejected, .unreachable].map(\.rawValue)

    /// Looks once; the pause until the log is to be asked again, where it was asked.
    func look() async -> Duration? {
        let isDue = ContinuousClock.now >= nextPoll
        // Bells do not shorten the pause that an outage asks for.
        if !isDue, failures > 0 { return nil }
        do {
            let isBusy = try await work(askingLog: isDue)
            failures = 0
            if !isDue { return nil }
            let pause = isBusy ? pace.busy : pace.idle
            nextPoll = .now + pause
            return pause
        } catch {
            let pause = await failed(Problem.from(error))
            nextPoll = .now + pause
            return pause
        }
    }

    /// Notes what went wrong, and gives the connection up: a new credential may have come. Pauses double up to ten minutes.
    private func failed(_ problem: Problem) async -> Duration {
        failures += 1
        await client?.shutdown()
        client = nil
        if !Task.isCancelled {
            logger.warning("cannot follow the System Log", metadata: ["problem": "\(problem.id)"])
            try? await store.noteTail(RecordedProblem(problem), of: integrationID)
            // A dead credential is the tenant's trouble, not only the log's: it shows at once, not at the next full sync.
            if OktaOutcome(problem) == .disconnected {
                try? await store.noteHealth(of: integrationID, answeredAt: nil, problem: RecordedProblem(problem))
            }
        }
        return min(.seconds(600), pace.idle * (1 << min(failures - 1, 6)))
    }

    /// One round. Returns whether anything happened.
    func work(askingLog: Bool) async throws(Problem) -> Bool {
        // Until a first sync has read everything there is nothing to follow: it writes without looking for others' rows.
        guard try await store.latestFinishedRun(of: integrationID) != nil else { return false }
        let full = try await store.fullRunOn(of: integrationID, now: clock.now())
        var events = 0
        var unread: Problem?
        // A delivery that cannot be written keeps the log from nothing.
        do throws(Problem) { events += try await takeDeliveries() } catch { unread = error }
        if askingLog, full.map(\.hasReadLog) ?? true {
            do throws(Problem) { events += try await readLog() } catch { unread = error }
        }
        // Okta's clock and ours may differ by some seconds: what is read twice does no harm.
        let since = full?.seenAt.advanced(bySeconds: -60)
        let marks = try await store.marks(of: integrationID, since: since, limit: Self.batch)
        // What Event Hooks told of is read again even where the log itself cannot be.
        if !marks.isEmpty { try await answer(marks) }
        if let unread { throw unread }
        return events > 0 || !marks.isEmpty
    }

    private var deliveries: DeliveryTaking { DeliveryTaking(store: store, integrationID: integrationID) }

    private func takeDeliveries() async throws(Problem) -> Int {
        try await deliveries.take(
            into: { [store, integrationID, lease] in store.logContext(of: integrationID, now: $0, under: lease) },
            clock: clock)
    }

    private func openClient() async throws(Problem) -> OktaClient {
        if let client { return client }
        let integration = try await store.integrations().first { $0.id == integrationID }
        guard let integration else { throw OktaProblem.cancelled.problem() }
        let opened = try await integrations.client(of: integration, ledger: journal)
        client = opened
        return opened
    }

    private func syncRun(_ context: RunContext, _ client: OktaClient) -> SyncRun {
        SyncRun(
            store: store, client: client, context: context, state: RunState(), journal: journal, clock: clock,
            meter: ProgressMeter(startedAt: context.seenAt, report: { _ in }), planner: integrations.planner, plan: nil,
            logger: logger)
    }

    // MARK: the log

    /// Reads what the log has to tell since it was last read. Returns the number of events that open or close something.
    private func readLog() async throws(Problem) -> Int {
        let position = try await store.logPosition(of: integrationID)
        // Without a first read there is nothing to follow yet.
        guard position.since != nil else { return 0 }
        let client = try await openClient()
        guard var cursor = position.cursor else { return try await readLogAgain(client) }
        journal.attribute(to: nil)
        var telling = 0
        for _ in 0..<Self.pages {
            let asked = clock.now()
            let page: Page<SystemLogEvent>
            do throws(Problem) {
                page = try await client.page(
                    .logPolling(since: asked, eventTypes: LogEventTypes.kept), at: Cursor(text: cursor))
            } catch {
                guard OktaOutcome(error) == .restartListing else { throw error }
                return try await readLogAgain(client)
            }
            try await write(page, asked)
            telling += page.items.count { $0.eventType != SystemLogEvent.signOn }
            // A page that is not full is the end for now: asking whether it is would double the calls of a quiet hour.
            guard let next = page.next?.text, page.items.count + page.quarantined.count >= Self.pageSize else { break }
            cursor = next
        }
        return telling
    }

    /// Reads the log without a cursor that Okta knows, as a full sync does, with a gap on record where it has one.
    private func readLogAgain(_ client: OktaClient) async throws(Problem) -> Int {
        let run = syncRun(try await tailRun(), client)
        try await run.systemLog()
        guard run.state.coverage[.logs] == .readable else {
            throw run.state.problem ?? OktaProblem.forbidden.problem()
        }
        return 1
    }

    private func write(_ page: Page<SystemLogEvent>, _ asked: Timestamp) async throws(Problem) {
        let context =
            page.quarantined.isEmpty
            ? store.logContext(of: integrationID, now: asked, under: lease) : try await tailRun()
        let calls = journal.drain()
        let written = await outcome { [store] () async throws(Problem) in
            try await store.record(context) { writer in
                let fresh = try SystemLogRecorder().record(page.items, cursor: page.next?.text, writer)
                try writer.noteLogRead(to: page.items.last?.published ?? asked)
                try writer.quarantine(page.quarantined.map { ($0.reason, $0.json) }, resource: .logs, subject: 0)
                try writer.noteTail(
                    askedAt: asked, eventAt: page.items.last?.published, settling: Self.settledByAnAnswer)
                var figures = TailFigures()
                figures.logCalls = calls.count
                figures.events = fresh
                try writer.count(figures, at: asked)
                try writer.recordCalls(calls, gauges: [], now: asked.rawValue)
            }
        }
        if case .failure(let problem) = written {
            journal.putBack(calls)
            throw problem
        }
    }

    // MARK: what it touched

    private func tailRun() async throws(Problem) -> RunContext {
        let context = try await store.tailRun(
            of: integrationID, now: clock.now(), closureShare: integrations.configuration.closureShare,
            under: lease)
        journal.attribute(to: context.runID)
        return context
    }

    /// Reads again what some marks stand for, a few things at once.
    private func answer(_ marks: [LogMark]) async throws(Problem) {
        let client = try await openClient()
        var context = try await tailRun()
        let sizes = try await store.sizes(of: marks)
        let refused = try await store.coverage(of: integrationID).filter(\.isRefused).map(\.resource)
        let readings = TailReading.of(marks, sizes: sizes)
        try await store.drop(readings.filter { refused.contains($0.resource) }.flatMap(\.marks), context)
        let allowed = readings.filter { !refused.contains($0.resource) }
        let before = journal.total
        var failed: Problem?
        await withTaskGroup(of: Problem?.self) { group in
            for (index, reading) in allowed.enumerated() {
                if index >= Self.workers, let problem = await group.next() ?? nil {
                    failed = Self.worse(failed, problem)
                }
                if let failed, Self.endsAll(failed) { break }
                do throws(Problem) {
                    // A full sync that began meanwhile must have the lower number.
                    if try await store.newestRun(of: integrationID) != context.runID { context = try await tailRun() }
                } catch {
                    failed = error
                    break
                }
                // What is refused of one list says nothing of the next: each reading has a state of its own.
                let run = syncRun(context, client)
                group.addTask { await Self.answer(reading, run) }
            }
            for await problem in group { failed = Self.worse(failed, problem) }
        }
        let calls = journal.total - before
        let now = clock.now()
        let last = context
        try await store.record(last) { writer in
            var figures = TailFigures()
            figures.otherCalls = calls
            try writer.count(figures, at: now)
        }
        try await countDepartments(context)
        if let failed { throw failed }
    }

    /// Answers some marks; what kept it from that, where something did.
    private static func answer(_ reading: TailReading, _ run: SyncRun) async -> Problem? {
        do throws(Problem) {
            // What Okta does not give is not asked for again because of the same event.
            if case .unreadable = try await reading.read(run, reading.marks) {
                try await run.store.drop(reading.marks, run.context)
            }
            return nil
        } catch {
            return error
        }
    }

    /// Of two problems that which says most about the others.
    private static func worse(_ one: Problem?, _ other: Problem?) -> Problem? {
        guard let one, let other else { return one ?? other }
        return endsAll(one) ? one : other
    }

    /// Whether what failed for one thing would fail for all others too: one that cannot be read keeps none from being read.
    private static func endsAll(_ problem: Problem) -> Bool {
        if OktaOutcome(problem) == .disconnected || Task.isCancelled { return true }
        let each = [OktaProblem.unreachable, .answerMalformed, .answerTooLarge, .pagingLoop].map(\.rawValue)
        return !each.contains(problem.id)
    }

    private func countDepartments(_ context: RunContext) async throws(Problem) {
        if let last = countedDepartments, context.seenAt.seconds - last.seconds < Self.departmentsEvery { return }
        countedDepartments = context.seenAt
        try await store.keepDepartments(of: context)
    }
}

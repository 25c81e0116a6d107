import Directory
import OktaAPI
import Problems
import Storage

/// How the walk of one list ended.
enum WalkEnd {
    /// Every page is written.
    case complete
    /// Okta would not let it be read.
    case unreadable
    /// The group, app or user whose list it is no longer exists.
    case gone
    /// Okta does not give what the other way of a list needs: the ordinary way is taken instead.
    case refused(Coverage)
}

/// Walks one list of Okta page by page: fetch, record, checkpoint, each page and its checkpoint in one transaction.
struct Walk<Item: Sendable, Recorder: PageRecorder>: Sendable {
    let listing: Listing<Item>
    let recorder: Recorder
    /// What of each item the recorder writes.
    let transform: @Sendable (Item) -> Recorder.Item
    /// Whether the same rows can be read in an ordinary way: whatever stands in the way of this one then counts for nothing.
    let isOtherWay: Bool
    /// What to close when the subject no longer exists.
    let onGone: @Sendable (RunWriter, Int64) throws -> Void

    /// How often a listing may begin again because Okta forgot its cursor.
    private static var maxRestarts: Int { 5 }

    init(
        _ listing: Listing<Item>, _ recorder: Recorder, isOtherWay: Bool = false,
        onGone: @escaping @Sendable (RunWriter, Int64) throws -> Void,
        transform: @escaping @Sendable (Item) -> Recorder.Item
    ) {
        self.listing = listing
        self.recorder = recorder
        self.isOtherWay = isOtherWay
        self.onGone = onGone
        self.transform = transform
    }

    /// Goes on from the state's checkpoint to the end of the list.
    func run(from start: ListingState, in sync: SyncRun) async throws(Problem) -> WalkEnd {
        var state = start
        if !isOtherWay, let refusal = sync.state.refusal(of: listing.resource) {
            try await end(&state, .unreadable, refusal, in: sync)
            return .unreadable
        }
        var restarts = 0
        while true {
            let page: Page<Item>
            do throws(Problem) {
                page = try await sync.client.page(listing, at: state.cursor.map(Cursor.init(text:)))
            } catch {
                switch OktaOutcome(error) {
                case .restartListing where restarts < Self.maxRestarts:
                    restarts += 1
                    state.restart()
                    continue
                case .forbidden(let code) where isOtherWay: return .refused(.forbidden(code: code))
                case .unavailable(let code) where isOtherWay: return .refused(.unavailable(code: code))
                case .stopListing where isOtherWay:
                    return .refused(.unavailable(code: error.context["errorCode"] ?? error.id))
                case .forbidden(let code):
                    return try await refuse(&state, .forbidden(code: code), in: sync)
                case .unavailable(let code):
                    return try await refuse(&state, .unavailable(code: code), in: sync)
                case .gone:
                    try await end(&state, .gone, nil, in: sync)
                    return .gone
                case .stopListing, .restartListing:
                    sync.state.noteStopped(error)
                    return try await refuse(&state, .unavailable(code: error.id), in: sync)
                case .disconnected, .resumeLater, .refused, .failed:
                    throw error
                }
            }
            if isOtherWay, !page.quarantined.isEmpty { return .refused(.unavailable(code: "not understood")) }
            state = try await write(page, state, in: sync)
            if page.next == nil {
                sync.state.noteReadable(listing.resource)
                return .complete
            }
        }
    }

    private func write(
        _ page: Page<Item>, _ before: ListingState, in sync: SyncRun
    ) async throws(Problem) -> ListingState {
        let calls = sync.journal.drain()
        let gauges = sync.gaugesIfDue()
        let now = sync.clock.now().rawValue
        let items = page.items.map(transform)
        let state = try await sync.record(with: calls) { [recorder, listing] writer in
            var state = before
            // Only in a first sync can nobody else have written rows of a list that had none: later the tail writes too.
            if state.pages == 0 {
                state.hasPrior = try !writer.context.isFirst || recorder.hasRows(writer, state)
            }
            try recorder.record(items, writer, &state)
            try writer.quarantine(
                page.quarantined.map { ($0.reason, $0.json) }, resource: listing.resource, subject: state.subject)
            state.pages += 1
            state.items += items.count
            state.cursor = page.next?.text
            state.progress = .walking
            if page.next == nil {
                state.progress = .complete
                // A record that could not be read may be one that the store holds: nothing is closed by its absence.
                if try !writer.hasQuarantined(listing.resource, subject: state.subject) {
                    try recorder.complete(writer, &state)
                }
                try recorder.count(writer, state)
            }
            try writer.save(state)
            try writer.recordCalls(calls, gauges: gauges, now: now)
            return state
        }
        sync.reportProgress()
        return state
    }

    private func refuse(
        _ state: inout ListingState, _ coverage: Coverage, in sync: SyncRun
    ) async throws(Problem) -> WalkEnd {
        sync.state.noteRefused(listing.resource, coverage)
        try await end(&state, .unreadable, coverage, in: sync)
        return .unreadable
    }

    private func end(
        _ state: inout ListingState, _ progress: ListingState.Progress, _ coverage: Coverage?, in sync: SyncRun
    ) async throws(Problem) {
        state.progress = progress
        state.coverage = coverage
        let calls = sync.journal.drain()
        let now = sync.clock.now().rawValue
        let ended = state
        try await sync.record(with: calls) { [onGone] writer in
            if ended.progress == .gone { try onGone(writer, ended.subject) }
            try writer.save(ended)
            try writer.recordCalls(calls, gauges: [], now: now)
        }
    }
}

extension Walk where Item == Recorder.Item {
    init(
        _ listing: Listing<Item>, _ recorder: Recorder, isOtherWay: Bool = false,
        onGone: @escaping @Sendable (RunWriter, Int64) throws -> Void = { _, _ in }
    ) {
        self.init(listing, recorder, isOtherWay: isOtherWay, onGone: onGone, transform: { $0 })
    }
}

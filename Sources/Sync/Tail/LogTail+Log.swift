import Directory
import OktaAPI
import Problems
import Storage

/// What the log has to tell.
extension LogTail {
    /// Events on a full page of the log.
    private static let pageSize = 1000
    /// Pages of the log read before what they touched is.
    private static let pages = 20
    /// What cannot be so any more when the log answers.
    private static let settledByAnAnswer = [OktaProblem.tokenRejected, .unreachable].map(\.rawValue)

    /// Reads what the log has to tell since it was last read. Returns the number of events that open or close something.
    func readLog() async throws(Problem) -> Int {
        let position = try await store.logPosition(of: integrationID)
        // Without a first read there is nothing to follow yet.
        guard position.since != nil else { return 0 }
        let client = try await openClient()
        // A place older than what Okta keeps leads over a gap: that has to be on record before the log is read on.
        guard var cursor = position.cursor, let readTo = position.readTo,
            clock.now().seconds - readTo.seconds <= SyncRun.logRetention
        else { return try await readLogAgain(client) }
        if answering == 0 { journal.attribute(to: nil) }
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
            try await write(page, from: cursor, asked)
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

    private func write(_ page: Page<SystemLogEvent>, from place: String, _ asked: Timestamp) async throws(Problem) {
        let context =
            page.quarantined.isEmpty
            ? store.logContext(of: integrationID, now: asked, under: lease) : try await tailRun()
        let calls = journal.drain()
        let made = newCalls()
        let written = await outcome { [store] () async throws(Problem) in
            try await store.record(context) { writer in
                let fresh = try SystemLogRecorder().record(
                    page.items, at: LogPlace(from: place, to: page.next?.text), writer)
                try writer.noteLogRead(to: page.items.last?.published ?? asked)
                try writer.quarantine(page.quarantined.map { ($0.reason, $0.json) }, resource: .logs, subject: 0)
                try writer.noteTail(
                    askedAt: asked, eventAt: page.items.last?.published, settling: Self.settledByAnAnswer)
                var figures = made
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
}

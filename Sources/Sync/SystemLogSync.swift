import Directory
import Logging
import OktaAPI
import Problems
import Storage

extension SyncRun {
    /// How far back Okta keeps its System Log.
    static let logRetention: Int64 = 90 * 86_400
    /// How often the log may begin again because Okta forgot its cursor.
    private static let maxRestarts = 5
    /// How many pages tell how long the whole log is: one alone, of a quiet week, was seen to tell twice the truth.
    private static let telling = 10

    /// Reads the System Log from where the last run stopped, or from 90 days back, until nothing new comes.
    ///
    /// Okta's own `next` link is the checkpoint and commits with the events before it. A refused cursor begins again at the
    /// day before the last event that was written, on a first read too: other events are then recognised by their `uuid`,
    /// and the sign-ons of those days are counted anew.
    func systemLog() async throws(Problem) {
        let listed = try await store.listing("logs", of: context)
        if listed.progress == .complete { return state.noteReadable(.logs) }
        do throws(Problem) {
            if try await readSystemLog() { return try await end(listed, .complete) }
        } catch {
            // The rest of the run goes on for hours: the tail need not wait for it.
            if !Task.isCancelled { try? await end(listed, .unreadable) }
            throw error
        }
        try await end(listed, .unreadable)
    }

    private func end(_ listing: ListingState, _ progress: ListingState.Progress) async throws(Problem) {
        var listing = listing
        listing.progress = progress
        let ended = listing
        try await store.record(context) { writer in
            try writer.save(ended)
            if progress == .complete { try writer.noteLogRead(to: writer.context.seenAt) }
        }
    }

    /// Returns whether the log could be read.
    private func readSystemLog() async throws(Problem) -> Bool {
        var position = try await store.logPosition(of: context.integrationID)
        let isFirstRead = position.since == nil
        guard let begin = try await beginning(of: position) else { return false }
        if begin != position.since { position = try await store.logPosition(of: context.integrationID) }
        var stored = position.cursor
        var reading: Reading
        if let stored { reading = Reading(following: stored) } else { reading = try await restarted(from: begin) }
        var pages = isFirstRead ? 1 : 0
        var restarts = 0
        while true {
            let page: Page<SystemLogEvent>
            do throws(Problem) {
                page = try await client.page(reading.listing, at: reading.cursor.map(Cursor.init(text:)))
            } catch {
                if OktaOutcome(error) == .restartListing, reading.cursor != nil, restarts < Self.maxRestarts {
                    restarts += 1
                    reading = try await restarted(from: begin)
                    continue
                }
                try await noteUnreadableLog(error)
                return false
            }
            try await write(page, LogPlace(from: stored, to: page.next?.text, restart: reading.restart))
            pages += 1
            if let last = page.items.last {
                meter.readLog(pages: pages, from: begin, to: last.published, of: clock.now())
                if pages >= Self.telling { try await reached(.log) }
            }
            guard let next = page.next?.text, !page.items.isEmpty || !page.quarantined.isEmpty else { break }
            stored = next
            reading = Reading(following: next)
            // A live tenant never stops writing: what is published after the run began waits for the next one.
            if let last = page.items.last, last.published > context.seenAt { break }
        }
        state.noteReadable(.logs)
        meter.finishedLog(pages: pages)
        return true
    }

    /// Since when the log is read: on a first read, from 90 days back; after a pause that was longer than Okta keeps its
    /// log, from the oldest day still kept, with the gap on record. Nil when the log may not be read.
    private func beginning(of position: Store.LogPosition) async throws(Problem) -> Timestamp? {
        guard let since = position.since else {
            guard let begin = try await logBeginning() else { return nil }
            // What was asked is kept even when the run is stopped now: it need not be asked again.
            try await uncancelled { [store, context] () async throws(Problem) in
                try await store.beginLog(of: context.integrationID, since: begin, under: context.lease)
            }
            return begin
        }
        // A run that goes on with its own first read is too young for a gap: older runs are not gone on with.
        guard let lastRun = try await store.lastLogRun(before: context) else { return since }
        let readTo = position.readTo ?? lastRun
        guard context.seenAt.seconds - readTo.seconds > Self.logRetention else { return since }
        guard var oldest = try await logBeginning() else { return nil }
        guard oldest > readTo else { return since }
        // A day is counted from its beginning or not at all.
        if oldest.day == readTo.day { oldest = Timestamp(day: oldest.day + 1) }
        logger.warning("the System Log has a gap", metadata: ["from": "\(readTo.iso8601)", "to": "\(oldest.iso8601)"])
        try await store.noteLogGap(LogGap(from: readTo, to: oldest), context)
        return oldest
    }

    /// A page of the log to ask for.
    private struct Reading {
        let listing: Listing<SystemLogEvent>
        var cursor: String?
        /// The first day that is read again.
        var restart: Int32?

        init(since: Timestamp) { listing = .logPolling(since: since, eventTypes: LogEventTypes.kept) }

        init(following cursor: String) {
            // The place holds all that was asked.
            self.init(since: Timestamp(rawValue: 0))
            self.cursor = cursor
        }
    }

    /// The log from the day before that of the last event that is written, never from before the beginning; no further
    /// back than Okta keeps it. Okta gives events in the order it stored them: one of the evening before may come after
    /// the first of a day.
    private func restarted(from begin: Timestamp) async throws(Problem) -> Reading {
        let readTo = try await store.logPosition(of: context.integrationID).readTo
        let lastEvent = try await store.lastLogEvent(of: context.integrationID)
        var since = begin
        // What Event Hooks told may be newer than what was read of the log, and comes before anything was; what was read
        // to is, of a quiet log, our own time.
        if let readTo { since = max(begin, Timestamp(day: min(readTo, lastEvent ?? readTo).day - 1)) }
        // A day is read again as a whole, or not at all: of one that Okta has begun to delete, all was read before. Of the
        // first day nothing was counted before its beginning.
        if since > begin, context.seenAt.seconds - since.seconds > Self.logRetention - 86_400,
            let oldest = try await logBeginning()
        {
            since = max(since, Timestamp(day: oldest.day + 1))
        }
        var reading = Reading(since: since)
        if readTo != nil || lastEvent != nil { reading.restart = since.day }
        return reading
    }

    /// 90 days before the newest event: the log is read by its own clock, whatever ours says. Nil when it may not be read.
    private func logBeginning() async throws(Problem) -> Timestamp? {
        do throws(Problem) {
            let newest = try await client.page(.newestLogEvent).items.first?.published ?? context.seenAt
            return min(newest, context.seenAt).advanced(bySeconds: -Self.logRetention)
        } catch {
            try await noteUnreadableLog(error)
            return nil
        }
    }

    /// Notes why the log cannot be read; throws what ends the whole run.
    private func noteUnreadableLog(_ problem: Problem) async throws(Problem) {
        switch OktaOutcome(problem) {
        case .forbidden(let code): state.noteRefused(.logs, .forbidden(code: code))
        case .unavailable(let code): state.noteRefused(.logs, .unavailable(code: code))
        case .stopListing, .restartListing, .gone:
            state.noteStopped(problem)
            state.noteRefused(.logs, .unavailable(code: problem.id))
        case .disconnected, .resumeLater, .refused, .failed: throw problem
        }
    }

    private func write(_ page: Page<SystemLogEvent>, _ place: LogPlace) async throws(Problem) {
        let calls = journal.drain()
        let gauges = gaugesIfDue()
        let now = clock.now().rawValue
        try await record(with: calls) { writer in
            try SystemLogRecorder().record(page.items, at: place, writer)
            if let last = page.items.last { try writer.noteLogRead(to: last.published) }
            try writer.quarantine(page.quarantined.map { ($0.reason, $0.json) }, resource: .logs, subject: 0)
            try writer.recordCalls(calls, gauges: gauges, now: now)
        }
        reportProgress()
    }
}

/// The types of System Log events that Muster keeps: usage, lifecycle, memberships, assignments, privilege, factors,
/// tokens, consent, accounts that apps take away. Asking for these alone spares the tenant most of its log. About 50 fit into one question.
enum LogEventTypes {
    static let kept: [String] = [
        "user.authentication.sso",
        "user.lifecycle.create", "user.lifecycle.activate", "user.lifecycle.deactivate", "user.lifecycle.suspend",
        "user.lifecycle.unsuspend", "user.lifecycle.reactivate", "user.lifecycle.delete.initiated",
        "user.lifecycle.delete.completed",
        "user.account.lock", "user.account.unlock", "user.account.unlock_by_admin", "user.account.update_profile",
        "user.account.reset_password", "user.account.expire_password", "user.account.update_password",
        "application.user_membership.add", "application.user_membership.remove", "application.user_membership.update",
        "group.application_assignment.add", "group.application_assignment.remove",
        "group.application_assignment.update",
        "group.user_membership.add", "group.user_membership.remove",
        "group.lifecycle.create", "group.lifecycle.delete", "group.profile.update",
        "application.lifecycle.create", "application.lifecycle.update", "application.lifecycle.activate",
        "application.lifecycle.deactivate", "application.lifecycle.delete",
        "user.account.privilege.grant", "user.account.privilege.revoke", "group.privilege.grant",
        "group.privilege.revoke",
        "user.mfa.factor.activate", "user.mfa.factor.deactivate", "user.mfa.factor.reset_all",
        "user.mfa.factor.suspend", "user.mfa.factor.unsuspend",
        "system.api_token.create", "system.api_token.revoke",
        "app.oauth2.as.consent.grant", "app.oauth2.consent.grant", "app.oauth2.admin.consent.grant",
        "user.session.access_admin_app",
        // Whether an app took a leaver's account away, or failed to.
        "application.provision.user.deactivate", "application.user_membership.deprovision",
    ]
}

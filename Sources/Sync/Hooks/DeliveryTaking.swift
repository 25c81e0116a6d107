import Directory
import OktaAPI
import Problems
import Storage

/// Takes what Okta's Event Hook delivered to a tenant and records it as if the log had told of it: the same events under the
/// same ids, so that whichever comes second changes nothing. The log's own position stays where it is.
struct DeliveryTaking: Sendable {
    let store: Store
    let integrationID: Int64

    /// At most this many deliveries in one transaction.
    private static let batch = 200

    /// Records all that waits; what it marks is to be read again.
    ///
    /// Nothing is taken before the log was first read: there is no position yet that later events follow.
    ///
    /// - Returns: how many events were new.
    func take(into context: @Sendable (Timestamp) -> RunContext, clock: SyncClock) async throws(Problem) -> Int {
        guard try await HookInbox(store).isWaiting(for: integrationID),
            try await store.logPosition(of: integrationID).since != nil
        else { return 0 }
        var fresh = 0
        while true {
            let now = clock.now()
            let (taken, new) = try await store.record(context(now)) { writer in
                let deliveries = try writer.waitingDeliveries(limit: Self.batch)
                let events = Self.events(of: deliveries)
                let new = try SystemLogRecorder().record(events, at: nil, writer)
                try writer.finish(deliveries, now: now)
                var figures = TailFigures()
                figures.events = new
                try writer.count(figures, at: now)
                return (deliveries.count, new)
            }
            fresh += new
            if taken < Self.batch { return fresh }
        }
    }

    /// The events worth keeping, by when they happened: hooks promise no order. What cannot be read is left to the log, which
    /// tells of it again and keeps it apart.
    private static func events(of deliveries: [StoredDelivery]) -> [SystemLogEvent] {
        let kept = Set(LogEventTypes.kept)
        return deliveries.flatMap { delivery in
            ((try? HookDelivery(delivery.body))?.events ?? []).filter { event in
                // Who knows the secret may tell anything: nothing of long ago, nothing that is still to come.
                let age = delivery.receivedAt.seconds - event.published.seconds
                return kept.contains(event.eventType) && age > -3_600 && age < 3 * 86_400
            }
        }.sorted { ($0.published, $0.uuid) < ($1.published, $1.uuid) }
    }

    /// Calls when something waits that another process received; a bell tells of what this one did.
    func watch(_ wake: @Sendable () -> Void) async {
        while !Task.isCancelled {
            let hasHook = (try? await store.eventHook(of: integrationID)) != nil
            if hasHook, (try? await HookInbox(store).isWaiting(for: integrationID)) == true { wake() }
            try? await Task.sleep(for: hasHook ? .seconds(1) : .seconds(30))
        }
    }
}

public import Storage
import Synchronization

/// Wakes the tails of this process: an Event Hook's delivery need not wait until the log is asked for again.
public final class TailBells: Sendable {
    private let listening = Mutex<[TenantID: AsyncStream<Void>.Continuation]>([:])

    /// Nobody listens yet.
    public init() {}

    /// Wakes the tail of a tenant, when this process has it.
    public func ring(_ tenant: TenantID) {
        listening.withLock { $0[tenant] }?.yield()
    }

    /// What the tail of a tenant listens to, in place of any before.
    func bell(of tenant: TenantID) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let before = listening.withLock { listening in
            defer { listening[tenant] = continuation }
            return listening[tenant]
        }
        before?.finish()
        return stream
    }
}

import Synchronization

/// Wakes the tails of this process: an Event Hook's delivery need not wait until the log is asked for again.
public final class TailBells: Sendable {
    private let listening = Mutex<[Int64: AsyncStream<Void>.Continuation]>([:])

    /// Nobody listens yet.
    public init() {}

    /// Wakes the tail of an integration, when this process has it.
    public func ring(_ integrationID: Int64) {
        listening.withLock { $0[integrationID] }?.yield()
    }

    /// What the tail of an integration listens to, in place of any before.
    func bell(of integrationID: Int64) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let before = listening.withLock { listening in
            defer { listening[integrationID] = continuation }
            return listening[integrationID]
        }
        before?.finish()
        return stream
    }
}

import Synchronization

/// Wakes whoever works on a tenant when an Event Hook delivered something to this process. What was delivered is in the
/// store by then: a ring that nobody hears loses nothing.
public final class HookBell: Sendable {
    private struct Tenant: Hashable {
        let workspaceID: Int64
        let integrationID: Int64
    }

    private struct State {
        var next = 0
        var listeners: [Tenant: [Int: AsyncStream<Void>.Continuation]] = [:]
    }

    private let state = Mutex(State())

    /// A bell nobody listens to yet.
    public init() {}

    /// Tells everybody who listens for a tenant.
    public func ring(workspace: Int64, integration: Int64) {
        let tenant = Tenant(workspaceID: workspace, integrationID: integration)
        for listener in state.withLock({ Array(($0.listeners[tenant] ?? [:]).values) }) { listener.yield() }
    }

    /// The rings for a tenant from now on. Rings that come while the listener is at work are heard as one.
    public func rings(workspace: Int64, integration: Int64) -> AsyncStream<Void> {
        let tenant = Tenant(workspaceID: workspace, integrationID: integration)
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.next += 1
            state.listeners[tenant, default: [:]][state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                state.listeners[tenant]?[number] = nil
                if state.listeners[tenant]?.isEmpty ?? false { state.listeners[tenant] = nil }
            }
        }
        return stream
    }
}

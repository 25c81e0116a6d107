import Dispatch

/// Holds a transaction's thread until the test lets it go on.
public final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// A closed gate.
    public init() {}

    /// Lets one thread through.
    public func open() { semaphore.signal() }
    /// Waits until it is open.
    public func wait() { semaphore.wait() }
}

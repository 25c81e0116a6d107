import Glibc
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Ctrl-C, or a service manager that asks the process to stop (`SIGINT` or `SIGTERM`).
///
/// The first one lets work end in good order. Whoever asks a second time does not want to wait: the process ends at once,
/// which loses nothing that was saved.
public final class StopRequest: Sendable {
    private struct State {
        var isAsked = false
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())

    /// Runs work that wants to know when it shall stop.
    public static func listening<Result>(
        _ work: (StopRequest) async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let request = StopRequest()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signal in signals {
                    guard request.ask() else { _exit(128 + signal.rawValue) }
                }
            }
            defer { group.cancelAll() }
            return try await work(request)
        }
    }

    /// Runs work to its end; it is cancelled when the process is asked to stop, and what it then returns or throws is the
    /// result.
    public func cancelling<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await self.wait()
                return nil
            }
            while let ended = try await group.next() {
                group.cancelAll()
                if let ended { return ended }
            }
            throw CancellationError()
        }
    }

    /// Returns when the process is asked to stop, or when the task that waits is cancelled.
    func wait() async {
        // A stream that one task stops waiting for ends for all, so each has its own.
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        state.withLock { state in
            if state.isAsked { continuation.finish() } else { state.waiting.append(continuation) }
        }
        for await _ in stream {}
    }

    /// Tells everybody who waits; false when they were told before.
    private func ask() -> Bool {
        state.withLock { state in
            if state.isAsked { return false }
            state.isAsked = true
            state.waiting.forEach { $0.finish() }
            return true
        }
    }
}

/// Ends when the process is asked to stop, and its group with it.
struct StopService: Service {
    let request: StopRequest

    func run() async throws {
        await cancelWhenGracefulShutdown { await request.wait() }
    }
}

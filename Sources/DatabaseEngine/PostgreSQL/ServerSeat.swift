import CLibPQ
import Dispatch
import Problems
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread of its own for one connection, which is made when it is first needed and made anew when it broke.
///
/// Unchecked: `link`, `hasAnswered` and `wasConnected` are touched on `queue` alone, which runs one block at a time.
final class ServerSeat: @unchecked Sendable {
    /// What a transaction is for.
    enum Purpose {
        case reading
        case writing(WriteTurn)

        /// Reads see one state. Writers wait for each other, in other processes too: they then see all that was written
        /// before.
        var beginning: [String] {
            switch self {
            case .reading: ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"]
            case .writing(let turn): turn.beginning
            }
        }

        var isReading: Bool { if case .reading = self { true } else { false } }
    }

    private let queue = DispatchQueue(label: "muster.postgresql")
    private let address: ServerAddress
    private let lockWait: Duration
    private var link: ServerLink?
    private var hasAnswered = false
    private var wasConnected = false
    private static let patience = Duration.seconds(5)

    init(_ address: ServerAddress, lockWait: Duration) {
        self.address = address
        self.lockWait = lockWait
    }

    /// Runs one transaction; the calling task waits without holding a thread of Swift's pool.
    func transact<Result: Sendable>(
        _ purpose: Purpose, _ body: @escaping @Sendable (Connection) throws -> Result
    ) async -> Swift.Result<Result, any Error> {
        let stop = ServerStop()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { done in
                queue.async { done.resume(returning: self.work(purpose, stop, body)) }
            }
        } onCancel: {
            stop.cancel()
        }
    }

    /// Ends the connection once its transaction is over.
    func close() { queue.sync { link = nil } }

    private func work<Result>(
        _ purpose: Purpose, _ stop: ServerStop, _ body: (Connection) throws -> Result
    ) -> Swift.Result<Result, any Error> {
        // Reads that the server put off, or that met a server just restarted, are begun anew unnoticed.
        var attempts = purpose.isReading ? 3 : 1
        while true {
            attempts -= 1
            do {
                return .success(try attempt(purpose, stop, body))
            } catch let problem as Problem where attempts > 0 && isPassing(problem) && !stop.isCancelled {
                continue
            } catch {
                return .failure(error)
            }
        }
    }

    private func attempt<Result>(
        _ purpose: Purpose, _ stop: ServerStop, _ body: (Connection) throws -> Result
    ) throws -> Result {
        if stop.isCancelled { throw StorageProblem.cancelled }
        if link?.isStale ?? false { link = nil }
        let link = try self.link ?? connect(stop)
        self.link = link
        stop.begin(link.cancelHandle)
        defer {
            hasAnswered = link.hasAnswered
            // A request to stop may still be on its way to the server: nobody else shall meet it.
            if stop.end() || link.isBroken { self.link = nil }
        }
        do {
            try link.begin(purpose.beginning) { stop.isCancelled }
            let result = try body(Connection(link))
            try link.commit()
            return result
        } catch {
            link.rollback()
            throw error
        }
    }

    /// A server that is restarted is away for a second or two: one that was there before is waited for.
    private func connect(_ stop: ServerStop) throws -> ServerLink {
        let deadline = ContinuousClock.now + (wasConnected ? Self.patience : .zero)
        while true {
            do throws(Problem) {
                let link = try ServerLink(address, lockWait: lockWait)
                wasConnected = true
                return link
            } catch {
                let mayComeBack = error.id == "storage.server.unreachable" && !stop.isCancelled
                guard mayComeBack, ContinuousClock.now < deadline else { throw error }
                usleep(100_000)
            }
        }
    }

    private func isPassing(_ problem: Problem) -> Bool {
        if problem.id == "storage.server.lost" { return !hasAnswered }
        return problem.context["sqlstate"].map { ["40001", "40P01"].contains($0) } ?? false
    }
}

/// Stops the statement that a connection is running, from another thread.
private final class ServerStop: Sendable {
    /// Unchecked: libpq lets any thread use the pointer; it lives until `end`.
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private struct State {
        var isCancelled = false
        var running: Handle?
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func begin(_ handle: OpaquePointer?) {
        let handle = handle.map(Handle.init)
        state.withLock { $0.running = handle }
    }

    /// Whether the connection was told to stop at any time.
    func end() -> Bool {
        state.withLock { state in
            state.running = nil
            return state.isCancelled
        }
    }

    func cancel() {
        state.withLock { $0.isCancelled = true }
        DispatchQueue.global().async { self.ask() }
    }

    /// Asks over a connection of its own, which may take a while; `end` waits for it. Asks again until the transaction is
    /// over: a server that had not begun the statement yet forgets that it was asked.
    private func ask() {
        let isRunning = state.withLock { state in
            guard let running = state.running else { return false }
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(running.pointer, &message, Int32(message.count))
            return true
        }
        if isRunning { DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { self.ask() } }
    }
}

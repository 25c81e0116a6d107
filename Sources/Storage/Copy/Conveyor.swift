import Dispatch
import Problems
import Synchronization

/// Carries parcels from the thread that reads one database to the thread that writes another, a few at a time: who is
/// ahead waits. Both are threads of their databases, none of Swift's pool, so that they may wait.
final class Conveyor<Parcel: Sendable>: Sendable {
    private struct State {
        var parcels: [Parcel] = []
        var stopped: Problem?
    }

    private let state = Mutex(State())
    // A semaphore must not end below the number it began with, and a stopped conveyor does: it begins empty.
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    /// Parcels that are on the way at once, each of a quarter of a megabyte.
    private static var most: Int { 8 }

    init() { for _ in 0..<Self.most { free.signal() } }

    func put(_ parcel: Parcel) throws(Problem) {
        free.wait()
        if let problem = state.withLock({ $0.stopped }) {
            free.signal()
            throw problem
        }
        state.withLock { $0.parcels.append(parcel) }
        filled.signal()
    }

    func take() throws(Problem) -> Parcel {
        filled.wait()
        let next: Result<Parcel, Problem> = state.withLock { state in
            if let problem = state.stopped { return .failure(problem) }
            return .success(state.parcels.removeFirst())
        }
        if case .failure = next { filled.signal() } else { free.signal() }
        return try next.get()
    }

    /// Nothing is carried any more, and both sides learn why. The first reason counts.
    func stop(_ problem: Problem) {
        let isFirst = state.withLock { state in
            defer { state.stopped = state.stopped ?? problem }
            return state.stopped == nil
        }
        guard isFirst else { return }
        free.signal()
        filled.signal()
    }
}

import Problems
import Synchronization

/// Lets a fixed number of tasks through at a time, in the order they came. Who is cancelled while waiting leaves; who finds
/// too many waiting is refused.
final class Turnstile: Sendable {
    private enum Entry {
        case entered
        case cancelled
        case crowded
    }

    private struct State {
        var free: Int
        var ticket = 0
        var waiting: [(ticket: Int, entry: CheckedContinuation<Entry, Never>)] = []
    }

    private let state: Mutex<State>

    private let mostWaiting: Int

    init(_ places: Int, mostWaiting: Int = .max) {
        state = Mutex(State(free: places))
        self.mostWaiting = mostWaiting
    }

    func enter() async throws(Problem) {
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { entry in
                let now: Entry? = state.withLock { state in
                    if Task.isCancelled { return .cancelled }
                    if state.free > 0 {
                        state.free -= 1
                        return .entered
                    }
                    if state.waiting.count >= mostWaiting { return .crowded }
                    state.waiting.append((ticket, entry))
                    return nil
                }
                if let now { entry.resume(returning: now) }
            }
        } onCancel: {
            let entry = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).entry }
            }
            entry?.resume(returning: .cancelled)
        }
        switch outcome {
        case .entered: return
        case .cancelled: throw StorageProblem.cancelled
        case .crowded: throw StorageProblem.crowded
        }
    }

    func leave() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.free += 1
                return nil as CheckedContinuation<Entry, Never>?
            }
            return state.waiting.removeFirst().entry
        }
        next?.resume(returning: .entered)
    }
}

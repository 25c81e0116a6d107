import Problems
import Synchronization

/// Lets a fixed number of tasks through at a time, in the order they came. Who is cancelled while waiting leaves.
final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var ticket = 0
        var waiting: [(ticket: Int, entry: CheckedContinuation<Bool, Never>)] = []
    }

    private let state: Mutex<State>

    init(_ places: Int) { state = Mutex(State(free: places)) }

    func enter() async throws(Problem) {
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { entry in
                let now: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((ticket, entry))
                    return nil
                }
                if let now { entry.resume(returning: now) }
            }
        } onCancel: {
            let entry = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).entry }
            }
            entry?.resume(returning: false)
        }
        if !isIn { throw StorageProblem.cancelled }
    }

    func leave() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.free += 1
                return nil as CheckedContinuation<Bool, Never>?
            }
            return state.waiting.removeFirst().entry
        }
        next?.resume(returning: true)
    }
}

import Problems
import Synchronization

/// Lets one writer of this process through at a time for each turn: who waits for another one of this process takes no
/// connection meanwhile. Deliveries have passed the turnstile of the `Engine` before.
final class WriterTurns: Sendable {
    private struct Turn {
        let stile = Turnstile(1)
        var users = 0
    }

    private let turns = Mutex<[Int64?: Turn]>([:])
    // Work on rows alone must not wait for a free connection: it is what tells others that this process is alive.
    private let rows = Turnstile(2)

    func enter(_ turn: WriteTurn) async throws(Problem) {
        if turn == .deliveries { return }
        guard let key = Self.key(turn) else { return try await rows.enter() }
        let stile = turns.withLock { turns in
            turns[key, default: Turn()].users += 1
            return turns[key, default: Turn()].stile
        }
        do throws(Problem) {
            try await stile.enter()
        } catch {
            forget(key)
            throw error
        }
    }

    func leave(_ turn: WriteTurn) {
        if turn == .deliveries { return }
        guard let key = Self.key(turn) else { return rows.leave() }
        turns.withLock { $0[key]?.stile }?.leave()
        forget(key)
    }

    /// A turn that nobody uses takes no memory.
    private func forget(_ key: Int64?) {
        turns.withLock { turns in
            turns[key]?.users -= 1
            if turns[key]?.users == 0 { turns[key] = nil }
        }
    }

    private static func key(_ turn: WriteTurn) -> Int64?? {
        switch turn {
        case .rows, .deliveries: nil
        case .store: .some(nil)
        case .workspace(let id): .some(id)
        }
    }
}

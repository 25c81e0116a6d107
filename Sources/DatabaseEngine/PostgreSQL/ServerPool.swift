import Problems
import Synchronization

/// The connections to a PostgreSQL server: as many as are needed at once, and never more than the limit.
final class ServerPool: Sendable {
    let address: ServerAddress
    private let seats: Mutex<[ServerSeat]>
    private let places: Turnstile
    let writers = WriterTurns()
    let patience: LockPatience

    init(_ address: ServerAddress, connections: Int, patience: LockPatience) {
        self.address = address
        self.patience = patience
        places = Turnstile(connections)
        seats = Mutex((0..<connections).map { _ in ServerSeat(address, lockWait: patience.wait) })
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await places.enter()
        defer { places.leave() }
        return try await transact(.reading, body)
    }

    func write<Result: Sendable>(
        _ turn: WriteTurn, _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await writers.enter(turn)
        defer { writers.leave(turn) }
        // Work on rows and deliveries take two connections each beyond the limit.
        if turn == .rows || turn == .deliveries { return try await transact(.writing(turn), body) }
        try await places.enter()
        defer { places.leave() }
        do {
            return try await transact(.writing(turn), body)
        } catch let problem as Problem where isKeptOut(problem) {
            guard try await endFrozenWriters() > 0 else { throw problem }
            return try await transact(.writing(turn), body)
        }
    }

    func transact<Result: Sendable>(
        _ purpose: ServerSeat.Purpose, _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        // The last one used comes first: connections that nobody needs are never made.
        let seat = seats.withLock { $0.popLast() } ?? ServerSeat(address, lockWait: patience.wait)
        defer { seats.withLock { $0.append(seat) } }
        return try await seat.transact(purpose, body).get()
    }

    /// Ends the connections that nobody uses.
    func close() {
        for seat in seats.withLock({ $0 }) { seat.close() }
    }
}

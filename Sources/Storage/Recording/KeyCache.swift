import Synchronization

/// The keys a run met, so that the same person on four hundred lists is looked up once.
///
/// Holds only what is committed, and stops growing at a fixed size: a tenant is never whole in memory.
final class KeyCache: Sendable {
    /// About 20 MB: 20 bytes of id, 8 of key and the table's own.
    private static let capacity = 200_000

    private let keys = Mutex<[String: Int64]>([:])

    subscript(oktaID: String) -> Int64? { keys.withLock { $0[oktaID] } }

    func add(_ fresh: [String: Int64]) {
        if fresh.isEmpty { return }
        keys.withLock { keys in
            for (oktaID, key) in fresh where keys.count < Self.capacity { keys[oktaID] = key }
        }
    }
}

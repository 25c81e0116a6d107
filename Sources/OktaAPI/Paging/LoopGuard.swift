import Synchronization

/// Notices a listing whose next page is one that was read before, which would never end.
///
/// Keeps sixteen bytes a page while a listing is being read. Asking for the same page again, after a failure, is no loop.
final class LoopGuard: Sendable {
    /// For each listing, which page led to which.
    private let walks = Mutex<[String: [Int: Int]]>([:])

    /// Notes that a page leads to the next; false when the next one was reached before from another page.
    func follow(from target: String, to next: String, in listing: String, isFirst: Bool) -> Bool {
        if target == next { return false }
        return walks.withLock { walks in
            if isFirst { walks[listing] = [:] }
            let key = next.hashValue
            let origin = target.hashValue
            if let known = walks[listing, default: [:]][key] { return known == origin }
            walks[listing, default: [:]][key] = origin
            return true
        }
    }

    /// Forgets a listing that has been read to its end.
    func end(_ listing: String) {
        walks.withLock { walks in walks[listing] = nil }
    }
}

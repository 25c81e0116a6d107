/// Whom a writing transaction waits for. On SQLite there is one writer at a time, whatever its turn.
///
/// Writers that share a turn come one after the other, in all processes together, and see what the one before wrote:
/// "the highest so far and one more" is safe among them.
public enum WriteTurn: Sendable, Equatable {
    /// All other writers of the store.
    case store
    /// Writers of the same workspace, and those of the whole store.
    case workspace(Int64)
    /// Nobody: the transaction holds each row it changes by itself. For short work on rows that no other turn writes.
    case rows
    /// Nobody, as `rows`, but two at a time in a process, and 200 more wait at most: what strangers can cause any amount of must
    /// not keep others from saying that they are alive. Whoever comes then is refused (`storage.deliveries.crowded`).
    case deliveries

    /// The first numbers of the locks: every writer has one of these two.
    static let storeLock = 19_781_121
    static let rowsLock = 19_781_123

    /// What a transaction on PostgreSQL begins with. The locks' names depend on the schema, so that several stores in one
    /// database do not wait for each other. The store's comes first for everybody: nobody waits for two in another order.
    var beginning: [String] {
        let begin = ["BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"]
        switch self {
        case .rows, .deliveries:
            // Keeps nobody out: it marks the session as a writer of this store, in case it freezes.
            return begin + ["SELECT pg_advisory_xact_lock_shared(\(Self.rowsLock), hashtext(current_schema()))"]
        case .store: return begin + ["SELECT pg_advisory_xact_lock(\(Self.storeLock), hashtext(current_schema()))"]
        case .workspace(let id):
            return begin + [
                "SELECT pg_advisory_xact_lock_shared(\(Self.storeLock), hashtext(current_schema()))",
                "SELECT pg_advisory_xact_lock(19781122, hashtext(current_schema() || '/\(id)'))",
            ]
        }
    }
}

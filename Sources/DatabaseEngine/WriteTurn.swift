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

    /// What a transaction on PostgreSQL begins with. The locks' names depend on the schema, so that several stores in one
    /// database do not wait for each other. The store's comes first for everybody: nobody waits for two in another order.
    var beginning: [String] {
        // A process that froze in the middle would keep the others out for as long as its connection lives.
        let begin = [
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", "SET LOCAL idle_in_transaction_session_timeout = '60s'",
        ]
        switch self {
        case .rows: return begin
        case .store: return begin + ["SELECT pg_advisory_xact_lock(19781121, hashtext(current_schema()))"]
        case .workspace(let id):
            return begin + [
                "SELECT pg_advisory_xact_lock_shared(19781121, hashtext(current_schema()))",
                "SELECT pg_advisory_xact_lock(19781122, hashtext(current_schema() || '/\(id)'))",
            ]
        }
    }
}

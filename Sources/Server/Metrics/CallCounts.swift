import DatabaseEngine
import Problems
import Storage
import Synchronization

/// How many calls went to Okta since this process began, by bucket, class and status.
///
/// The call ledger only grows, so each look reads what was added since the last one.
final class CallCounts: Sendable {
    struct Key: Hashable, Sendable {
        let integration: Int64
        let bucket: String
        let callClass: String
        let status: Int64
    }

    private struct State {
        var positions: [Int64: Int64] = [:]
        var counts: [Key: Int] = [:]
    }

    private let store: Store
    private let state = Mutex(State())

    init(store: Store) async throws(Problem) {
        self.store = store
        let latest = try await Self.latest(store)
        state.withLock { $0.positions = latest }
    }

    /// Reads on and gives the counts so far.
    func counts() async throws(Problem) -> [Key: Int] {
        let workspace = store.workspaceID
        for (integration, latest) in try await Self.latest(store) {
            let after = state.withLock { $0.positions[integration] ?? 0 }
            guard latest > after else { continue }
            let added = try await store.engine.read { connection in
                try connection.query(
                    """
                    SELECT bucket, call_class, status, count(*) FROM calls
                    WHERE workspace_id = $1 AND integration_id = $2 AND position > $3 AND position <= $4
                    GROUP BY bucket, call_class, status
                    """, [.integer(workspace), .integer(integration), .integer(after), .integer(latest)]
                ) { row in
                    (
                        Key(
                            integration: integration, bucket: row.text(0), callClass: row.text(1),
                            status: row.integer(2)), Int(row.integer(3))
                    )
                }
            }
            state.withLock { state in
                // Two looks at once must not count the same calls twice.
                guard (state.positions[integration] ?? 0) == after else { return }
                state.positions[integration] = latest
                for (key, count) in added { state.counts[key, default: 0] += count }
            }
        }
        return state.withLock { $0.counts }
    }

    private static func latest(_ store: Store) async throws(Problem) -> [Int64: Int64] {
        let workspace = store.workspaceID
        let rows = try await store.engine.read { connection in
            try connection.query(
                """
                SELECT i.integration_id, (SELECT max(c.position) FROM calls c
                    WHERE c.workspace_id = i.workspace_id AND c.integration_id = i.integration_id)
                FROM integrations i WHERE i.workspace_id = $1
                """, [.integer(workspace)]
            ) { ($0.integer(0), $0.integer(1)) }
        }
        return Dictionary(rows, uniquingKeysWith: max)
    }
}

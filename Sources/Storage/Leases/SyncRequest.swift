import DatabaseEngine
public import Directory
public import Problems

/// Somebody asks whoever works for a tenant to sync it.
public struct SyncRequest: Sendable, Equatable {
    /// When it was asked for.
    public let requestedAt: Timestamp
    /// Whether an interrupted run is left aside, to begin again.
    public let isAfresh: Bool

    /// What was asked for is being done: it is begun in the same transaction.
    static func fulfil(of integrationID: Int64, _ workspace: Int64, _ connection: Connection) throws {
        try connection.execute(
            "DELETE FROM sync_requests WHERE workspace_id = $1 AND integration_id = $2",
            [.integer(workspace), .integer(integrationID)])
    }
}

extension Store {
    /// Asks for a sync. Asking twice before it begins is asking once.
    public func requestSync(of integrationID: Int64, afresh: Bool = false, now: Timestamp) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in
            try connection.execute(
                """
                INSERT INTO sync_requests (workspace_id, integration_id, requested_at, afresh) VALUES ($1, $2, $3, $4)
                ON CONFLICT (workspace_id, integration_id) DO UPDATE SET
                    afresh = CASE WHEN excluded.afresh = 1 THEN 1 ELSE sync_requests.afresh END
                """,
                [
                    .integer(workspace), .integer(integrationID), .integer(now.rawValue),
                    .integer(afresh ? 1 : 0),
                ])
        }
    }

    /// What was asked for and has not begun.
    public func syncRequest(of integrationID: Int64) async throws(Problem) -> SyncRequest? {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.first(
                "SELECT requested_at, afresh FROM sync_requests WHERE workspace_id = $1 AND integration_id = $2",
                [.integer(workspace), .integer(integrationID)]
            ) { SyncRequest(requestedAt: Timestamp(rawValue: $0.integer(0)), isAfresh: $0.integer(1) == 1) }
        }
    }

    /// Takes back what was asked for: it cannot be done, or nobody wants it any more.
    public func withdrawSyncRequest(of integrationID: Int64) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in try SyncRequest.fulfil(of: integrationID, workspace, connection) }
    }
}

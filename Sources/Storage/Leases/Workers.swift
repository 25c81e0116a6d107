public import DatabaseEngine
public import Problems

/// A connected tenant of any workspace, as a worker that looks for work sees it.
public struct TenantDuty: Sendable, Equatable {
    /// The tenant.
    public let tenant: TenantID
    /// Whether nobody holds its lease, or its holder is silent for too long.
    public let isFree: Bool
    /// Who held the lease last; nil when it was given up or never taken.
    public let owner: String?
    /// Whether somebody asked for a sync that has not begun.
    public let isRequested: Bool
}

extension Engine {
    /// Every connected tenant of every workspace: the one question that no workspace bounds.
    public func tenantDuties() async throws(Problem) -> [TenantDuty] {
        try await read { connection in
            try connection.query(
                """
                SELECT i.workspace_id, i.integration_id, l.owner IS NULL OR l.expires_at <= \(connection.dialect.clock),
                    l.owner, r.requested_at
                FROM integrations i
                LEFT JOIN leases l ON l.workspace_id = i.workspace_id AND l.integration_id = i.integration_id
                LEFT JOIN sync_requests r ON r.workspace_id = i.workspace_id AND r.integration_id = i.integration_id
                WHERE i.disconnected_at IS NULL
                ORDER BY i.workspace_id, i.integration_id
                """
            ) { row in
                TenantDuty(
                    tenant: TenantID(workspaceID: row.integer(0), integrationID: row.integer(1)),
                    isFree: row.flag(2), owner: row.optionalText(3), isRequested: row.optionalInteger(4) != nil)
            }
        }
    }

    /// Says that a worker lives and for how many tenants it works, and forgets those that are silent for long.
    ///
    /// - Returns: how many workers there are.
    public func noteWorker(_ owner: String, tenants: Int, seconds: Int) async throws(Problem) -> Int {
        try await write(.rows) { connection in
            let clock = connection.dialect.clock
            let length = Value.integer(Int64(seconds) * 1_000_000)
            try connection.execute(
                """
                INSERT INTO workers (owner, started_at, expires_at, tenants) VALUES ($1, \(clock), \(clock) + $2, $3)
                ON CONFLICT (owner) DO UPDATE SET expires_at = excluded.expires_at, tenants = excluded.tenants
                """, [.text(owner), length, .integer(Int64(tenants))])
            try connection.execute("DELETE FROM workers WHERE expires_at < \(clock) - 60000000")
            let count = try connection.first("SELECT count(*) FROM workers WHERE expires_at > \(clock)") {
                $0.integer(0)
            }
            return Int(count ?? 1)
        }
    }

    /// A worker goes: the others share its tenants.
    public func forgetWorker(_ owner: String) async throws(Problem) {
        try await write(.rows) { connection in
            try connection.execute("DELETE FROM workers WHERE owner = $1", [.text(owner)])
        }
    }
}

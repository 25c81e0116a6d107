import DatabaseEngine
import Directory
public import Problems

extension Store {
    /// Takes the lease of a tenant for a process, unless somebody holds it or the tenant is gone.
    ///
    /// All times are the database's: processes need not agree about theirs.
    ///
    /// - Parameter evenIfHeld: takes it from whoever holds it, for where a lock of the system shows that its holder is
    ///   dead.
    /// - Returns: nil when somebody else holds it.
    public func takeLease(
        of integrationID: Int64, owner: String, for purpose: Lease.Purpose, seconds: Int, evenIfHeld: Bool = false
    ) async throws(Problem) -> Lease? {
        let tenant = TenantID(workspaceID: workspaceID, integrationID: integrationID)
        return try await engine.write(.rows) { connection in
            let clock = connection.dialect.clock
            let key: [Value] = [.integer(tenant.workspaceID), .integer(tenant.integrationID)]
            try connection.execute(
                """
                INSERT INTO leases (workspace_id, integration_id, owner, purpose, fence, taken_at, heartbeat_at,
                    expires_at)
                SELECT workspace_id, integration_id, NULL, 'work', 0, 0, 0, 0 FROM integrations
                WHERE workspace_id = $1 AND integration_id = $2
                ON CONFLICT (workspace_id, integration_id) DO NOTHING
                """, key)
            let fence = try connection.first(
                """
                SELECT fence FROM leases WHERE workspace_id = $1 AND integration_id = $2
                    AND (owner IS NULL OR expires_at <= \(clock) OR $3 = 1)\(connection.dialect.holding(.take))
                """, key + [.integer(evenIfHeld ? 1 : 0)], { $0.integer(0) })
            guard let fence else { return nil }
            try connection.execute(
                """
                UPDATE leases SET owner = $3, purpose = $4, fence = $5, taken_at = \(clock), heartbeat_at = \(clock),
                    expires_at = \(clock) + $6
                WHERE workspace_id = $1 AND integration_id = $2
                """,
                key + [
                    .text(owner), .text(purpose.rawValue), .integer(fence + 1), .integer(Int64(seconds) * 1_000_000),
                ])
            return Lease(tenant: tenant, owner: owner, fence: fence + 1)
        }
    }

    /// Says that the holder of a lease lives.
    public func renew(_ lease: Lease, seconds: Int) async throws(Problem) -> LeaseState {
        try await engine.write(.rows) { connection in
            let clock = connection.dialect.clock
            try connection.execute(
                """
                UPDATE leases SET heartbeat_at = \(clock), expires_at = \(clock) + $5
                WHERE workspace_id = $1 AND integration_id = $2 AND fence = $3 AND owner = $4
                """, lease.parameters + [.integer(Int64(seconds) * 1_000_000)])
            guard connection.changes == 1 else { return .lost }
            let isWanted = try connection.first(
                "SELECT disconnected_at IS NULL FROM integrations WHERE workspace_id = $1 AND integration_id = $2",
                [.integer(lease.tenant.workspaceID), .integer(lease.tenant.integrationID)], { $0.flag(0) })
            return isWanted == true ? .held : .unwanted
        }
    }

    /// Gives a lease up, so that others need not wait for its end.
    public func release(_ lease: Lease) async throws(Problem) {
        try await engine.write(.rows) { connection in
            try connection.execute(
                """
                UPDATE leases SET owner = NULL, expires_at = 0
                WHERE workspace_id = $1 AND integration_id = $2 AND fence = $3 AND owner = $4
                """, lease.parameters)
        }
    }

    /// Who works for a tenant now; nil when nobody does.
    public func leaseHolder(of integrationID: Int64) async throws(Problem) -> LeaseHolder? {
        let workspace = workspaceID
        return try await engine.read { connection in
            let clock = connection.dialect.clock
            return try connection.first(
                """
                SELECT owner, purpose, \(clock) - heartbeat_at, expires_at - \(clock) FROM leases
                WHERE workspace_id = $1 AND integration_id = $2 AND owner IS NOT NULL AND expires_at > \(clock)
                """, [.integer(workspace), .integer(integrationID)]
            ) { row in
                LeaseHolder(
                    owner: row.text(0), purpose: Lease.Purpose(rawValue: row.text(1)) ?? .sync,
                    silentSeconds: Int(max(0, row.integer(2)) / 1_000_000),
                    secondsLeft: Int((row.integer(3) + 999_999) / 1_000_000))
            }
        }
    }
}

extension Lease {
    fileprivate var parameters: [Value] {
        [.integer(tenant.workspaceID), .integer(tenant.integrationID), .integer(fence), .text(owner)]
    }
}

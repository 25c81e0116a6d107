public import DatabaseEngine
public import Directory
public import Problems

extension Store {
    /// The Event Hook of an integration; nil when it has none.
    public func eventHook(of integrationID: Int64) async throws(Problem) -> EventHook? {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.first(
                "\(Self.selectHook) WHERE workspace_id = $1 AND integration_id = $2",
                [.integer(workspace), .integer(integrationID)], Self.hook) ?? nil
        }
    }

    /// The Event Hook at an address of this workspace; nil when there is none.
    public func eventHook(at address: HookAddress) async throws(Problem) -> EventHook? {
        guard address.workspaceID == workspaceID else { return nil }
        return try await engine.read { connection in
            try connection.first(
                "\(Self.selectHook) WHERE workspace_id = $1 AND address = $2",
                [.integer(address.workspaceID), .text(address.text)], Self.hook) ?? nil
        }
    }

    /// Gives an integration an Event Hook; one it has keeps its address and gets the new secret.
    ///
    /// - Returns: the address it has now.
    public func keepHook(
        of integrationID: Int64, address: HookAddress, secretSHA256: [UInt8], now: Timestamp,
        on connection: Connection
    ) throws -> HookAddress {
        try connection.execute(
            """
            INSERT INTO event_hooks (workspace_id, integration_id, address, secret_sha256, created_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (workspace_id, integration_id) DO UPDATE SET secret_sha256 = excluded.secret_sha256
            """,
            [
                .integer(workspaceID), .integer(integrationID), .text(address.text), .blob(secretSHA256),
                .integer(now.rawValue),
            ])
        let kept = try connection.first(
            "SELECT address FROM event_hooks WHERE workspace_id = $1 AND integration_id = $2",
            [.integer(workspaceID), .integer(integrationID)], { $0.text(0) })
        return kept.flatMap(HookAddress.init) ?? address
    }

    /// Takes an integration's Event Hook away, with what was delivered and not taken.
    ///
    /// - Returns: whether it had one.
    @discardableResult
    public func removeHook(of integrationID: Int64, on connection: Connection) throws -> Bool {
        let parameters: [Value] = [.integer(workspaceID), .integer(integrationID)]
        try connection.execute(
            "DELETE FROM hook_deliveries WHERE workspace_id = $1 AND integration_id = $2", parameters)
        try connection.execute("DELETE FROM event_hooks WHERE workspace_id = $1 AND integration_id = $2", parameters)
        return connection.changes > 0
    }

    /// Notes that Okta asked whether the address is ours.
    public func noteHookVerified(_ integrationID: Int64, now: Timestamp) async throws(Problem) {
        let workspace = workspaceID
        try await engine.write(.deliveries) { connection in
            try connection.execute(
                "UPDATE event_hooks SET verified_at = $3 WHERE workspace_id = $1 AND integration_id = $2",
                [.integer(workspace), .integer(integrationID), .integer(now.rawValue)])
        }
    }

    /// Notes deliveries that were refused because of their secret.
    public func noteHookRefused(_ integrationID: Int64, count: Int, now: Timestamp) async throws(Problem) {
        let workspace = workspaceID
        try await engine.write(.deliveries) { connection in
            try connection.execute(
                """
                UPDATE event_hooks SET refused = refused + $3, refused_at = $4
                WHERE workspace_id = $1 AND integration_id = $2
                """,
                [
                    .integer(workspace), .integer(integrationID), .integer(Int64(count)), .integer(now.rawValue),
                ])
        }
    }

    private static let selectHook = """
        SELECT integration_id, address, secret_sha256, created_at, verified_at, refused, refused_at, dropped, dropped_at
        FROM event_hooks
        """

    private static func hook(_ row: Row) -> EventHook? {
        guard let address = HookAddress(row.text(1)) else { return nil }
        return EventHook(
            integrationID: row.integer(0), address: address, secretSHA256: row.blob(2),
            createdAt: Timestamp(rawValue: row.integer(3)),
            verifiedAt: row.optionalInteger(4).map(Timestamp.init(rawValue:)), refused: Int(row.integer(5)),
            refusedAt: row.optionalInteger(6).map(Timestamp.init(rawValue:)), dropped: Int(row.integer(7)),
            droppedAt: row.optionalInteger(8).map(Timestamp.init(rawValue:)))
    }
}

import DatabaseEngine
public import Directory
public import Problems

/// What Okta delivered to a tenant's Event Hook: stored before it is answered, and taken by whoever works on the tenant.
public struct HookInbox: Sendable {
    /// How much may wait for a tenant that nobody works on.
    public struct Bounds: Sendable {
        /// Deliveries at most.
        public var count = 100_000
        /// Bytes of them at most.
        public var bytes = 256 << 20
        /// Days one waits at most.
        public var days = 7

        /// 100,000 deliveries, 256 MB, 7 days.
        public init() {}
    }

    private let store: Store
    private let bounds: Bounds

    /// The inbox of a workspace.
    public init(_ store: Store, bounds: Bounds = Bounds()) {
        self.store = store
        self.bounds = bounds
    }

    /// Stores a delivery: one insert. Throws `storage.deliveries.crowded` when too many wait for theirs.
    ///
    /// - Returns: false when it was delivered before, which stores nothing.
    public func receive(
        _ eventID: String, body: [UInt8], for integrationID: Int64, now: Timestamp
    ) async throws(Problem) -> Bool {
        let workspace = store.workspaceID
        return try await store.engine.write(.deliveries) { connection in
            try connection.execute(
                """
                INSERT INTO hook_deliveries (workspace_id, integration_id, event_id, received_at, size, body)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (workspace_id, integration_id, event_id) DO NOTHING
                """,
                [
                    .integer(workspace), .integer(integrationID), .text(eventID), .integer(now.rawValue),
                    .integer(Int64(body.count)), .blob(body),
                ])
            return connection.changes > 0
        }
    }

    /// Whether any delivery waits to be taken.
    public func isWaiting(for integrationID: Int64) async throws(Problem) -> Bool {
        let workspace = store.workspaceID
        return try await store.engine.read { connection in
            try connection.first(
                """
                SELECT 1 FROM hook_deliveries WHERE workspace_id = $1 AND integration_id = $2 AND taken_at IS NULL LIMIT 1
                """, [.integer(workspace), .integer(integrationID)], { _ in true }) ?? false
        }
    }

    /// How deliveries of a tenant go.
    public struct Standing: Sendable, Equatable {
        /// When the last one came.
        public var lastAt: Timestamp?
        /// How many came since the day began, in UTC.
        public var today = 0
        /// How many wait to be taken.
        public var waiting = 0

        /// Nothing came yet, unless told otherwise.
        public init(lastAt: Timestamp? = nil, today: Int = 0, waiting: Int = 0) {
            self.lastAt = lastAt
            self.today = today
            self.waiting = waiting
        }
    }

    /// How deliveries of a tenant go.
    public func standing(of integrationID: Int64, now: Timestamp) async throws(Problem) -> Standing {
        let parameters: [Value] = [.integer(store.workspaceID), .integer(integrationID)]
        let midnight = Timestamp(day: now.day).rawValue
        return try await store.engine.read { connection in
            let of = "FROM hook_deliveries WHERE workspace_id = $1 AND integration_id = $2"
            var standing = Standing()
            standing.lastAt =
                try connection.first("SELECT max(received_at) \(of)", parameters) { row in
                    row.optionalInteger(0).map(Timestamp.init(rawValue:))
                } ?? nil
            standing.today =
                try connection.first(
                    "SELECT count(*) \(of) AND received_at >= $3", parameters + [.integer(midnight)],
                    { Int($0.integer(0)) }) ?? 0
            standing.waiting =
                try connection.first(
                    "SELECT count(*) \(of) AND taken_at IS NULL", parameters, { Int($0.integer(0)) }) ?? 0
            return standing
        }
    }

    /// Lets go of what nobody took for too long or what is too much; Okta's System Log has it anyway.
    ///
    /// - Returns: how many deliveries were let go.
    public func trim(_ integrationID: Int64, now: Timestamp) async throws(Problem) -> Int {
        let workspace = store.workspaceID
        let bounds = bounds
        return try await store.engine.write(.deliveries) { connection in
            let key: [Value] = [.integer(workspace), .integer(integrationID)]
            let oldest = now.advanced(bySeconds: -Int64(bounds.days) * 86_400).rawValue
            var dropped = 0
            while true {
                let (count, bytes) =
                    try connection.first(
                        """
                        SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM hook_deliveries
                        WHERE workspace_id = $1 AND integration_id = $2 AND taken_at IS NULL
                        """, key, { (Int($0.integer(0)), Int($0.integer(1))) }) ?? (0, 0)
                // Bytes say nothing of how many are too many: a tenth at a time, and never the newest.
                let isTooLarge = bytes > bounds.bytes && count > 1
                let excess = max(count - bounds.count, isTooLarge ? max(count / 10, 1) : 0)
                var until = oldest
                if excess > 0 {
                    let last = try connection.first(
                        """
                        SELECT received_at FROM hook_deliveries
                        WHERE workspace_id = $1 AND integration_id = $2 AND taken_at IS NULL
                        ORDER BY received_at, event_id LIMIT 1 OFFSET $3
                        """, key + [.integer(Int64(excess - 1))], { $0.integer(0) })
                    until = max(until, last ?? until)
                }
                try connection.execute(
                    """
                    DELETE FROM hook_deliveries
                    WHERE workspace_id = $1 AND integration_id = $2 AND taken_at IS NULL AND received_at <= $3
                    """, key + [.integer(until)])
                dropped += connection.changes
                if !isTooLarge { break }
            }
            if dropped > 0 {
                try connection.execute(
                    """
                    UPDATE event_hooks SET dropped = dropped + $3, dropped_at = $4
                    WHERE workspace_id = $1 AND integration_id = $2
                    """, key + [.integer(Int64(dropped)), .integer(now.rawValue)])
            }
            return dropped
        }
    }
}

/// A delivery that waits.
public struct StoredDelivery: Sendable, Equatable {
    /// Okta's id of the delivery.
    public let eventID: String
    /// When it came.
    public let receivedAt: Timestamp
    /// What was posted.
    public let body: [UInt8]
}

extension RunWriter {
    /// The oldest deliveries that wait for the run's tenant, in the order they came. Call `finish` with them in the same
    /// transaction as what they cause.
    public func waitingDeliveries(limit: Int) throws -> [StoredDelivery] {
        try connection.query(
            """
            SELECT event_id, received_at, body FROM hook_deliveries
            WHERE workspace_id = $1 AND integration_id = $2 AND taken_at IS NULL
            ORDER BY received_at, event_id LIMIT $3
            """, [.integer(context.workspaceID), .integer(context.integrationID), .integer(Int64(limit))]
        ) { row in
            StoredDelivery(
                eventID: row.text(0), receivedAt: Timestamp(rawValue: row.integer(1)), body: row.blob(2))
        }
    }

    /// Marks deliveries as taken and forgets their bodies. Their ids are kept for two days: Okta may deliver one again.
    public func finish(_ deliveries: [StoredDelivery], now: Timestamp) throws {
        let take = try connection.prepare(
            """
            UPDATE hook_deliveries SET taken_at = $4, body = $5, size = 0
            WHERE workspace_id = $1 AND integration_id = $2 AND event_id = $3
            """)
        take.bind(1, context.workspaceID)
        take.bind(2, context.integrationID)
        take.bind(4, now.rawValue)
        take.bind(5, [UInt8]())
        for delivery in deliveries {
            take.bind(3, delivery.eventID)
            try take.run()
        }
        try connection.execute(
            """
            DELETE FROM hook_deliveries
            WHERE workspace_id = $1 AND integration_id = $2 AND received_at < $3 AND taken_at IS NOT NULL
            """,
            [
                .integer(context.workspaceID), .integer(context.integrationID),
                .integer(now.advanced(bySeconds: -2 * 86_400).rawValue),
            ])
    }
}

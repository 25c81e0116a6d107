import DatabaseEngine
import Directory
public import Problems

extension Store {
    /// The calls of an integration, newest first; pass the last position to page on.
    public func calls(
        of integrationID: Int64, run: Int64? = nil, before: Int64 = .max, limit: Int = 50
    ) async throws(Problem) -> [CallRecord] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT position, run_id, called_at, method, path, call_class, bucket, status, items, bytes, request_id,
                    duration_us, retry, body_sha256
                FROM calls WHERE workspace_id = $1 AND integration_id = $2 AND position < $3
                    AND (CAST($4 AS BIGINT) IS NULL OR run_id = $4)
                ORDER BY position DESC LIMIT $5
                """,
                [
                    .integer(workspace), .integer(integrationID), .integer(before), .optional(run),
                    .integer(Int64(limit)),
                ]
            ) { CallRecord($0) }
        }
    }

    /// How many calls the ledger of an integration holds.
    public func callCount(of integrationID: Int64) async throws(Problem) -> Int {
        let workspace = workspaceID
        return try await engine.read { connection in
            Int(
                try connection.first(
                    "SELECT coalesce(max(position), 0) FROM calls WHERE workspace_id = $1 AND integration_id = $2",
                    [.integer(workspace), .integer(integrationID)], { $0.integer(0) }) ?? 0)
        }
    }

    /// The newest rate-limit gauges of an integration.
    public func gauges(of integrationID: Int64) async throws(Problem) -> [RateGauge] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT bucket, header_limit, remaining, allowed, used, resets_at, updated_at FROM rate_gauges
                WHERE workspace_id = $1 AND integration_id = $2 ORDER BY bucket
                """, [.integer(workspace), .integer(integrationID)]
            ) { row in
                RateGauge(
                    bucket: row.text(0), limit: Int(row.integer(1)), remaining: Int(row.integer(2)),
                    allowed: Int(row.integer(3)), used: Int(row.integer(4)),
                    resetsAt: Timestamp(rawValue: row.integer(5)), updatedAt: Timestamp(rawValue: row.integer(6)))
            }
        }
    }
}

extension CallRecord {
    /// A row of the ledger, its columns in the order of the queries.
    init(_ row: Row) {
        self.init(
            position: row.integer(0), runID: row.optionalInteger(1), calledAt: Timestamp(rawValue: row.integer(2)),
            method: row.text(3), path: row.text(4), callClass: row.text(5), bucket: row.text(6),
            status: Int(row.integer(7)), items: row.optionalInteger(8).map { Int($0) }, bytes: Int(row.integer(9)),
            requestID: row.optionalText(10), durationMicroseconds: row.integer(11), retry: Int(row.integer(12)),
            bodySHA256: row.blob(13))
    }
}

import Crypto
import DatabaseEngine
import Directory
public import Problems

extension Store {
    /// Adds calls to the ledger of an integration. Each entry's hash covers the one before it, so that none can be taken
    /// out or changed unseen.
    public func recordCalls(
        _ calls: [CallRecord], gauges: [RateGauge], of integrationID: Int64
    ) async throws(Problem) {
        if calls.isEmpty && gauges.isEmpty { return }
        let workspace = workspaceID
        try await write { connection in
            try CallLedgerWriter(connection: connection, workspaceID: workspace, integrationID: integrationID)
                .append(calls, gauges)
        }
    }
}

extension RunWriter {
    /// Adds calls to the ledger in the transaction of the page they fetched, and to the run's counts.
    public func recordCalls(_ calls: [CallRecord], gauges: [RateGauge], now: Int64) throws {
        try CallLedgerWriter(
            connection: connection, workspaceID: context.workspaceID, integrationID: context.integrationID
        ).append(calls, gauges)
        if context.runID == RunContext.noRun { return }
        var byClass: [String: Int64] = [:]
        for call in calls { byClass[call.callClass, default: 0] += 1 }
        for (callClass, count) in byClass {
            try connection.execute(
                """
                INSERT INTO run_calls (workspace_id, run_id, call_class, calls) VALUES ($1, $2, $3, $4)
                ON CONFLICT (workspace_id, run_id, call_class) DO UPDATE SET calls = run_calls.calls + excluded.calls
                """, [.integer(context.workspaceID), .integer(context.runID), .text(callClass), .integer(count)])
        }
        let limited = calls.count { $0.status == 429 }
        let retries = calls.count { $0.retry > 0 }
        try connection.execute(
            """
            UPDATE runs SET heartbeat_at = $3, retries = retries + $4, rate_limited = rate_limited + $5
            WHERE workspace_id = $1 AND run_id = $2
            """,
            [
                .integer(context.workspaceID), .integer(context.runID), .integer(now), .integer(Int64(retries)),
                .integer(Int64(limited)),
            ])
    }
}

/// Writes ledger entries and gauges on a connection that is inside a transaction.
struct CallLedgerWriter {
    let connection: Connection
    let workspaceID: Int64
    let integrationID: Int64

    func append(_ calls: [CallRecord], _ gauges: [RateGauge]) throws {
        if !calls.isEmpty { try append(calls) }
        for gauge in gauges {
            try connection.execute(
                """
                INSERT INTO rate_gauges (workspace_id, integration_id, bucket, header_limit, remaining, allowed, used,
                    resets_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                ON CONFLICT (workspace_id, integration_id, bucket) DO UPDATE SET
                    header_limit = excluded.header_limit, remaining = excluded.remaining, allowed = excluded.allowed,
                    used = excluded.used, resets_at = excluded.resets_at, updated_at = excluded.updated_at
                """,
                [
                    .integer(workspaceID), .integer(integrationID), .text(gauge.bucket),
                    .integer(Int64(gauge.limit)), .integer(Int64(gauge.remaining)), .integer(Int64(gauge.allowed)),
                    .integer(Int64(gauge.used)), .integer(gauge.resetsAt.rawValue),
                    .integer(gauge.updatedAt.rawValue),
                ])
        }
    }

    private func append(_ calls: [CallRecord]) throws {
        let last = try connection.first(
            """
            SELECT position, chain_sha256 FROM calls WHERE workspace_id = $1 AND integration_id = $2
            ORDER BY position DESC LIMIT 1
            """, [.integer(workspaceID), .integer(integrationID)]
        ) { ($0.integer(0), $0.blob(1)) }
        var position = last?.0 ?? 0
        var chain = last?.1 ?? []
        let insert = try connection.prepare(
            """
            INSERT INTO calls (workspace_id, integration_id, position, run_id, called_at, method, path, call_class,
                bucket, status, items, bytes, request_id, duration_us, retry, body_sha256, chain_sha256)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """)
        for call in calls {
            position += 1
            chain = Self.chain(chain, call, position)
            insert.bind([
                .integer(workspaceID), .integer(integrationID), .integer(position), .optional(call.runID),
                .integer(call.calledAt.rawValue), .text(call.method), .text(call.path), .text(call.callClass),
                .text(call.bucket), .integer(Int64(call.status)), .optional(call.items.map(Int64.init)),
                .integer(Int64(call.bytes)), .optional(call.requestID), .integer(call.durationMicroseconds),
                .integer(Int64(call.retry)), .blob(call.bodySHA256), .blob(chain),
            ])
            try insert.run()
        }
    }

    /// SHA-256 over the hash before and every field of the entry, each ended by a zero byte.
    static func chain(_ before: [UInt8], _ call: CallRecord, _ position: Int64) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: before)
        let fields = [
            String(position), String(call.calledAt.rawValue), call.method, call.path, String(call.status),
            call.items.map(String.init) ?? "", String(call.bytes), call.requestID ?? "",
        ]
        for field in fields {
            hash.update(data: Array(field.utf8))
            hash.update(data: [0])
        }
        hash.update(data: call.bodySHA256)
        return Array(hash.finalize())
    }
}

public import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// The rules that seats of the company, of one app, or of one of its products are judged by.
public struct SeatPolicyRecord: Sendable, Equatable {
    /// The Okta id of the app; empty: the whole company.
    public var appID: String
    /// The product; empty: the whole app.
    public var product: String
    /// The rules.
    public var policy: SeatPolicy
    /// What the app is for, so that two of one category are seen to overlap.
    public var category: String?
    /// Who changed it last.
    public var changedBy: String
    /// When.
    public var changedAt: Timestamp
}

extension Store {
    /// All rules that somebody set.
    public func seatPolicies() async throws(Problem) -> [SeatPolicyRecord] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT x.app_id, x.product, x.window_days, x.grace_days, x.underused_percent, x.buffer_percent,
                    x.peak_percent, x.known_hires, x.round_to, x.category, x.changed_by, x.changed_at
                FROM seat_policies x WHERE x.workspace_id = $1 ORDER BY x.app_id, x.product
                """, [.integer(workspaceID)]
            ) { row in
                SeatPolicyRecord(
                    appID: row.text(0), product: row.text(1),
                    policy: SeatPolicy(
                        windowDays: row.optionalInteger(2).map(Int.init), graceDays: Int(row.integer(3)),
                        underusedPercent: Int(row.integer(4)), bufferPercent: Int(row.integer(5)),
                        peakPercent: Int(row.integer(6)), knownHires: Int(row.integer(7)),
                        roundTo: Int(row.integer(8))), category: row.optionalText(9), changedBy: row.text(10),
                    changedAt: Timestamp(rawValue: row.integer(11)))
            }
        }
    }

    /// Sets the rules of the company (without an app), of an app, or of one of its products.
    ///
    /// - Throws: `policy.invalid`.
    public func setSeatPolicy(
        _ policy: SeatPolicy, category: String? = nil, app: String = "", product: String = "", by actor: String,
        at now: Timestamp
    ) async throws(Problem) {
        try policy.check()
        let workspaceID = workspaceID
        let product = product.lowercased()
        try await write { connection in
            try DecisionCounter.move(connection, workspaceID)
            let values: [Value] = [
                .integer(workspaceID), .text(app), .text(product), .optional(policy.windowDays.map(Int64.init)),
                .integer(Int64(policy.graceDays)), .integer(Int64(policy.underusedPercent)),
                .integer(Int64(policy.bufferPercent)), .integer(Int64(policy.peakPercent)),
                .integer(Int64(policy.knownHires)), .integer(Int64(policy.roundTo)), .optional(category),
                .integer(now.rawValue), .text(actor),
            ]
            try connection.execute(
                """
                INSERT INTO seat_policies (workspace_id, app_id, product, window_days, grace_days, underused_percent,
                    buffer_percent, peak_percent, known_hires, round_to, category, changed_at, changed_by)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                ON CONFLICT (workspace_id, app_id, product) DO UPDATE SET window_days = excluded.window_days,
                    grace_days = excluded.grace_days, underused_percent = excluded.underused_percent,
                    buffer_percent = excluded.buffer_percent, peak_percent = excluded.peak_percent,
                    known_hires = excluded.known_hires, round_to = excluded.round_to, category = excluded.category,
                    changed_at = excluded.changed_at, changed_by = excluded.changed_by
                """, values)
            try AuditNote(
                actor: actor, action: "policy.set", subject: app.isEmpty ? "the company" : "\(app) \(product)",
                detail: policy.words
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// Lets an app or product follow the rules above it again.
    public func removeSeatPolicy(
        app: String, product: String = "", by actor: String, at now: Timestamp
    ) async throws(Problem) {
        let workspaceID = workspaceID
        let product = product.lowercased()
        try await write { connection in
            try connection.execute(
                "DELETE FROM seat_policies WHERE workspace_id = $1 AND app_id = $2 AND product = $3",
                [.integer(workspaceID), .text(app), .text(product)])
            guard connection.changes > 0 else { return }
            try DecisionCounter.move(connection, workspaceID)
            try AuditNote(
                actor: actor, action: "policy.remove", subject: app.isEmpty ? "the company" : "\(app) \(product)"
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
    }
}

extension SeatPolicy {
    /// The rules in a line.
    public var words: String {
        let window = windowDays.map { "window \($0) days" } ?? "window as calibrated, else \(Self.usualWindow) days"
        return
            "\(window), grace \(graceDays) days, underused below \(underusedPercent) %, buffer \(bufferPercent) %, "
            + "peak \(peakPercent) %, \(knownHires) known hires, rounded to \(roundTo)"
    }

    /// Refuses rules that cannot be.
    func check() throws(Problem) {
        let limits: [(String, Int, ClosedRange<Int>)] = [
            ("window_days", windowDays ?? 60, 1...730), ("grace_days", graceDays, 0...365),
            ("underused_percent", underusedPercent, 0...100), ("buffer_percent", bufferPercent, 0...200),
            ("peak_percent", peakPercent, 0...200), ("known_hires", knownHires, 0...1_000_000),
            ("round_to", roundTo, 1...10_000),
        ]
        for (name, value, range) in limits where !range.contains(value) {
            throw Problem(
                id: "policy.invalid", kind: .badInput, title: "\(name) cannot be \(value)",
                explanation: "Nothing was changed.",
                remedy: "Give a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
    }
}

public import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// A seat that somebody asked to be taken back. Asking is an instruction: it is realised only when a later sync saw the
/// seat gone.
public struct ReclaimAction: Sendable, Equatable {
    /// What became of it.
    public enum State: String, Sendable, CaseIterable {
        /// The seat is still assigned.
        case waits
        /// A sync, or the log, saw that it is assigned no longer.
        case realised
        /// Somebody took the instruction back.
        case withdrawn
        /// Okta no longer has the app or the person, as far as Muster knows, so nobody saw it go.
        case unknown = "not evaluated"
    }

    /// Its number.
    public var id: Int64
    /// The Okta id of the app.
    public var appID: String
    /// The app's name, where Okta has it.
    public var appLabel: String
    /// The product.
    public var product: String
    /// The Okta id of the person.
    public var userID: String
    /// The person's login, where Okta has them.
    public var login: String
    /// The bucket the seat was in.
    public var bucket: String
    /// What the seat cost for a year when it was asked for; nil where nobody knew.
    public var seatYear: Money?
    /// Who asked.
    public var askedBy: String
    /// When.
    public var askedAt: Timestamp
    /// What became of it.
    public var state: State
    /// When the seat was seen gone.
    public var goneAt: Timestamp?
    /// The run that saw it.
    public var goneRun: Int64?
}

extension Store {
    /// Asks for seats to be taken back: one instruction for each that has none waiting.
    ///
    /// - Returns: how many are new.
    public func instructReclaim(
        _ seats: [(userID: String, bucket: SeatBucket)], app: String, product: String, seatYear: Money?,
        note: String? = nil, by actor: String, at now: Timestamp
    ) async throws(Problem) -> Int {
        let workspaceID = workspaceID
        let known = try await reclaimActions(app: app)
        let waiting = Set(known.filter { $0.state == .waits && $0.product == product }.map(\.userID))
        let fresh = seats.filter { !waiting.contains($0.userID) }
        guard !fresh.isEmpty else { return 0 }
        try await write { connection in
            for seat in fresh {
                let id = try DecisionCounter.next(.action, connection, workspaceID)
                try connection.execute(
                    """
                    INSERT INTO reclaim_actions (workspace_id, action_id, app_id, product, user_id, bucket, seat_year,
                        currency, asked_at, asked_by, note)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                    """,
                    [
                        .integer(workspaceID), .integer(id), .text(app), .text(product), .text(seat.userID),
                        .text(seat.bucket.name), .optional(seatYear?.minor), .optional(seatYear?.currency.code),
                        .integer(now.rawValue), .text(actor), .optional(note),
                    ])
            }
            try AuditNote(
                actor: actor, action: "reclaim.ask", subject: product.isEmpty ? app : "\(app) \(product)",
                detail: "\(fresh.count) seats"
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
        return fresh.count
    }

    /// Takes an instruction back.
    ///
    /// - Throws: `reclaim.unknown`.
    public func withdrawReclaim(_ id: Int64, by actor: String, at now: Timestamp) async throws(Problem) {
        let workspaceID = workspaceID
        try await write { connection in
            try connection.execute(
                """
                UPDATE reclaim_actions SET withdrawn_at = $3, withdrawn_by = $4
                WHERE workspace_id = $1 AND action_id = $2 AND withdrawn_at IS NULL
                """, [.integer(workspaceID), .integer(id), .integer(now.rawValue), .text(actor)])
            guard connection.changes > 0 else {
                throw Problem(
                    id: "reclaim.unknown", kind: .notFound, title: "There is no such open instruction",
                    explanation: "It may have been withdrawn already.", remedy: "See the list of reclaimed seats.")
            }
            try AuditNote(actor: actor, action: "reclaim.withdraw", subject: String(id))
                .write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// Instructions, newest first, at most ten thousand: of all apps, or of one.
    public func reclaimActions(app: String? = nil) async throws(Problem) -> [ReclaimAction] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            let observer = ReclaimObserver(connection: connection, workspaceID: workspaceID)
            let only = app == nil ? "" : " AND x.app_id = $2"
            let rows = try connection.query(
                """
                SELECT x.action_id, x.app_id, x.product, x.user_id, x.bucket, x.seat_year, x.currency, x.asked_at,
                    x.asked_by, x.withdrawn_at
                FROM reclaim_actions x WHERE x.workspace_id = $1\(only) ORDER BY x.action_id DESC LIMIT 10000
                """, [.integer(workspaceID)] + (app.map { [.text($0)] } ?? [])
            ) { row in
                let currency = row.optionalText(6).flatMap { Currency($0) }
                return ReclaimAction(
                    id: row.integer(0), appID: row.text(1), appLabel: "", product: row.text(2), userID: row.text(3),
                    login: "", bucket: row.text(4),
                    seatYear: row.optionalInteger(5).flatMap { minor in currency.map { Money(minor: minor, $0) } },
                    askedBy: row.text(8), askedAt: Timestamp(rawValue: row.integer(7)),
                    state: row.isNull(9) ? .waits : .withdrawn)
            }
            return try rows.map(observer.observed)
        }
    }
}

/// Looks whether a seat that was asked for is still assigned.
private struct ReclaimObserver {
    let connection: Connection
    let workspaceID: Int64

    func observed(_ action: ReclaimAction) throws -> ReclaimAction {
        var action = action
        let isWithdrawn = action.state == .withdrawn
        guard let app = try Objects.key(connection, workspaceID, oktaID: action.appID),
            let user = try Objects.key(connection, workspaceID, oktaID: action.userID)
        else {
            if !isWithdrawn { action.state = .unknown }
            return action
        }
        action.appLabel = try latest("apps", "app_key", "label", app)
        action.login = try latest("users", "user_key", "login", user)
        guard !isWithdrawn else { return action }
        let seat = try connection.first(
            """
            SELECT a.valid_to, a.closed_run FROM assignments a
            WHERE a.workspace_id = $1 AND a.app_key = $2 AND a.user_key = $3 ORDER BY a.valid_from DESC LIMIT 1
            """, [.integer(workspaceID), .integer(app), .integer(user)]
        ) { ($0.optionalInteger(0), $0.optionalInteger(1)) }
        guard let (end, run) = seat else {
            action.state = .unknown
            return action
        }
        if let end {
            action.state = .realised
            action.goneAt = Timestamp(rawValue: end)
            action.goneRun = run
        }
        return action
    }

    private func latest(_ table: String, _ key: String, _ column: String, _ value: Int64) throws -> String {
        try connection.first(
            """
            SELECT t.\(column) FROM \(table) t WHERE t.workspace_id = $1 AND t.\(key) = $2
            ORDER BY t.valid_from DESC LIMIT 1
            """, [.integer(workspaceID), .integer(value)], { $0.text(0) }) ?? ""
    }
}

extension [ReclaimAction] {
    /// What taking back has brought for a year, by currency: of seats alone that were seen gone.
    public var realised: [Money] {
        var sums: [Currency: Int64] = [:]
        for action in self where action.state == .realised {
            if let money = action.seatYear { sums[money.currency, default: 0] += money.minor }
        }
        return sums.keys.sorted().compactMap { currency in sums[currency].map { Money(minor: $0, currency) } }
    }
}

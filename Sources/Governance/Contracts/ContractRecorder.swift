import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// Everything decided about seats moves a counter, so that what was worked out from decisions is known to be old.
enum DecisionCounter {
    enum Series: String { case contract = "next_contract", action = "next_action" }

    /// Counts a decision.
    static func move(_ connection: Connection, _ workspaceID: Int64) throws {
        try connection.execute(
            """
            INSERT INTO decision_counters (workspace_id, next_contract, next_action, decisions) VALUES ($1, 1, 1, 1)
            ON CONFLICT (workspace_id) DO UPDATE SET decisions = decision_counters.decisions + 1
            """, [.integer(workspaceID)])
    }

    /// The next number of a series, which is never given again.
    static func next(_ series: Series, _ connection: Connection, _ workspaceID: Int64) throws -> Int64 {
        try move(connection, workspaceID)
        let column = series.rawValue
        return try connection.first(
            """
            UPDATE decision_counters SET \(column) = \(column) + 1 WHERE workspace_id = $1 RETURNING \(column) - 1
            """, [.integer(workspaceID)], { $0.integer(0) }) ?? 1
    }
}

extension Store {
    /// How often anything was decided: moves with each contract, rule, protected person and rate.
    public func decisionState() async throws(Problem) -> Int64 {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try connection.first(
                "SELECT decisions FROM decision_counters WHERE workspace_id = $1", [.integer(workspaceID)],
                { $0.integer(0) }) ?? 0
        }
    }

    /// Keeps a new contract.
    ///
    /// - Returns: its number.
    /// - Throws: `contract.invalid`.
    public func add(_ contract: Contract, by actor: String, at now: Timestamp) async throws(Problem) -> Int64 {
        try contract.check()
        let workspaceID = workspaceID
        return try await write { connection in
            try ContractRecorder(connection: connection, workspaceID: workspaceID, actor: actor, now: now).add(contract)
        }
    }

    /// Keeps a contract in place of what it was.
    ///
    /// - Throws: `contract.invalid`, `contract.unknown`.
    public func change(_ contract: Contract, by actor: String, at now: Timestamp) async throws(Problem) {
        try contract.check()
        let workspaceID = workspaceID
        try await write { connection in
            let recorder = ContractRecorder(
                connection: connection, workspaceID: workspaceID, actor: actor, now: now)
            try recorder.change(contract)
        }
    }

    /// Removes a contract with its lines.
    ///
    /// - Throws: `contract.unknown`.
    public func removeContract(_ id: Int64, by actor: String, at now: Timestamp) async throws(Problem) {
        let workspaceID = workspaceID
        try await write { connection in
            let recorder = ContractRecorder(
                connection: connection, workspaceID: workspaceID, actor: actor, now: now)
            try recorder.remove(id)
        }
    }
}

/// Writes contracts, each with a note in the audit trail, inside a transaction.
struct ContractRecorder {
    let connection: Connection
    let workspaceID: Int64
    let actor: String
    let now: Timestamp

    func add(_ contract: Contract) throws -> Int64 {
        var contract = contract
        contract.id = try DecisionCounter.next(.contract, connection, workspaceID)
        try connection.execute(
            """
            INSERT INTO contracts (workspace_id, contract_id, vendor, title, number, starts_on, ends_on, notice_days,
                renews, status, currency, billing, owner, note, created_at, created_by, changed_at, changed_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $15, $16)
            """, values(of: contract) + [.integer(now.rawValue), .text(actor)])
        try writeLines(of: contract)
        try note("contract.add", contract)
        return contract.id
    }

    func change(_ contract: Contract) throws {
        guard let before = try ContractQueries.all(connection, workspaceID, contract.id).first else {
            throw ContractProblem.unknown(contract.id)
        }
        guard before != contract else { return }
        try DecisionCounter.move(connection, workspaceID)
        try connection.execute(
            """
            UPDATE contracts SET vendor = $3, title = $4, number = $5, starts_on = $6, ends_on = $7, notice_days = $8,
                renews = $9, status = $10, currency = $11, billing = $12, owner = $13, note = $14, changed_at = $15,
                changed_by = $16
            WHERE workspace_id = $1 AND contract_id = $2
            """, values(of: contract) + [.integer(now.rawValue), .text(actor)])
        try connection.execute(
            "DELETE FROM contract_lines WHERE workspace_id = $1 AND contract_id = $2",
            [.integer(workspaceID), .integer(contract.id)])
        try writeLines(of: contract)
        try note("contract.change", contract)
    }

    func remove(_ id: Int64) throws {
        guard let contract = try ContractQueries.all(connection, workspaceID, id).first else {
            throw ContractProblem.unknown(id)
        }
        try DecisionCounter.move(connection, workspaceID)
        for table in ["contract_lines", "contracts"] {
            try connection.execute(
                "DELETE FROM \(table) WHERE workspace_id = $1 AND contract_id = $2",
                [.integer(workspaceID), .integer(id)])
        }
        try note("contract.remove", contract)
    }

    private func note(_ action: String, _ contract: Contract) throws {
        let lines = contract.lines.map { line in
            line.kind == .seats ? "\(line.product): \(line.seats ?? 0) seats" : "\(line.product): \(line.kind.rawValue)"
        }
        let term = "\(contract.startsOn.text) to \(contract.endsOn?.text ?? "no end")"
        try AuditNote(
            actor: actor, action: action, subject: "\(contract.vendor), \(contract.title) (\(contract.id))",
            detail: String("\(term), \(contract.currency.code); \(lines.joined(separator: "; "))".prefix(1000))
        ).write(on: connection, workspaceID: workspaceID, at: now)
    }

    private func values(of contract: Contract) -> [Value] {
        [
            .integer(workspaceID), .integer(contract.id), .text(contract.vendor), .text(contract.title),
            .optional(contract.number), .integer(contract.startsOn.rawValue), .optional(contract.endsOn?.rawValue),
            .optional(contract.noticeDays.map(Int64.init)), .flag(contract.renews), .text(contract.status.rawValue),
            .text(contract.currency.code), .text(contract.billing.rawValue), .optional(contract.owner),
            .optional(contract.note),
        ]
    }

    private func writeLines(of contract: Contract) throws {
        // A line keeps its number while it is in the contract; new ones go on from the highest.
        var next = (contract.lines.map(\.id).max() ?? 0) + 1
        for line in contract.lines {
            let id = line.id > 0 ? line.id : next
            if line.id <= 0 { next += 1 }
            try connection.execute(
                """
                INSERT INTO contract_lines (workspace_id, contract_id, line_id, product, kind, app_id, selector,
                    selector_name, selector_value, seats, unit_price, price_period, amount, starts_on, ends_on,
                    minimum_seats, reducible, trueup_measure, trueup_every, trueup_grace, trueup_price)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
                """, [.integer(workspaceID), .integer(contract.id), .integer(id)] + values(of: line))
        }
    }

    private func values(of line: ContractLine) -> [Value] {
        let selector: (kind: String, name: String?, value: String?) =
            switch line.selector {
            case .all: ("all", nil, nil)
            case .rest: ("rest", nil, nil)
            case .group(let id): ("group", nil, id)
            case .attribute(let name, let value): ("attribute", name, value)
            }
        return [
            .text(line.product), .text(line.kind.rawValue), .optional(line.appID), .text(selector.kind),
            .optional(selector.name), .optional(selector.value), .optional(line.seats.map(Int64.init)),
            .optional(line.unitPrice), .text(line.period.rawValue), .optional(line.amount),
            .optional(line.startsOn?.rawValue), .optional(line.endsOn?.rawValue),
            .optional(line.minimumSeats.map(Int64.init)), .flag(line.isReducible),
            .optional(line.trueUp?.measure.rawValue), .optional(line.trueUp?.every.rawValue),
            .optional(line.trueUp.map { Int64($0.gracePercent) }), .optional(line.trueUp?.price),
        ]
    }
}

import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// One payment with everything that is known of it, and how its match changed.
public struct SpendLineSheet: Sendable {
    /// Its number.
    public let id: Int64
    /// The import that brought it, and the line of that file.
    public let importID: Int64
    /// The line of the file.
    public let line: Int64
    /// When it was booked.
    public let date: String
    /// Who was paid.
    public let payee: String
    /// How much.
    public let amount: Money
    /// Names and values of whatever else the file said, where it did.
    public let facts: [(String, String)]
    /// The fields as they stood in the file, as one line of CSV.
    public let original: String
    /// The line that tells the same payment, and how that is known.
    public let duplicateOf: Int64?
    /// How that is known.
    public let duplicateHow: String?
    /// The charge that it refunds.
    public let refundOf: Int64?
    /// Its match now, and those before it, the latest first.
    public let matches: [Step]

    /// What a line was matched to at one time.
    public struct Step: Sendable {
        /// The match.
        public let match: SpendMatch
        /// The vendor's name.
        public let vendor: String?
        /// Who decided, where a person did.
        public let by: String?
        /// Since when.
        public let since: Timestamp?
        /// When it ended and who ended it; nil of the one that holds now.
        public let ended: (at: Timestamp, by: String)?
    }
}

extension Store {
    /// One payment.
    ///
    /// - Throws: `spend.line.unknown`.
    public func spendLine(_ id: Int64) async throws(Problem) -> SpendLineSheet {
        let workspaceID = workspaceID
        let found = try await engine.read { try SpendLineSheet.read($0, workspaceID, id) }
        guard let found else { throw SpendProblem.noLine }
        return found
    }
}

extension SpendLineSheet {
    private static let match =
        "state, x.vendor_id, x.app_id, x.method, x.score, x.rule_id, v.name, x.matched_by, x.matched_at"

    static func read(_ connection: Connection, _ workspaceID: Int64, _ id: Int64) throws -> SpendLineSheet? {
        let key: [Value] = [.integer(workspaceID), .integer(id)]
        let named = "LEFT JOIN spend_vendors v ON v.workspace_id = x.workspace_id AND v.vendor_id = x.vendor_id"
        let now = try connection.query(
            "SELECT x.\(match) FROM spend_lines x \(named) WHERE x.workspace_id = $1 AND x.line_id = $2", key
        ) { step($0, ended: nil) }
        let before = try connection.query(
            """
            SELECT x.\(match), x.ended_at, x.ended_by FROM spend_matches x \(named)
            WHERE x.workspace_id = $1 AND x.line_id = $2 ORDER BY x.step DESC LIMIT 50
            """, key
        ) { step($0, ended: (Timestamp(rawValue: $0.integer(9)), $0.text(10))) }
        return try connection.first(
            """
            SELECT l.import_id, l.line_no, l.booked, l.vendor_text, l.description, l.amount, l.currency, l.external_id,
                l.account, l.cost_center, l.department, l.employee, l.card_last4, l.mcc, l.period_from, l.period_to,
                l.original, l.duplicate_of, l.duplicate_how, l.refund_of, l.source
            FROM spend_lines l WHERE l.workspace_id = $1 AND l.line_id = $2
            """, key
        ) { row in
            guard let currency = Currency(row.text(6)) else { return nil }
            var facts: [(String, String)] = [("Kind", row.text(20)), ("Description", row.text(4)), ("Id", row.text(7))]
            facts += [("Account", row.text(8)), ("Cost centre", row.text(9)), ("Department", row.text(10))]
            facts += [("Employee", row.text(11)), ("Card", row.text(12)), ("MCC", row.text(13))]
            if let from = row.optionalInteger(14), let to = row.optionalInteger(15) {
                facts.append(("Service", "\(Timestamp(day: Int32(from)).date) to \(Timestamp(day: Int32(to)).date)"))
            }
            return SpendLineSheet(
                id: id, importID: row.integer(0), line: row.integer(1), date: row.text(2), payee: row.text(3),
                amount: Money(minor: row.integer(5), currency), facts: facts.filter { !$0.1.isEmpty },
                original: row.text(16), duplicateOf: row.optionalInteger(17), duplicateHow: row.optionalText(18),
                refundOf: row.optionalInteger(19), matches: now + before)
        } ?? nil
    }

    private static func step(_ row: Row, ended: (at: Timestamp, by: String)?) -> Step {
        Step(
            match: SpendMatch(
                state: SpendMatch.State(rawValue: row.text(0)) ?? .unmatched, vendorID: row.optionalText(1),
                appID: row.optionalText(2), method: row.optionalText(3), score: row.optionalInteger(4),
                ruleID: row.optionalInteger(5)),
            vendor: row.optionalText(6), by: row.optionalText(7),
            since: row.optionalInteger(8).map(Timestamp.init(rawValue:)), ended: ended)
    }
}

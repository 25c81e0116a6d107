import DatabaseEngine

/// Finds lines that tell what another line tells already, and refunds of earlier charges. Nothing is ever dropped.
///
/// A line is *repeated* where another file of the same kind has the same id with the same content. It may be a *duplicate*
/// where the same kind has the same id with other content, or another file tells the same amount to the same payee within two
/// days, by a card that can be the same one. Two lines of one file that look alike are two payments.
enum SpendCopies {
    /// The days that two records of one payment may lie apart.
    static let apart = 2
    /// The days within which a refund is looked for after its charge.
    static let refundWithin = 180

    private static let sameID = """
        o.workspace_id = $1 AND o.source = x.source AND o.external_id = x.external_id AND o.line_id < x.line_id
        """

    private static let samePayment = """
        o.workspace_id = $1 AND o.amount = x.amount AND o.currency = x.currency
            AND coalesce(o.vendor_id, o.descriptor) = coalesce(x.vendor_id, x.descriptor)
            AND o.booked_on >= x.booked_on - \(apart) AND o.booked_on <= x.booked_on + \(apart)
            AND o.import_id <> x.import_id AND o.line_id < x.line_id AND o.state <> 'repeated'
            AND (o.card_last4 IS NULL OR x.card_last4 IS NULL OR o.card_last4 = x.card_last4)
            AND NOT (o.source = x.source AND o.external_id IS NOT NULL AND x.external_id IS NOT NULL
                AND o.external_id <> x.external_id)
        """

    /// Flags the lines that a condition on `x` keeps.
    ///
    /// - Returns: how many are repeated, and how many may be duplicates.
    @discardableResult
    static func flag(
        _ connection: Connection, _ workspaceID: Int64, where condition: String, _ parameters: [Value]
    ) throws -> (repeated: Int, duplicates: Int) {
        let all = [.integer(workspaceID)] + parameters
        func mark(_ how: String, _ other: String, state: String = "") throws -> Int {
            try connection.execute(
                """
                UPDATE spend_lines AS l SET duplicate_of = d.other, duplicate_how = '\(how)'\(state)
                FROM (SELECT x.line_id AS line, min(o.line_id) AS other FROM spend_lines x CROSS JOIN spend_lines o
                    WHERE x.workspace_id = $1 AND \(condition) AND x.duplicate_how IS NULL AND \(other)
                    GROUP BY x.line_id) d
                WHERE l.workspace_id = $1 AND l.line_id = d.line
                """, all)
            return connection.changes
        }
        let repeated = try mark(
            "repeated",
            "x.external_id IS NOT NULL AND \(sameID) AND o.import_id <> x.import_id AND o.line_hash = x.line_hash",
            state: ", state = 'repeated'")
        let named = try mark(
            "id", "x.external_id IS NOT NULL AND \(sameID) AND o.import_id <> x.import_id")
        return (repeated, named + (try mark("payment", samePayment)))
    }

    /// Pairs refunds with the latest charge before them that has the same amount and payee and no refund yet.
    @discardableResult
    static func pair(_ connection: Connection, _ workspaceID: Int64, _ refunds: [Int64]) throws -> Int {
        let find = try connection.prepare(
            """
            SELECT o.line_id FROM spend_lines r CROSS JOIN spend_lines o
            WHERE r.workspace_id = $1 AND r.line_id = $2 AND o.workspace_id = $1 AND o.amount = -r.amount
                AND o.currency = r.currency
                AND coalesce(o.vendor_id, o.descriptor) = coalesce(r.vendor_id, r.descriptor)
                AND o.booked_on <= r.booked_on AND o.booked_on >= r.booked_on - \(refundWithin)
                AND o.state <> 'repeated' AND o.duplicate_of IS NULL
                AND NOT EXISTS (SELECT 1 FROM spend_lines q WHERE q.workspace_id = $1 AND q.refund_of = o.line_id)
            ORDER BY o.booked_on DESC, o.line_id DESC LIMIT 1
            """)
        let pair = try connection.prepare(
            "UPDATE spend_lines SET refund_of = $3 WHERE workspace_id = $1 AND line_id = $2")
        var paired = 0
        for refund in refunds {
            find.bind([.integer(workspaceID), .integer(refund)])
            guard let charge = try find.first({ $0.integer(0) }) else { continue }
            pair.bind([.integer(workspaceID), .integer(refund), .integer(charge)])
            try pair.run()
            paired += 1
        }
        return paired
    }

    /// The refunds without a charge that the lines of an import can change: its own, and those of its charges.
    static func open(_ connection: Connection, _ workspaceID: Int64, import id: Int64) throws -> [Int64] {
        let own = try connection.query(
            """
            SELECT l.line_id FROM spend_lines l WHERE l.workspace_id = $1 AND l.import_id = $2 AND l.amount < 0
                AND l.refund_of IS NULL AND l.state <> 'repeated' AND l.duplicate_of IS NULL
            ORDER BY l.booked_on, l.line_id
            """, [.integer(workspaceID), .integer(id)], { $0.integer(0) })
        return try own
            + open(connection, workspaceID, "o.import_id = $2 AND o.amount > 0", [.integer(id)])
    }

    /// The refunds without a charge that a charge `o` would fit.
    static func open(
        _ connection: Connection, _ workspaceID: Int64, _ charges: String, _ parameters: [Value]
    ) throws -> [Int64] {
        try connection.query(
            """
            SELECT DISTINCT r.booked_on, r.line_id FROM spend_lines o CROSS JOIN spend_lines r
            WHERE o.workspace_id = $1 AND \(charges) AND r.workspace_id = $1 AND r.amount = -o.amount
                AND r.currency = o.currency
                AND coalesce(r.vendor_id, r.descriptor) = coalesce(o.vendor_id, o.descriptor)
                AND r.booked_on >= o.booked_on AND r.booked_on <= o.booked_on + \(refundWithin)
                AND r.import_id <> o.import_id
                AND r.refund_of IS NULL AND r.state <> 'repeated' AND r.duplicate_of IS NULL
            ORDER BY r.booked_on, r.line_id
            """, [.integer(workspaceID)] + parameters, { $0.integer(1) })
    }
}

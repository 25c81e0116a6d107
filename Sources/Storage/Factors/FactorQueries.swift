import DatabaseEngine
import Directory

/// What is known of one person's factors at a moment.
struct EnrolledFactors {
    /// The factors; nil where nobody can say whether there were any.
    var factors: [Factor]?
    /// When they were read last; nil when nobody did.
    var readAt: Timestamp?
    /// The first reading that is known of, where it lies after the moment: what had ended before it is not known.
    var since: Timestamp?
}

enum FactorQueries {
    /// A person's factors at a moment. Okta dates those that are there; of those that were gone before somebody first
    /// looked it tells nothing, so that an empty answer about an earlier moment is none.
    static func enrolled(
        _ connection: Connection, _ subject: [Value], _ asOf: AsOf, _ integrationID: Int64
    ) throws -> EnrolledFactors {
        let readAt = try connection.first(
            "SELECT read_at FROM factor_reads WHERE workspace_id = $1 AND user_key = $2", subject,
            { Timestamp(rawValue: $0.integer(0)) })
        guard let readAt else { return EnrolledFactors() }
        let found = try factors(connection, subject, asOf)
        guard let time = asOf.time else { return EnrolledFactors(factors: found, readAt: readAt) }
        let first = try firstReading(connection, subject, readAt, integrationID)
        let since = first?.startedAt ?? readAt
        guard since > time || !isKnown(first?.run, asOf) else { return EnrolledFactors(factors: found, readAt: readAt) }
        return EnrolledFactors(factors: found.isEmpty ? nil : found, readAt: readAt, since: since)
    }

    private static func isKnown(_ run: Int64?, _ asOf: AsOf) -> Bool {
        guard case .believed(_, let last) = asOf else { return true }
        return run.map { $0 <= last } ?? false
    }

    private static func factors(_ connection: Connection, _ subject: [Value], _ asOf: AsOf) throws -> [Factor] {
        try connection.query(
            """
            SELECT f.factor_id, f.type, f.provider, f.status, f.created_at FROM factors f
            WHERE f.workspace_id = $1 AND f.user_key = $2 AND \(asOf.holds("f")) ORDER BY f.type, f.factor_id
            """, subject
        ) { row in
            var factor = Factor(id: row.text(0), type: row.text(1), provider: row.text(2), status: row.text(3))
            factor.created = row.time(4)
            return factor
        }
    }

    /// The first run that is known to have read them: the one that learnt of the first factor, ended or not. Of readings
    /// that found none only the last is kept.
    private static func firstReading(
        _ connection: Connection, _ subject: [Value], _ readAt: Timestamp, _ integrationID: Int64
    ) throws -> (run: Int64, startedAt: Timestamp)? {
        let found = try connection.first(
            """
            SELECT r.run_id, r.started_at FROM factors f
            JOIN runs r ON r.workspace_id = f.workspace_id AND r.run_id = f.opened_run
            WHERE f.workspace_id = $1 AND f.user_key = $2 ORDER BY r.run_id LIMIT 1
            """, subject
        ) { (run: $0.integer(0), startedAt: Timestamp(rawValue: $0.integer(1))) }
        if let found, found.startedAt <= readAt { return found }
        return try connection.first(
            """
            SELECT max(r.run_id) FROM runs r
            WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.started_at <= $3
            """, [subject[0], .integer(integrationID), .integer(readAt.rawValue)]
        ) { $0.optionalInteger(0).map { (run: $0, startedAt: readAt) } } ?? nil
    }
}

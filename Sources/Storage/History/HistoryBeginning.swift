import DatabaseEngine
import Directory

/// Where what Muster knows of one person, group or app begins, when that is later than the date asked about and it was
/// there before, as far as anybody can tell.
struct HistoryBeginning: Sendable {
    let at: Timestamp

    /// The beginning of the rows of a key; nil where they begin with a date of Okta's or of its log, before which the thing
    /// was not there, and where Okta says that it was made later than the date asked about.
    static func unsure(
        _ connection: Connection, _ workspaceID: Int64, _ table: String, _ column: String, _ key: Int64, _ asOf: AsOf
    ) throws -> HistoryBeginning? {
        guard let time = asOf.time else { return nil }
        let first = try connection.first(
            """
            SELECT x.valid_from, x.from_how, x.created_at FROM \(table) x WHERE x.workspace_id = $1 AND x.\(column) = $2
            ORDER BY x.valid_from LIMIT 1
            """, [.integer(workspaceID), .integer(key)]
        ) { ($0.time(0), Evidence(rawValue: $0.integer(1)) ?? .firstSight, $0.time(2)) }
        guard case (let at?, let evidence, let made)? = first, at > time, evidence.isLowerBound, made ?? time <= time
        else {
            return nil
        }
        return HistoryBeginning(at: at)
    }

    /// What to tell somebody who asks about an earlier date.
    func explanation(_ noun: String) -> String {
        """
        Muster knows of this \(noun) from \(at.date) on. It was there before, but neither Okta nor its System Log tells how \
        it was then.
        """
    }
}

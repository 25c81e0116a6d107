import DatabaseEngine
import Directory
import Storage

/// What services cost, as far as imported payments tell.
enum ServiceSpend {
    /// The payments of the 365 days up to the moment that belong to an app, by Okta's id of the app and by currency; those
    /// that were ignored are left out.
    static func amounts(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment
    ) throws -> [String: [Money]] {
        var amounts: [String: [Money]] = [:]
        try connection.each(
            """
            SELECT l.app_id, l.currency, CAST(sum(l.amount) AS BIGINT) FROM spend_lines l
            WHERE l.workspace_id = $1 AND l.vendor_id IS NOT NULL AND l.app_id IS NOT NULL AND l.state = 'matched'
                AND l.booked_on > \(moment.today - 365) AND l.booked_on <= \(moment.today)
            GROUP BY l.app_id, l.currency ORDER BY l.app_id, l.currency
            """, [.integer(workspaceID)]
        ) { row in
            if let currency = Currency(row.text(1)) {
                amounts[row.text(0), default: []].append(Money(minor: row.integer(2), currency))
            }
            return true
        }
        return amounts
    }
}

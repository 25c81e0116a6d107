public import DatabaseEngine
public import Directory
public import Storage

/// What services cost, where anything tells: the seam to the money that is imported.
public struct ServiceSpend: Sendable {
    /// The amounts of twelve months by Okta's id of the app, one for each currency.
    let amounts: @Sendable (Connection, Int64, Moment) throws -> [String: [Money]]

    /// A source of amounts.
    public init(_ amounts: @escaping @Sendable (Connection, Int64, Moment) throws -> [String: [Money]]) {
        self.amounts = amounts
    }

    /// What imports tell: the payments of the last 365 days that belong to an app, those that were ignored left out.
    public static let imported = ServiceSpend { connection, workspaceID, moment in
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

import DatabaseEngine
import Directory
import Storage

/// Sums over lines of spend. What is ignored or repeated is never part of them.
enum SpendQueries {
    static func plain(_ minor: Int64, _ currency: String) -> String {
        Currency(currency).map { Money(minor: minor, $0).plain } ?? String(minor)
    }

    static func unmatched(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> [[Value]] {
        try connection.query(
            """
            SELECT l.descriptor, l.currency, CAST(sum(l.amount) AS BIGINT), count(*), min(l.booked_on), max(l.booked_on)
            FROM spend_lines l WHERE l.workspace_id = $1 AND l.state = 'unmatched'\(until(moment))
            GROUP BY l.descriptor, l.currency ORDER BY l.descriptor, l.currency
            """, [.integer(workspaceID)]
        ) { row in
            let (payee, currency, sum) = (row.text(0), row.text(1), row.integer(2))
            return [
                .text("\(payee) \(currency)"), .text(payee), .text(currency), .text(plain(sum, currency)),
                .integer(row.integer(3)), .text(date(row.integer(4))), .text(date(row.integer(5))), .integer(sum),
            ]
        }
    }

    static func vendors(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> [[Value]] {
        var names: [String: String] = [:]
        try connection.each(
            "SELECT v.vendor_id, v.name FROM spend_vendors v WHERE v.workspace_id = $1", [.integer(workspaceID)]
        ) { row in
            names[row.text(0)] = row.text(1)
            return true
        }
        return try connection.query(
            """
            SELECT l.vendor_id, l.currency, CAST(sum(l.amount) AS BIGINT), count(*), min(l.booked_on), max(l.booked_on),
                count(DISTINCT l.app_id)
            FROM spend_lines l WHERE l.workspace_id = $1 AND l.vendor_id IS NOT NULL AND l.state = 'matched'\(until(moment))
            GROUP BY l.vendor_id, l.currency ORDER BY l.vendor_id, l.currency
            """, [.integer(workspaceID)]
        ) { row in
            let (vendor, currency, sum) = (row.text(0), row.text(1), row.integer(2))
            return [
                .text("\(vendor) \(currency)"), .text(vendor), .text(names[vendor] ?? vendor), .text(currency),
                .text(plain(sum, currency)), .integer(row.integer(3)), .integer(row.integer(6)),
                .text(date(row.integer(4))), .text(date(row.integer(5))), .integer(sum),
            ]
        }
    }

    static func until(_ moment: Moment) -> String {
        moment.asOf.time.map { " AND l.booked_on <= \($0.day)" } ?? ""
    }

    static func date(_ day: Int64) -> String { Timestamp(day: Int32(day)).date }
}

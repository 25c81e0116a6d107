import DatabaseEngine
import Directory
import Storage

/// A change from one stretch of a person's life to the next.
struct Turn {
    let key: Int64
    let at: Int64
    let how: Evidence
    let before: String
    let after: String

    /// The changes of a column of people, by the rows that ended: few people change, and those are found by an index.
    static func of(
        _ column: String, _ connection: Connection, _ workspaceID: Int64, _ moment: Moment, where condition: String
    ) throws -> [Turn] {
        try connection.query(
            """
            SELECT b.user_key, a.valid_from, a.from_how, coalesce(b.\(column), ''), coalesce(a.\(column), '')
            FROM users b\(ReadHint.index("users_listed_past").sql) CROSS JOIN users a
            WHERE b.workspace_id = $1 AND b.valid_to IS NOT NULL AND a.workspace_id = $1 AND a.user_key = b.user_key
                AND a.valid_from = b.valid_to AND \(moment.asOf.began("a")) AND \(condition)
            ORDER BY b.user_key, a.valid_from
            """, [.integer(workspaceID)]
        ) { row in
            Turn(
                key: row.integer(0), at: row.integer(1), how: Evidence(rawValue: row.integer(2)) ?? .firstSight,
                before: row.text(3), after: row.text(4))
        }
    }
}

import DatabaseEngine
import Directory

enum RoleQueries {
    /// The roles a person or group holds.
    static func held(
        _ connection: Connection, _ workspaceID: Int64, by holder: Int64, _ asOf: AsOf
    ) throws -> [HeldRole] {
        try connection.query(
            """
            SELECT r.type, r.label, r.assignment_type, r.status, coalesce(r.created_at, r.valid_from),
                CASE WHEN r.created_at IS NULL THEN r.from_how ELSE 1 END
            FROM admin_roles r WHERE r.workspace_id = $1 AND r.holder_key = $2 AND \(asOf.holds("r"))
            ORDER BY r.type, r.role_id
            """, [.integer(workspaceID), .integer(holder)]
        ) { row in
            HeldRole(
                type: row.text(0), label: row.text(1), assignmentType: row.text(2), status: row.text(3),
                since: Timestamp(rawValue: row.integer(4)),
                evidence: Evidence(rawValue: row.integer(5)) ?? .firstSight)
        }
    }
}

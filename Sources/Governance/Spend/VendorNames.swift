import Analysis
import DatabaseEngine
import Directory
import Storage

/// The names of vendors that people and matches gave.
enum VendorNames {
    static func index(_ connection: Connection, _ workspaceID: Int64) throws -> VendorIndex {
        VendorIndex(
            try VendorQueries.known(connection, workspaceID), aliases: try aliases(connection, workspaceID))
    }

    static func aliases(_ connection: Connection, _ workspaceID: Int64) throws -> [String: VendorTarget] {
        var aliases: [String: VendorTarget] = [:]
        try connection.each(
            """
            SELECT a.alias, a.vendor_id, coalesce(v.name, a.vendor_id), a.app_id FROM spend_aliases a
            LEFT JOIN spend_vendors v ON v.workspace_id = a.workspace_id AND v.vendor_id = a.vendor_id
            WHERE a.workspace_id = $1
            """, [.integer(workspaceID)]
        ) { row in
            aliases[row.text(0)] = VendorTarget(vendorID: row.text(1), name: row.text(2), appID: row.optionalText(3))
            return true
        }
        return aliases
    }

    /// Keeps the names of vendors that matches use. `actor` is empty where nobody but matching named them.
    static func keep(
        _ names: [String: String], _ connection: Connection, _ workspaceID: Int64, actor: String, at now: Timestamp
    ) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO spend_vendors (workspace_id, vendor_id, name, domain, created_at, created_by)
            VALUES ($1, $2, $3, NULL, $4, $5) ON CONFLICT (workspace_id, vendor_id) DO NOTHING
            """)
        for (id, name) in names.sorted(by: { $0.key < $1.key }) {
            insert.bind([.integer(workspaceID), .text(id), .text(name), .integer(now.rawValue), .text(actor)])
            try insert.run()
        }
    }

    /// Removes the vendors that matching alone named and no line, alias or rule uses any more.
    static func sweep(_ connection: Connection, _ workspaceID: Int64) throws {
        try connection.execute(
            """
            DELETE FROM spend_vendors AS v WHERE v.workspace_id = $1 AND v.created_by = ''
                AND NOT EXISTS (SELECT 1 FROM spend_lines l WHERE l.workspace_id = $1 AND l.vendor_id = v.vendor_id)
                AND NOT EXISTS (SELECT 1 FROM spend_matches m WHERE m.workspace_id = $1 AND m.vendor_id = v.vendor_id)
                AND NOT EXISTS (SELECT 1 FROM spend_aliases a WHERE a.workspace_id = $1 AND a.vendor_id = v.vendor_id)
            """, [.integer(workspaceID)])
    }
}

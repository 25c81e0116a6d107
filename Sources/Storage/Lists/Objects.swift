package import DatabaseEngine

/// The identity of Okta's objects: ids to keys.
package enum Objects {
    /// The key of the object with this Okta id, in whichever integration has it.
    package static func key(_ connection: Connection, _ workspaceID: Int64, oktaID: String) throws -> Int64? {
        try connection.first(
            """
            SELECT o.object_key FROM integrations i CROSS JOIN objects o
            WHERE i.workspace_id = $1 AND o.workspace_id = $1 AND o.integration_id = i.integration_id AND o.okta_id = $2
            ORDER BY i.integration_id LIMIT 1
            """, [.integer(workspaceID), .text(oktaID)], { $0.integer(0) })
    }
}

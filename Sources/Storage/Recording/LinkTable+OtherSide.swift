import DatabaseEngine
import Directory

/// Links as seen from the person or group they lead to.
extension LinkTable {
    /// Whether an object has any open row.
    func hasOpenRows(_ writer: RunWriter, object key: Int64) throws -> Bool {
        try writer.connection.first(
            "SELECT 1 FROM \(name) WHERE workspace_id = $1 AND \(object) = $2 AND valid_to IS NULL LIMIT 1",
            [.integer(writer.context.workspaceID), .integer(key)], { _ in true }) ?? false
    }

    /// How many rows of a subject are open.
    func openRows(_ writer: RunWriter, _ subjectKey: Int64) throws -> Int {
        let count = try writer.connection.first(
            "SELECT count(*) FROM \(name) WHERE workspace_id = $1 AND \(subject) = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(subjectKey)], { $0.integer(0) })
        return Int(count ?? 0)
    }

    /// How many rows of some subjects are open, and how many there are in the whole tenant.
    func openRows(_ writer: RunWriter, _ subjects: [Int64]) throws -> (missing: Int, open: Int) {
        let missing = try subjects.reduce(0) { try $0 + openRows(writer, $1) }
        if missing < 10 { return (missing, missing) }
        let open = try writer.connection.first(
            """
            SELECT count(*) FROM \(name) t
            JOIN objects o ON o.workspace_id = t.workspace_id AND o.object_key = t.\(subject) AND o.integration_id = $2
            WHERE t.workspace_id = $1 AND t.valid_to IS NULL
            """, [.integer(writer.context.workspaceID), .integer(writer.context.integrationID)], { $0.integer(0) })
        return (missing, Int(open ?? 0))
    }

    /// Closes every open row of an object that the walk of its own list did not see, or holds them all.
    ///
    /// - Parameter shown: what the list is sure to show of them, in SQL about the row `t`.
    func closeMissing(_ writer: RunWriter, ofObject listing: inout ListingState, among shown: String) throws {
        let objectKey = listing.subject
        for row in try missing(openOfObject(among: shown), writer, &listing, { ($0, objectKey) }) {
            try end(writer, row.other, objectKey, from: row.from)
            writer.recount(noun, row.other)
        }
    }

    /// The open rows of an object: subject, beginning, run. The index says which: SQLite would rather read all rows of the
    /// workspace than step from the index to each row.
    func openOfObject(among shown: String) -> String {
        """
        SELECT t.\(subject), t.valid_from, t.opened_run FROM \(name) t\(ReadHint.index(byObject).sql)
        WHERE t.workspace_id = $1 AND t.\(object) = $2 AND t.valid_to IS NULL AND \(shown)
        """
    }

    /// Closes every open row of an object that no longer exists in Okta.
    func closeAll(_ writer: RunWriter, object key: Int64) throws {
        let open = try writer.connection.query(
            "SELECT \(subject), valid_from FROM \(name) WHERE workspace_id = $1 AND \(object) = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(key)]
        ) { ($0.integer(0), $0.integer(1)) }
        for (subjectKey, from) in open {
            try end(writer, subjectKey, key, from: from)
            writer.recount(noun, subjectKey)
        }
    }

    /// Closes one open row that was found missing, and counts it.
    func end(_ writer: RunWriter, _ subjectKey: Int64, _ objectKey: Int64, from: Int64) throws {
        let ending = try writer.ending(noun, subjectKey, objectKey)
        try close(writer, subjectKey, objectKey, from: from, at: ending.at, how: ending.how)
        writer.count(noun, closed: 1)
        try writer.change(noun, "closed", subject: subjectKey, object: objectKey)
    }
}

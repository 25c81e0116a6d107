import DatabaseEngine
import Directory

/// Reads a store in one state and sends it on.
struct CopySource {
    let connection: Connection
    let now: Timestamp

    func send(to conveyor: Conveyor<CopyParcel>) throws {
        // The schema's own record is not copied: the target has the same one.
        let tables = try connection.tables().filter { $0.name != "schema_migrations" }
        let counts = try tables.map { try connection.count(of: $0) }
        try conveyor.put(.tables(tables, rows: counts.reduce(0, +)))
        for (table, count) in zip(tables, counts) {
            try connection.unload(table) { try conveyor.put(.rows($0)) }
            try conveyor.put(.end(rows: count))
        }
        let running =
            try connection.first("SELECT count(*) FROM runs WHERE status = 'running'") { $0.integer(0) } ?? 0
        try conveyor.put(.proofs(try proofs(), openRuns: running))
    }

    private func proofs() throws -> [CopyProof] {
        let workspaces = try connection.query("SELECT workspace_id, name FROM workspaces ORDER BY workspace_id") {
            ($0.integer(0), $0.text(1))
        }
        return try workspaces.flatMap { id, name in
            try times(id).map { time in
                CopyProof(
                    workspaceID: id,
                    proof: StoreCopy.Proof(
                        workspace: name, time: time, hash: try CopyProof.hash(id, at: time, connection)))
            }
        }
    }

    /// Now, and two dates that divide the known history into three parts.
    private func times(_ workspaceID: Int64) throws -> [Timestamp?] {
        let beginning = try connection.first(
            """
            SELECT min(t) FROM (
                SELECT min(since) AS t FROM replays WHERE workspace_id = $1
                UNION ALL SELECT min(started_at) FROM runs WHERE workspace_id = $1) AS known
            """, [.integer(workspaceID)]
        ) { $0.optionalInteger(0) }
        guard let first = beginning ?? nil else { return [nil] }
        let third = max(0, now.rawValue - first) / 3
        return [nil, Timestamp(rawValue: now.rawValue - third), Timestamp(rawValue: now.rawValue - 2 * third)]
    }
}

import DatabaseEngine
import Directory
import Problems

/// Fills an empty store with what a `CopySource` sends, and compares the two.
struct CopyTarget {
    let connection: Connection
    let progress: @Sendable (StoreCopy.Progress) -> Void

    func receive(from conveyor: Conveyor<CopyParcel>) throws -> StoreCopy.Outcome {
        // The source may take minutes for a hash.
        try connection.allowSilence()
        let own = try connection.tables().filter { $0.name != "schema_migrations" }
        try requireEmpty(own)
        guard case .tables(let tables, let total) = try conveyor.take() else { throw unexpected }
        guard tables == own else { throw otherTables(tables, own) }
        var done: [(name: String, rows: Int64)] = []
        var arrived: Int64 = 0
        for table in tables {
            progress(StoreCopy.Progress(table: table.name, rows: arrived, total: total))
            let (loaded, sent) = try load(table, conveyor)
            guard loaded == sent, try connection.count(of: table) == sent else {
                throw different("\(table.name) has \(loaded) rows instead of \(sent).")
            }
            arrived += loaded
            done.append((table.name, loaded))
        }
        progress(StoreCopy.Progress(table: nil, rows: arrived, total: total))
        try connection.refreshStatistics()
        guard case .proofs(let proofs, let openRuns) = try conveyor.take() else { throw unexpected }
        for one in proofs {
            let hash = try CopyProof.hash(one.workspaceID, at: one.proof.time, connection)
            guard hash == one.proof.hash else {
                let time = one.proof.time?.iso8601 ?? "now"
                throw different("The state hash of workspace \(one.proof.workspace), \(time), is another one.")
            }
        }
        return StoreCopy.Outcome(tables: done, hashes: proofs.map(\.proof), openRuns: openRuns)
    }

    private func load(_ table: TableShape, _ conveyor: Conveyor<CopyParcel>) throws -> (Int64, Int64) {
        var sent: Int64 = -1
        let loaded = try connection.load(table) {
            switch try conveyor.take() {
            case .rows(let batch): return batch
            case .end(let rows):
                sent = rows
                return nil
            case .tables, .proofs: throw unexpected
            }
        }
        return (loaded, sent)
    }

    /// A store that was never used holds at most the names of its workspaces; those give way.
    private func requireEmpty(_ tables: [TableShape]) throws {
        let names = ["workspaces", "workspace_counters"]
        for table in tables where !names.contains(table.name) {
            let hasRows = try connection.first("SELECT 1 FROM \(table.name) LIMIT 1") { _ in true } ?? false
            if hasRows { throw StoreCopy.notEmpty(table: table.name) }
        }
        for name in names { try connection.execute("DELETE FROM \(name)") }
    }

    private func otherTables(_ source: [TableShape], _ target: [TableShape]) -> Problem {
        let (theirs, ours) = (Set(source.map(\.name)), Set(target.map(\.name)))
        let odd = theirs.symmetricDifference(ours).sorted()
        let which = odd.isEmpty ? source.filter { !target.contains($0) }.map(\.name) : odd
        return Problem(
            id: "copy.tables.different", kind: .conflict, title: "Source and target do not have the same tables",
            explanation: "They differ in \(which.joined(separator: ", ")).",
            remedy: "Remove the tables that are not Muster's, or name an empty database or schema with --to.")
    }

    private func different(_ what: String) -> Problem {
        Problem(
            id: "copy.different", kind: .defect, title: "The copy does not hold what its source holds",
            explanation: "\(what) Nothing was kept of it.",
            remedy: "Run the same command again; report it when that does not help.")
    }

    private var unexpected: Problem { different("The tables came in an unexpected order.") }
}

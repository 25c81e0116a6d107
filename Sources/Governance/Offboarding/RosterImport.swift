import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// One import of a roster, as the list of imports tells of it.
public struct RosterImport: Sendable, Equatable {
    /// Its number.
    public let id: Int64
    /// The file's name.
    public let fileName: String
    /// When.
    public let importedAt: Timestamp
    /// By whom.
    public let importedBy: String
    /// How many people the file named.
    public let people: Int
    /// How many of them were new.
    public let added: Int
    /// Of how many it said something else than before.
    public let changed: Int
    /// How many of its lines could not be taken.
    public let badLines: Int
    /// How many people became leavers by it.
    public let leaving: Int
    /// How many ceased to be leavers by it.
    public let returning: Int
    /// When it was undone.
    public let undoneAt: Timestamp?
    /// By whom.
    public let undoneBy: String?
}

extension Store {
    /// What a roster would change.
    public func rosterPlan(_ file: RosterFile, now: Timestamp) async throws(Problem) -> RosterPlan {
        let (entries, workspaceID) = (file.entries, workspaceID)
        return try await engine.read { connection in
            try RosterPlan(entries, connection, workspaceID, now: now)
        }
    }

    /// Takes a roster over, whole or not at all. What it would change is worked out again at that moment.
    ///
    /// - Parameter confirmed: the number of new leavers that somebody typed.
    /// - Returns: the import.
    /// - Throws: `offboarding.roster.unconfirmed`, `offboarding.roster.unchanged`.
    @discardableResult
    public func importRoster(
        _ file: RosterFile, named name: String, confirmed: Int?, actor: String, now: Timestamp
    ) async throws(Problem) -> RosterImport {
        let workspaceID = workspaceID
        return try await write { connection in
            let plan = try RosterPlan(file.entries, connection, workspaceID, now: now)
            guard !plan.isEmpty else { throw RosterProblem.unchanged }
            if plan.needsConfirmation, confirmed != plan.flips {
                throw RosterProblem.unconfirmed(plan.flips, of: plan.known)
            }
            let done = try RosterNotebook(connection, workspaceID).write(plan, file, name, actor, now)
            try AuditNote(
                actor: actor, action: "roster.import", subject: name,
                detail: "import \(done.id): \(done.added) new, \(done.changed) changed, \(done.leaving) leavers"
            ).write(on: connection, workspaceID: workspaceID, at: now)
            return done
        }
    }

    /// Takes the latest import back: the roster is as it was before it.
    ///
    /// - Throws: `offboarding.roster.notLatest`.
    public func undoRoster(_ id: Int64, actor: String, now: Timestamp) async throws(Problem) {
        let workspaceID = workspaceID
        try await write { connection in
            try RosterNotebook(connection, workspaceID).undo(id, actor, now)
            try AuditNote(actor: actor, action: "roster.undo", subject: "import \(id)").write(
                on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// The imports of rosters, newest first.
    public func rosterImports() async throws(Problem) -> [RosterImport] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT i.import_id, i.file_name, i.imported_at, i.imported_by, i.people, i.added, i.changed, i.bad_lines,
                    i.leavers, i.returners, i.undone_at, i.undone_by
                FROM roster_imports i WHERE i.workspace_id = $1 ORDER BY i.import_id DESC LIMIT 200
                """, [.integer(workspaceID)]
            ) { row in
                RosterImport(
                    id: row.integer(0), fileName: row.text(1), importedAt: Timestamp(rawValue: row.integer(2)),
                    importedBy: row.text(3), people: Int(row.integer(4)), added: Int(row.integer(5)),
                    changed: Int(row.integer(6)), badLines: Int(row.integer(7)), leaving: Int(row.integer(8)),
                    returning: Int(row.integer(9)), undoneAt: row.time(10), undoneBy: row.optionalText(11))
            }
        }
    }
}

/// Writes rosters, inside one transaction.
private struct RosterNotebook {
    let connection: Connection
    let workspaceID: Int64

    init(_ connection: Connection, _ workspaceID: Int64) {
        self.connection = connection
        self.workspaceID = workspaceID
    }

    func write(
        _ plan: RosterPlan, _ file: RosterFile, _ name: String, _ actor: String, _ now: Timestamp
    ) throws -> RosterImport {
        let workspace = Value.integer(workspaceID)
        let id =
            try connection.first(
                "SELECT coalesce(max(i.import_id), 0) + 1 FROM roster_imports i WHERE i.workspace_id = $1", [workspace],
                { $0.integer(0) }) ?? 1
        let done = RosterImport(
            id: id, fileName: String(name.prefix(200)), importedAt: now, importedBy: actor, people: file.entries.count,
            added: plan.added, changed: plan.changed, badLines: file.badCount, leaving: plan.leaving.count,
            returning: plan.returning.count, undoneAt: nil, undoneBy: nil)
        try connection.execute(
            """
            INSERT INTO roster_imports (workspace_id, import_id, file_name, imported_at, imported_by, people, added,
                changed, bad_lines, leavers, returners)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                workspace, .integer(id), .text(done.fileName), .integer(now.rawValue), .text(actor),
                .integer(Int64(done.people)), .integer(Int64(done.added)), .integer(Int64(done.changed)),
                .integer(Int64(done.badLines)), .integer(Int64(done.leaving)), .integer(Int64(done.returning)),
            ])
        let end = try connection.prepare(
            """
            UPDATE roster_people SET to_import = $3 WHERE workspace_id = $1 AND person_id = $2 AND to_import IS NULL
            """)
        let insert = try connection.prepare(
            """
            INSERT INTO roster_people (workspace_id, person_id, from_import, employee_id, email, name, status, standing,
                ends_on, department, manager, kind)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """)
        for entry in plan.fresh {
            end.bind([workspace, .text(entry.personID), .integer(id)])
            try end.run()
        }
        for entry in plan.fresh {
            insert.bind([
                workspace, .text(entry.personID), .integer(id), .optional(entry.employeeID), .optional(entry.email),
                .optional(entry.name), .optional(entry.status), .text(entry.standing.rawValue),
                .optional(entry.endsOn.map(Int64.init)), .optional(entry.department), .optional(entry.manager),
                .optional(entry.kind),
            ])
            try insert.run()
        }
        return done
    }

    func undo(_ id: Int64, _ actor: String, _ now: Timestamp) throws {
        let workspace = Value.integer(workspaceID)
        let latest = try connection.first(
            """
            SELECT max(i.import_id) FROM roster_imports i WHERE i.workspace_id = $1 AND i.undone_at IS NULL
            """, [workspace], { $0.optionalInteger(0) })
        guard let latest = latest ?? nil, latest == id else { throw RosterProblem.nothingToUndo }
        try connection.execute(
            "DELETE FROM roster_people WHERE workspace_id = $1 AND from_import = $2", [workspace, .integer(id)])
        try connection.execute(
            "UPDATE roster_people SET to_import = NULL WHERE workspace_id = $1 AND to_import = $2",
            [workspace, .integer(id)])
        try connection.execute(
            "UPDATE roster_imports SET undone_at = $3, undone_by = $4 WHERE workspace_id = $1 AND import_id = $2",
            [workspace, .integer(id), .integer(now.rawValue), .text(actor)])
    }
}

extension Store {
    /// What tells one state of the roster from the next: the latest import, and the latest undoing.
    public func rosterState() async throws(Problem) -> String {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try connection.first(
                """
                SELECT coalesce(max(i.import_id), 0), coalesce(max(i.undone_at), 0) FROM roster_imports i
                WHERE i.workspace_id = $1
                """, [.integer(workspaceID)], { "\($0.integer(0)) \($0.integer(1))" }) ?? ""
        }
    }
}

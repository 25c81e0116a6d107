import GRDB
import GRDBSQLite
public import Problems

/// What can go wrong with the store, each with its way out.
public enum StorageProblem {
    /// Any error of the engine as a problem. Problems pass through as they are.
    public static func from(_ error: any Error, path: String = "") -> Problem {
        if let problem = error as? Problem { return problem }
        if error is CancellationError { return cancelled }
        guard let failure = error as? DatabaseError else { return Problem.from(error) }
        return sqlite(
            code: failure.resultCode.rawValue, message: failure.message ?? "", sql: failure.sql ?? "", path: path)
    }

    /// Somebody told Muster to stop.
    public static var cancelled: Problem {
        Problem(
            id: "storage.cancelled", kind: .resumable, title: "The work was stopped",
            remedy: "Run it again; it goes on from where it stopped.")
    }

    /// More is delivered than the database takes in.
    public static var crowded: Problem {
        Problem(
            id: "storage.deliveries.crowded", kind: .resumable, title: "Too many deliveries wait to be stored",
            explanation: "Nothing is lost: the System Log has the events too.",
            remedy: "Nothing has to be done; if it happens often, give the database a faster disk.")
    }

    /// The workspace was erased while somebody still worked in it.
    public static func workspaceMissing(_ id: Int64) -> Problem {
        Problem(
            id: "storage.workspace.missing", kind: .notFound, title: "This workspace no longer exists",
            remedy: "Choose another one with --workspace NAME.", context: ["workspace": String(id)])
    }

    /// A file or folder of the store cannot be written.
    public static func notWritable(_ path: String) -> Problem {
        Problem(
            id: "storage.folder.notWritable", kind: .configuration, title: "The data folder cannot be written",
            explanation: "Muster could not open or write \(path).",
            remedy: "Give this user the right to write there, or choose another folder with --data DIR.")
    }

    static func sqlite(code: Int32, message: String, sql: String, path: String = "") -> Problem {
        let context = ["sqlite_code": String(code), "sqlite_message": message, "sql": sql, "path": path]
        let file = path.isEmpty ? "the database file" : path
        switch code {
        // Nothing interrupts a statement but the end of its task.
        case SQLITE_INTERRUPT: return cancelled
        case SQLITE_FULL, SQLITE_IOERR:
            return Problem(
                id: "storage.disk.full", kind: .resumable, title: "The disk is full, or failed while writing",
                explanation: "Nothing that was already saved is lost.",
                remedy: "Free some space, then run the same command again; a sync goes on from where it stopped.",
                context: context)
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            return Problem(
                id: "storage.file.corrupt", kind: .badInput, title: "The database file is damaged or is not a database",
                explanation: "Muster cannot read \(file).",
                remedy: "Restore the last backup with `muster restore FILE`, or move the file away, connect again and "
                    + "sync.",
                context: context)
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            return notWritable(file).with(context: context)
        case SQLITE_BUSY, SQLITE_LOCKED:
            return Problem(
                id: "storage.busy", kind: .conflict, title: "Another process holds the database",
                explanation: "It was still writing after 20 seconds.",
                remedy: "Wait for it to finish, then run the same command again.", context: context)
        default:
            return Problem.from(
                Problem(
                    id: "storage.statement.failed", kind: .defect, title: "The database refused a statement",
                    explanation: "Nothing that was already saved is lost.",
                    remedy: "Report this with the log of this moment.", context: context))
        }
    }
}

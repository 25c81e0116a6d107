import DatabaseEngine
import Directory
import Foundation
import Glibc
public import Problems
import Storage

extension Installation {
    /// Writes a consistent copy of the database to a new file, while others go on working.
    ///
    /// The sealing key is not in it: without `muster.key`, the copy's stored credentials cannot be opened.
    ///
    /// - Returns: the size of the copy in bytes.
    public func backup(to path: String) async throws(Problem) -> Int {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Problem(
                id: "backup.exists", kind: .usage, title: "\(path) exists already",
                explanation: "A backup never replaces a file.", remedy: "Give a new file name.")
        }
        let draft = path + ".part"
        unlink(draft)
        let descriptor = Glibc.open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Problem(
                id: "backup.notWritable", kind: .configuration, title: "The backup cannot be written to \(path)",
                explanation: "The system said: \(String(cString: strerror(errno))).",
                remedy: "Name a file in a folder this user may write.", context: ["path": path])
        }
        close(descriptor)
        do throws(Problem) {
            try await store.engine.backup(to: draft)
        } catch {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(draft + suffix) }
            throw error
        }
        for suffix in ["-wal", "-shm"] { unlink(draft + suffix) }
        guard link(draft, path) == 0 || rename(draft, path) == 0 else { throw Problem.from(POSIXError(.EIO)) }
        unlink(draft)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}

/// Puts a backup in the place of a data folder's database.
public struct Restore: Sendable {
    private let folder: DataFolder

    /// A restore into a data folder.
    public init(folder: DataFolder) { self.folder = folder }

    /// Checks that the file is a Muster database this version knows, keeps the present database aside, and puts a copy of
    /// the file in its place.
    ///
    /// - Returns: where the database that was there before is kept now, when there was one.
    public func run(from path: String) async throws(Problem) -> String? {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Problem(
                id: "restore.file.missing", kind: .notFound, title: "There is no file \(path)",
                remedy: "Give the path of a file that `muster backup` wrote.")
        }
        try folder.prepare()
        let lock = try DataLock(folder, .alone)
        defer { withExtendedLifetime(lock) {} }
        let draft = folder.database + ".restoring"
        for suffix in ["", "-wal", "-shm"] { unlink(draft + suffix) }
        do {
            try FileManager.default.copyItem(atPath: path, toPath: draft)
        } catch {
            unlink(draft)
            throw Problem(
                id: "restore.copy.failed", kind: .resumable, title: "The backup cannot be copied into \(folder.path)",
                explanation: "The disk may be full, or the file may not be readable. The present data is untouched.",
                remedy: "Free some space or mend the rights, then run the same command again.", cause: error)
        }
        chmod(draft, 0o600)
        do throws(Problem) {
            try await Self.check(draft)
        } catch {
            for suffix in ["", "-wal", "-shm"] { unlink(draft + suffix) }
            throw error
        }
        return try swapIn(draft)
    }

    private func swapIn(_ draft: String) throws(Problem) -> String? {
        var kept: String?
        if FileManager.default.fileExists(atPath: folder.database) {
            let aside = folder.database + ".before-restore-" + Timestamp.now.iso8601Seconds.replacing(":", with: "")
            // The log goes with its database: it may hold the last transactions.
            for suffix in ["-wal", "-shm", ""]
            where FileManager.default.fileExists(atPath: folder.database + suffix) {
                guard rename(folder.database + suffix, aside + suffix) == 0 else {
                    throw Problem.from(POSIXError(.EIO))
                }
            }
            kept = aside
        }
        guard rename(draft, folder.database) == 0 else { throw Problem.from(POSIXError(.EIO)) }
        return kept
    }

    private static func check(_ path: String) async throws(Problem) {
        let engine: Engine
        do throws(Problem) {
            engine = try Engine(path: path)
        } catch {
            throw error.id == "storage.file.corrupt" ? foreign : error
        }
        do throws(Problem) {
            try await check(engine, path)
        } catch {
            try? engine.close()
            throw error
        }
        try engine.close()
    }

    private static func check(_ engine: Engine, _ path: String) async throws(Problem) {
        let facts = try await engine.read { connection in
            let isStore = try connection.first(
                "SELECT count(*) FROM sqlite_schema WHERE name IN ('schema_migrations', 'workspaces', 'objects')"
            ) { $0.integer(0) }
            guard isStore == 3 else { return (isStore: false, schema: Int64(0), damage: "") }
            let schema = try connection.first("SELECT max(number) FROM schema_migrations") { $0.integer(0) }
            let damage = try connection.first("PRAGMA quick_check(1)") { $0.text(0) }
            return (true, schema ?? 0, damage ?? "")
        }
        guard facts.isStore else { throw foreign }
        guard facts.damage == "ok" else {
            throw Problem(
                id: "restore.file.damaged", kind: .badInput, title: "The backup is damaged",
                explanation: "The database says: \(facts.damage). The present data is untouched.",
                remedy: "Use an older backup.")
        }
        guard facts.schema <= Int64(Store.schema) else {
            throw Problem(
                id: "storage.schema.newer", kind: .configuration,
                title: "The backup was written by a newer version of Muster",
                explanation: "It has schema \(facts.schema); this version knows \(Store.schema).",
                remedy: "Restore it with the newer version. The present data is untouched.")
        }
    }

    private static let foreign = Problem(
        id: "restore.file.foreign", kind: .badInput, title: "The file is not a Muster backup",
        explanation: "It is not a database of Muster, or its beginning is damaged. The present data is untouched.",
        remedy: "Give the path of a file that `muster backup` wrote.")
}

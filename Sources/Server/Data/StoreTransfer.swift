import DatabaseEngine
import Directory
import Foundation
import Glibc
public import Problems
public import Storage

/// Copies a whole store from one place to another, so that the target is either whole or empty.
///
/// A file is written beside its place and put there when it is whole; a server commits at the end.
public struct StoreTransfer: Sendable {
    private let from: StorePlace
    private let to: StorePlace

    /// A transfer between two places.
    public init(from: StorePlace, to: StorePlace) throws(Problem) {
        let isSame: Bool
        if let one = from.database, let other = to.database {
            isSame = URL(fileURLWithPath: one).standardized == URL(fileURLWithPath: other).standardized
        } else {
            isSame = from == to
        }
        if isSame {
            throw Problem(
                id: "copy.place.same", kind: .usage, title: "Source and target of the copy are the same",
                remedy: "Name two places with --from and --to.")
        }
        self.from = from
        self.to = to
    }

    /// Copies, and compares both.
    public func run(
        _ progress: @escaping @Sendable (StoreCopy.Progress) -> Void
    ) async throws(Problem) -> StoreCopy.Outcome {
        if let file = from.database, !FileManager.default.fileExists(atPath: file) {
            throw Problem(
                id: "copy.source.missing", kind: .notFound, title: "There is no Muster data in \(file)",
                remedy: "Name the right data folder, file or address with --from.")
        }
        let locks = (try lock(from, .shared), try lock(to, .alone))
        defer { withExtendedLifetime(locks) {} }
        let source = try open(from, readOnly: true)
        let outcome: StoreCopy.Outcome
        if let file = to.database {
            outcome = try await write(file, from: source, progress)
        } else {
            let target = try open(to, readOnly: false)
            outcome = try await StoreCopy(from: source, to: target).run(now: .now, progress)
            try target.close()
        }
        try source.close()
        return outcome
    }

    private func lock(_ place: StorePlace, _ kind: DataLock.Kind) throws(Problem) -> DataLock? {
        guard let folder = place.dataFolder else { return nil }
        if kind == .alone { try folder.prepare() }
        return try DataLock(folder, kind)
    }

    private func open(_ place: StorePlace, readOnly: Bool) throws(Problem) -> Engine {
        switch place {
        case .server(let address): try Engine(path: address, connections: 2)
        case .folder, .file: try Engine(path: place.database ?? "", readOnly: readOnly)
        }
    }

    private func write(
        _ file: String, from source: Engine, _ progress: @escaping @Sendable (StoreCopy.Progress) -> Void
    ) async throws(Problem) -> StoreCopy.Outcome {
        try await requireUnused(file)
        // A name of its own: a second copy to the same file has another draft.
        let draft = "\(file).copying-\(getpid())-\(UInt32.random(in: UInt32.min...UInt32.max))"
        do throws(Problem) {
            // Made first with its rights: SQLite would let others read it.
            let made = Glibc.open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
            guard made >= 0 else { throw Problem.from(POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)) }
            close(made)
            let target = try Engine(path: draft)
            let outcome = try await StoreCopy(from: source, to: target).run(now: .now, progress)
            // The file moves without its log.
            try await target.gather()
            try target.close()
            // It may have been put to use since: a copy takes a while.
            try await requireUnused(file)
            Self.remove(file)
            guard rename(draft, file) == 0 else { throw Problem.from(POSIXError(.EIO)) }
            Self.remove(draft)
            return outcome
        } catch {
            Self.remove(draft)
            throw error
        }
    }

    /// A file that holds a store gives way to none.
    private func requireUnused(_ file: String) async throws(Problem) {
        let size = (try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? NSNumber
        guard let size, size.intValue > 0 else { return }
        let engine = try Engine(path: file, readOnly: true)
        let used = try await engine.read { connection in
            try connection.tables().first { table in
                let isName = ["schema_migrations", "workspaces", "workspace_counters"].contains(table.name)
                if isName { return false }
                return try connection.first("SELECT 1 FROM \(table.name) LIMIT 1") { _ in true } ?? false
            }
        }
        try engine.close()
        if let used { throw StoreCopy.notEmpty(table: used.name) }
    }

    private static func remove(_ file: String) { for suffix in ["", "-wal", "-shm"] { unlink(file + suffix) } }
}

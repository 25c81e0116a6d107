public import Accounts
import DatabaseEngine
import Directory
import Foundation
import Glibc
public import Problems
public import Storage

/// One opened data folder: what every command and the server work with.
public struct Installation: Sendable {
    /// What was set.
    public let configuration: ServerConfiguration
    /// The folder.
    public let folder: DataFolder
    /// The database, seen through the configured workspace.
    public let store: Store
    /// What opens stored credentials.
    public let vault: Vault
    /// Where what people do is written down.
    public let audit: AuditTrail
    private let lock: DataLock

    /// Opens the data folder, making the folder, the key and the database where they are missing, and brings the
    /// database's schema up to date.
    ///
    /// - Parameter mustExist: refuse a folder that holds no database, and a workspace that was never made: for commands
    ///   that begin nothing.
    public static func open(
        _ configuration: ServerConfiguration, mustExist: Bool = false
    ) async throws(Problem) -> Installation {
        let folder = DataFolder(path: configuration.data)
        if mustExist, configuration.database == nil { try checkFile(folder) }
        try folder.prepare()
        let lock = try DataLock(folder, .shared)
        let engine = try Engine(path: configuration.database ?? folder.database)
        if configuration.database == nil { chmod(folder.database, 0o600) } else if mustExist { try await check(engine) }
        let workspace = configuration.workspace
        let store =
            mustExist
            ? try await Store.find(engine, workspace: workspace, now: .now)
            : try await Store.open(engine, workspace: workspace, now: .now)
        return Installation(
            configuration: configuration, folder: folder, store: store,
            vault: try Vault(keyFile: configuration.keyFile), audit: AuditTrail(store: store), lock: lock)
    }

    private static func checkFile(_ folder: DataFolder) throws(Problem) {
        let size = (try? FileManager.default.attributesOfItem(atPath: folder.database))?[.size] as? NSNumber
        // SQLite takes an empty file for a new database, and everything would look as if it had never been.
        if (size?.intValue ?? 0) == 0 {
            throw Problem(
                id: "data.missing", kind: .notFound, title: "There is no Muster data in \(folder.path)",
                explanation: "\(folder.database) \(size == nil ? "does not exist" : "is empty").",
                remedy: "Name the right folder with --data DIR, or connect a tenant first: `muster connect DOMAIN`.")
        }
    }

    private static func check(_ engine: Engine) async throws(Problem) {
        if try await engine.hasSchema() { return }
        throw Problem(
            id: "data.database.empty", kind: .notFound, title: "There is no Muster data in this database",
            explanation: "\(engine.path) holds no tables of Muster.",
            remedy: "Name the right database with --database URL, or connect a tenant first: `muster connect DOMAIN`.")
    }

    /// Refuses what is done to the file of the embedded database.
    public static func requireFile(_ configuration: ServerConfiguration) throws(Problem) {
        if configuration.database != nil { throw StorageProblem.notAFile }
    }

    /// Brings the schema up to date, makes the first workspace in a new database, and does nothing else.
    ///
    /// - Returns: the titles of the steps that were applied.
    public static func migrate(_ configuration: ServerConfiguration) async throws(Problem) -> [String] {
        let folder = DataFolder(path: configuration.data)
        try folder.prepare()
        let lock = try DataLock(folder, .shared)
        defer { withExtendedLifetime(lock) {} }
        let engine = try Engine(path: configuration.database ?? folder.database)
        let titles = try await engine.migrate(Store.migrations, at: Timestamp.now.rawValue)
        if try await !Store.hasWorkspace(engine) {
            _ = try await Store.open(engine, workspace: configuration.workspace, now: .now)
        }
        return titles
    }

    /// The sessions of this workspace.
    public var sessions: Sessions { Sessions(store: store, limits: configuration.sessions) }

    /// The one-time sign-in links of this workspace.
    public var signInLinks: SignInLinks { SignInLinks(store: store, sessions: sessions) }
}

import CMemorySettings
import GRDB
import GRDBSQLite
public import Problems
import Synchronization

/// The store's database: one writer, many readers, each lent a `Connection` on a thread of its own.
///
/// SQLite in WAL mode. `read` sees one consistent state; `write` is one transaction that commits when its closure
/// returns and rolls back when it throws.
public final class Engine: Sendable {
    private let pool: DatabasePool
    private let reads = Atomic<UInt>(0)
    /// Where the database file lies.
    public let path: String

    /// Opens the database file, making it when it is missing.
    ///
    /// - Throws: `storage.folder.notWritable`, `storage.file.corrupt` and their siblings.
    public init(path: String, readOnly: Bool = false) throws(Problem) {
        self.path = path
        _ = Self.isConfigured
        var configuration = GRDB.Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(20)
        configuration.maximumReaderCount = 4
        configuration.label = "muster"
        configuration.prepareDatabase { database in
            try Self.prepare(database)
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read { database in _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") }
        } catch {
            throw StorageProblem.from(error, path: path)
        }
    }

    /// Lends a connection that sees one consistent state and cannot write.
    public func read<Result: Sendable>(_ body: @Sendable (Connection) throws -> Result) async throws(Problem) -> Result
    {
        do {
            return try await pool.read { database in
                defer { forgetStatements(database) }
                return try body(Connection(database))
            }
        } catch {
            throw StorageProblem.from(error, path: path)
        }
    }

    /// Statements stay prepared for the next time. Those about one date in the past, or about the fifty people of one page,
    /// have no next time: when their memory adds up, all are let go.
    private func forgetStatements(_ database: Database) {
        guard reads.wrappingAdd(1, ordering: .relaxed).newValue.isMultiple(of: 64) else { return }
        var used: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(database.sqliteConnection, SQLITE_DBSTATUS_STMT_USED, &used, &highest, 0)
        if used > 8 << 20 { database.releaseMemory() }
    }

    /// Lends the writing connection inside one transaction.
    public func write<Result: Sendable>(
        _ body: @Sendable (Connection) throws -> Result
    ) async throws(Problem) -> Result {
        do {
            return try await pool.write { database in try body(Connection(database)) }
        } catch {
            throw StorageProblem.from(error, path: path)
        }
    }

    /// Writes a consistent copy of the whole database to a new file, while others go on reading and writing.
    public func backup(to destination: String) async throws(Problem) {
        do {
            let copy = try DatabaseQueue(path: destination)
            try pool.backup(to: copy)
            try copy.close()
        } catch {
            throw StorageProblem.from(error, path: destination)
        }
    }

    /// Closes the file once nobody uses it any more.
    public func close() throws(Problem) {
        do { try pool.close() } catch { throw StorageProblem.from(error, path: path) }
    }

    /// Whether SQLite took our settings for the process; it works as well without them, only slower.
    private static let isConfigured = cmemory_configure_sqlite() == 0

    private static func prepare(_ database: Database) throws {
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
        try database.execute(sql: "PRAGMA temp_store = MEMORY")
        // The writer keeps the indexes that assignments land in at random in memory: 64 MB hold those of two million.
        // Readers page through what they are asked for.
        let cacheKilobytes = database.configuration.readonly ? 32_000 : 64_000
        try database.execute(sql: "PRAGMA cache_size = -\(cacheKilobytes)")
        // Debian compiles secure_delete on; zeroing freed pages doubles the cost of pruning.
        try database.execute(sql: "PRAGMA secure_delete = OFF")
        if !database.configuration.readonly {
            // 64 MB: a page that many transactions touch is copied into the file once.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 16000")
        }
    }
}

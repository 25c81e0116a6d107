import CMemorySettings
import GRDB
import GRDBSQLite
public import Problems
import Synchronization

/// The store's database: one writer, many readers, each lent a `Connection` on a thread of its own.
///
/// SQLite in WAL mode, or PostgreSQL. `read` sees one consistent state; `write` is one transaction that commits when its
/// closure returns and rolls back when it throws. Writers come one after the other; on a server, those whose `WriteTurn`s differ
/// go side by side.
public final class Engine: Sendable {
    private enum Database: Sendable {
        case file(DatabasePool)
        case server(ServerPool)
    }

    private let database: Database
    private let reads = Atomic<UInt>(0)
    private let deliveries = Turnstile(2, mostWaiting: 200)
    /// Where the database file lies, or the address of its server without the password.
    public let path: String
    /// Which database it is.
    public let dialect: Dialect

    /// Opens the database: a file, made when it is missing, or a server, by an address that begins with `postgres://`.
    ///
    /// A server is first asked when the database is first used, over as many connections as are needed at once and never
    /// more than `connections`. `readOnly` is for files.
    ///
    /// - Throws: `storage.folder.notWritable`, `storage.file.corrupt` and their siblings.
    public init(
        path: String, readOnly: Bool = false, connections: Int = 8, patience: LockPatience = LockPatience()
    ) throws(Problem) {
        dialect = Dialect(of: path)
        if dialect == .postgresql {
            let pool = ServerPool(try ServerAddress(path), connections: connections, patience: patience)
            database = .server(pool)
            self.path = pool.address.shown
        } else {
            database = .file(try Self.openFile(path, readOnly: readOnly))
            self.path = path
        }
    }

    private static func openFile(_ path: String, readOnly: Bool) throws(Problem) -> DatabasePool {
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
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read { database in _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") }
            return pool
        } catch {
            throw StorageProblem.from(error, path: path)
        }
    }

    /// Lends a connection that sees one consistent state and cannot write.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws(Problem) -> Result {
        do {
            switch database {
            case .server(let pool): return try await pool.read(body)
            case .file(let pool):
                return try await pool.read { database in
                    defer { forgetStatements(database) }
                    return try body(Connection(database))
                }
            }
        } catch {
            throw StorageProblem.from(error, path: path)
        }
    }

    /// Statements stay prepared for the next time. Those about one date in the past, or about the fifty people of one page,
    /// have no next time: when their memory adds up, all are let go.
    private func forgetStatements(_ database: GRDB.Database) {
        guard reads.wrappingAdd(1, ordering: .relaxed).newValue.isMultiple(of: 64) else { return }
        var used: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(database.sqliteConnection, SQLITE_DBSTATUS_STMT_USED, &used, &highest, 0)
        if used > 8 << 20 { database.releaseMemory() }
    }

    /// Lends the writing connection inside one transaction.
    ///
    /// - Parameter turn: whom it waits for on a server: all other writers, unless it says that it needs not.
    public func write<Result: Sendable>(
        _ turn: WriteTurn = .store, _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws(Problem) -> Result {
        if turn == .deliveries { try await deliveries.enter() }
        defer { if turn == .deliveries { deliveries.leave() } }
        do {
            switch database {
            case .server(let pool): return try await pool.write(turn, body)
            case .file(let pool): return try await pool.write { database in try body(Connection(database)) }
            }
        } catch {
            throw StorageProblem.from(error, path: path)
        }
    }

    /// Ends writers on a server, of whichever process, that froze in the middle of a transaction: they would keep what they
    /// hold from everybody else, a tenant's lease for example. Does nothing to a file.
    ///
    /// - Returns: how many had been silent for too long.
    @discardableResult
    public func endFrozenWriters() async throws(Problem) -> Int {
        guard case .server(let pool) = database else { return 0 }
        do { return try await pool.endFrozenWriters() } catch { throw StorageProblem.from(error, path: path) }
    }

    /// Writes a consistent copy of the whole database to a new file, while others go on reading and writing. A server has
    /// tools of its own for that.
    public func backup(to destination: String) async throws(Problem) {
        guard case .file(let pool) = database else { throw StorageProblem.notAFile }
        do {
            let copy = try DatabaseQueue(path: destination)
            try pool.backup(to: copy)
            try copy.close()
        } catch {
            throw StorageProblem.from(error, path: destination)
        }
    }

    /// Writes what is still beside the database file into it, so that the file alone is the whole database. Does nothing to
    /// a server.
    public func gather() async throws(Problem) {
        guard case .file(let pool) = database else { return }
        do {
            try await pool.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) }
        } catch {
            throw StorageProblem.from(error, path: path)
        }
    }

    /// Lets the planner of a server know what the tables hold; see `Connection.refreshStatistics`.
    public func refreshStatistics(of tables: [String]? = nil) async throws(Problem) {
        if dialect == .postgresql { try await read { try $0.refreshStatistics(of: tables, isRough: true) } }
    }

    /// Closes the file, or the connections, once nobody uses them any more.
    public func close() throws(Problem) {
        switch database {
        case .server(let pool): pool.close()
        case .file(let pool): do { try pool.close() } catch { throw StorageProblem.from(error, path: path) }
        }
    }

    /// Whether SQLite took our settings for the process; it works as well without them, only slower.
    private static let isConfigured = cmemory_configure_sqlite() == 0

    private static func prepare(_ database: GRDB.Database) throws {
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
        try database.execute(sql: "PRAGMA temp_store = MEMORY")
        // The writer keeps the indexes that assignments land in at random in memory: 64 MB hold those of two million.
        // Readers page through what they are asked for.
        let cacheKilobytes = database.configuration.readonly ? 32_000 : 64_000
        try database.execute(sql: "PRAGMA cache_size = -\(cacheKilobytes)")
        // Debian compiles secure_delete on; zeroing freed pages doubles the cost of pruning.
        try database.execute(sql: "PRAGMA secure_delete = OFF")
        // The interrupt of a cancelled task may come a moment before its statement begins: then nothing else ends it.
        sqlite3_progress_handler(database.sqliteConnection, 100_000, { _ in Task.isCancelled ? 1 : 0 }, nil)
        if !database.configuration.readonly {
            // 64 MB: a page that many transactions touch is copied into the file once.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 16000")
        }
    }
}

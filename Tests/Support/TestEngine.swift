public import DatabaseEngine
public import Foundation
import Glibc

/// The databases that tests of the store run on: SQLite always, PostgreSQL where its programs are found.
public enum TestEngine: Sendable, CaseIterable, CustomStringConvertible {
    /// A file in the folder of the test.
    case sqlite
    /// A schema of its own on the throwaway server of this run of the tests.
    case postgresql

    /// Those this machine has.
    public static let available: [TestEngine] = TestServer.programs == nil ? [.sqlite] : [.sqlite, .postgresql]

    /// Why tests on PostgreSQL do not run here.
    public static let missing = "PostgreSQL is not installed; apt-get install postgresql-15"

    /// The name in reports.
    public var description: String {
        switch self {
        case .sqlite: "SQLite"
        case .postgresql: "PostgreSQL"
        }
    }

    /// Opens an empty store: in the folder, or on the server.
    public func open(in folder: URL) async throws -> Engine {
        switch self {
        case .sqlite: try Engine(path: folder.appending(path: "muster.sqlite").path)
        case .postgresql: try Engine(path: try await TestServer.shared.freshAddress(), connections: 4)
        }
    }
}

/// One PostgreSQL server for a run of the tests: on a Unix socket, keeping nothing. It stops when the tests end, however
/// they end.
public struct TestServer: Sendable {
    private let folder: String
    private let programs: String

    /// Where `initdb` and its siblings lie.
    static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }.map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
    }()

    /// The server all tests share.
    public static let shared = TestServer(number: 0)

    /// A server of one test alone, which it may stop and start.
    public static func own() -> TestServer { TestServer(number: .random(in: 1...99_999)) }

    private init(number: Int) {
        programs = Self.programs ?? "/usr/bin"
        folder = "/tmp/muster-pg-\(getpid())-\(number)"
        Self.run(Self.starting, folder, programs)
    }

    /// The address of a database that holds nothing yet.
    public func freshAddress() async throws -> String {
        let schema = "t" + UUID().uuidString.lowercased().replacing("-", with: "")
        let engine = try Engine(path: address(), connections: 1)
        try await engine.write { try $0.execute("CREATE SCHEMA \(schema)") }
        try engine.close()
        return address() + "&options=-csearch_path%3D\(schema)"
    }

    /// The address of the server, as a user of this name.
    public func address(user: String = "muster", database: String = "postgres") -> String {
        "postgres://\(user)@/\(database)?host=\(folder)"
    }

    /// The address of an empty database whose server writes down every statement it is asked.
    public func loggedAddress() async throws -> String {
        try await freshAddress() + "%20-clog_statement%3Dall"
    }

    /// Runs a statement that must stand outside a transaction.
    public func run(_ sql: String) throws {
        let status = system("\(programs)/psql -q -h \(folder) -U muster postgres -c \"\(sql)\" >/dev/null 2>&1")
        if status != 0 { throw POSIXError(.EIO) }
    }

    /// The statements that the server wrote down, each once.
    public func statements() throws -> Set<String> {
        var statements: Set<String> = []
        var current: String?
        func finish() { if let current { statements.insert(current) } }
        let log = try String(contentsOfFile: folder + "/log", encoding: .utf8)
        for line in log.split(separator: "\n") {
            if line.hasPrefix("\t") {
                current?.append("\n" + line.dropFirst())
                continue
            }
            finish()
            current = line.firstRange(of: "LOG:  execute ").flatMap { found in
                line[found.upperBound...].firstRange(of: ": ").map { String(line[$0.upperBound...]) }
            }
        }
        finish()
        return statements
    }

    /// Stops the server at once and starts it again.
    public func restart() { Self.run(Self.restarting, folder, programs) }

    /// Stops the server for good.
    public func stop() { Self.run(Self.stopping, folder, programs) }

    // Foundation's Process would wait for the watchman too, who outlives the script.
    private static func run(_ script: String, _ folder: String, _ programs: String) {
        let whole = """
            { folder='\(folder)' programs='\(programs)' tests=\(getpid())
            \(prelude)
            \(script)
            } </dev/null >/dev/null 2>&1
            """
        _ = system(whole)
    }

    // PostgreSQL refuses to run as root.
    private static let prelude = """
        as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
        """

    // The language of the default collation is not that of bytes, so that a text column without its own is noticed.
    private static let starting = """
        set -e
        mkdir -p "$folder"
        [ "$(id -u)" != 0 ] || chown postgres "$folder"
        cd "$folder"
        as "$programs/initdb" -D "$folder/data" -A trust -U muster -E UTF8 --no-sync --locale=C.UTF-8 \
            --locale-provider=icu --icu-locale=en-US
        cat >>"$folder/data/postgresql.conf" <<END
        fsync = off
        synchronous_commit = off
        full_page_writes = off
        listen_addresses = ''
        unix_socket_directories = '$folder'
        max_connections = 300
        autovacuum_naptime = 5s
        END
        as "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w start
        setsid sh -c 'while kill -0 "$2" 2>/dev/null; do sleep 1; done
            pid=$(head -1 "$0/data/postmaster.pid") && kill -QUIT "$pid" && sleep 1
            rm -rf "$0"' "$folder" "$programs" "$tests" &
        """

    private static let restarting = """
        as "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -m fast -w restart
        """

    private static let stopping = """
        as "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop
        """
}

import DatabaseEngine
import Directory
import Foundation
import OktaSimulator
import Problems
import Storage
import Support
import Sync
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What can happen to a server while a sync writes, and what the run says of it.
struct ServerFault: Sendable, CustomTestStringConvertible {
    let name: String
    let problem: String
    /// Run for one row of a page, in the middle of its transaction.
    let trigger: String
    var testDescription: String { name }

    static let all = [
        ServerFault(
            name: "the connection is cut in the middle of a transaction", problem: "storage.server.lost",
            trigger: "PERFORM pg_terminate_backend(pg_backend_pid());"),
        ServerFault(
            name: "another session holds a lock for too long", problem: "storage.busy",
            trigger: "SET LOCAL lock_timeout = '50ms'; LOCK TABLE bystander;"),
        ServerFault(
            name: "two transactions wait for each other", problem: "storage.busy",
            trigger: "RAISE EXCEPTION USING ERRCODE = 'deadlock_detected';"),
        ServerFault(
            name: "the server runs out of memory", problem: "storage.server.full",
            trigger: "RAISE EXCEPTION USING ERRCODE = 'out_of_memory';"),
    ]
}

@Suite(
    "A server may fail at any moment of a sync",
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
struct ServerFaultTests {
    /// Syncs a tenant undisturbed and disturbed; what the disturbed run and the next one leave must be the same.
    private static func compare(
        on server: TestServer, problem: String,
        disturb: @escaping @Sendable (TenantFixture) async throws -> Void,
        mend: @escaping @Sendable (TenantFixture) async throws -> Void
    ) async throws {
        let clean = try await TenantFixture(.postgresql, okta: TenantFixture.eager)
        let engine = try Engine(path: try await server.freshAddress(), connections: 4)
        let faulty = try await TenantFixture(okta: TenantFixture.eager, engine: engine)
        defer {
            clean.remove()
            faulty.remove()
        }
        try await withSimulator(people: 120) { simulator, port in
            _ = try await clean.integrations.sync(try await clean.connect(port: port, token: simulator.token))
            let integration = try await faulty.connect(port: port, token: simulator.token)
            try await disturb(faulty)
            let stopped = try await faulty.integrations.sync(integration)
            #expect(stopped.run.status == .interrupted)
            #expect(stopped.problem?.id == problem)
            #expect(stopped.run.problem?.id == problem && stopped.run.problem?.remedy.isEmpty == false)
            try await mend(faulty)
            let next = try await faulty.integrations.sync(faulty.integration(integration))
            #expect(next.run.status == .complete && next.run.id == stopped.run.id)
            let (ended, expected) = (try await contents(of: faulty.store), try await contents(of: clean.store))
            #expect(differences(ended, expected) == [])
            let (hash, other) = (try await faulty.store.stateHash(.now), try await clean.store.stateHash(.now))
            #expect(hash == other)
        }
    }

    /// Lets some rows of memberships fail, each in the middle of a page; pages before them are written.
    private static func failing(_ statement: String, in fixture: TenantFixture) async throws {
        try await fixture.store.engine.write { connection in
            try connection.execute(
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN \(statement) RETURN NEW; END $f$")
            try connection.execute(
                """
                CREATE TRIGGER fails BEFORE INSERT ON memberships FOR EACH ROW
                WHEN (NEW.user_key % 7 = 3) EXECUTE FUNCTION fail()
                """)
        }
    }

    private static func mended(_ fixture: TenantFixture) async throws {
        try await fixture.store.engine.write { try $0.execute("DROP TRIGGER fails ON memberships") }
    }

    @Test(
        "the run ends as interrupted and says why, and the next one goes on to the same state",
        arguments: ServerFault.all)
    func fault(_ fault: ServerFault) async throws {
        let held = Gate()
        let (holding, hold) = AsyncStream<Void>.makeStream()
        let address = try await TestServer.shared.freshAddress()
        let bystander = try Engine(path: address, connections: 2)
        try await bystander.write { try $0.execute("CREATE TABLE bystander (x int)") }
        // A store of a schema of its own, so that its writers and ours do not wait for each other.
        let locking = Task {
            try await bystander.write { connection in
                try connection.execute("LOCK TABLE bystander")
                _ = try connection.first("SELECT 1") { $0.integer(0) }
                hold.finish()
                held.wait()
            }
        }
        for await _ in holding {}
        let schema = try #require(address.split(separator: "D").last)
        let trigger = fault.trigger.replacing("bystander", with: "\(schema).bystander")
        try await Self.compare(
            on: .shared, problem: fault.problem,
            disturb: { try await Self.failing(trigger, in: $0) }, mend: { try await Self.mended($0) })
        held.open()
        try await locking.value
        try bystander.close()
    }

    @Test("a server that is restarted in the middle of a run is found again by the next one")
    func restarted() async throws {
        let server = TestServer.own()
        defer { server.stop() }
        let watch = Mutex<Task<Void, any Error>?>(nil)
        try await Self.compare(
            on: server, problem: "storage.server.lost",
            disturb: { faulty in
                try await Self.failing("PERFORM pg_sleep(60);", in: faulty)
                let store = faulty.store
                let task = Task {
                    // Restarted in the middle of a page's transaction.
                    while try await store.engine.read({ connection in
                        try connection.first(
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'", [], { $0.integer(0) })
                    }) == 0 { try await Task.sleep(for: .milliseconds(10)) }
                    server.restart()
                }
                watch.withLock { $0 = task }
            },
            mend: { faulty in
                try await watch.withLock { $0 }?.value
                try await Self.mended(faulty)
            })
    }

    @Test(
        "a server whose disk is full is told about, and the run goes on when there is room again",
        .enabled(if: SmallDisk.isPossible, "only root may mount a small disk"))
    func full() async throws {
        let server = TestServer.own()
        defer { server.stop() }
        let disk = try SmallDisk()
        defer { disk.remove() }
        try await Self.compare(
            on: server, problem: "storage.server.full",
            disturb: { faulty in
                // A tablespace is made outside a transaction block.
                try server.run("CREATE TABLESPACE small LOCATION '\(disk.folder)'")
                try await faulty.store.engine.write { connection in
                    try connection.execute("ALTER TABLE memberships SET TABLESPACE small")
                    try connection.execute("ALTER INDEX memberships_by_user SET TABLESPACE small")
                }
                try disk.fill()
            },
            mend: { _ in try disk.empty() })
    }
}

/// A disk of two megabytes.
private struct SmallDisk {
    let folder: String

    static let isPossible =
        getuid() == 0 && run("d=$(mktemp -d) && mount -t tmpfs -o size=1m tmpfs $d && umount $d && rmdir $d")

    private static func run(_ script: String) -> Bool { system("{ \(script); } >/dev/null 2>&1") == 0 }

    init() throws {
        folder = "/tmp/muster-small-disk-\(getpid())"
        #expect(
            Self.run(
                "mkdir -p \(folder) && mount -t tmpfs -o size=2m,mode=777 tmpfs \(folder) && chown postgres \(folder)"))
    }

    func fill() throws { #expect(Self.run("head -c 3000000 /dev/zero >\(folder)/filler; test -s \(folder)/filler")) }
    func empty() throws { #expect(Self.run("rm \(folder)/filler && mount -o remount,size=64m \(folder)")) }
    func remove() { _ = Self.run("umount -l \(folder); rmdir \(folder)") }
}

import DatabaseEngine
import Foundation
import Problems
import Storage
import Support
import Synchronization
import Testing

@Suite(
    "Tables can be spread by workspace",
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
struct DistributionTests {
    private static func withStore(_ body: (Store) async throws -> Void) async throws {
        let engine = try Engine(path: try await TestServer.shared.freshAddress())
        try await body(try await Store.open(engine, workspace: "default", now: SampleStore.now))
        try engine.close()
    }

    /// A store on a server that pretends to have Citus, as far as it is used: it writes down what was asked of it, in a
    /// schema behind that of the store.
    private static func withPretendedCitus(_ body: (Store) async throws -> Void) async throws {
        let (address, citus) = (try await TestServer.shared.freshAddress(), try await TestServer.shared.freshAddress())
        let extensions = try Engine(path: citus)
        try await extensions.write { connection in for statement in pretence { try connection.execute(statement) } }
        try extensions.close()
        let schema = try #require(citus.split(separator: "D").last)
        let engine = try Engine(path: address + "%2C" + schema)
        try await body(try await Store.open(engine, workspace: "default", now: SampleStore.now))
        try engine.close()
    }

    private static let pretence = [
        "CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod \"char\", colocated text)",
        "CREATE TABLE pg_dist_object (objid oid PRIMARY KEY)",
        "CREATE TABLE refused (name text)",
        """
        CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE SQL AS
            'INSERT INTO pg_dist_partition VALUES (name, ''n'', NULL)'
        """,
        """
        CREATE FUNCTION create_distributed_table(name regclass, by_column text, colocate_with text)
        RETURNS void LANGUAGE plpgsql AS 'BEGIN
            IF by_column <> ''workspace_id'' THEN RAISE EXCEPTION ''wrong column''; END IF;
            IF colocate_with <> ''none'' AND NOT EXISTS (
                SELECT 1 FROM pg_dist_partition WHERE logicalrelid = colocate_with::regclass AND partmethod = ''h'')
            THEN RAISE EXCEPTION ''not distributed: %'', colocate_with; END IF;
            IF EXISTS (SELECT 1 FROM refused r WHERE r.name = create_distributed_table.name::text) THEN
                RAISE EXCEPTION ''no room'';
            END IF;
            INSERT INTO pg_dist_partition VALUES (name, ''h'', colocate_with);
        END'
        """,
        """
        CREATE FUNCTION create_distributed_function(name regprocedure) RETURNS void LANGUAGE SQL AS
            'INSERT INTO pg_dist_object VALUES (name::oid)'
        """,
    ]

    @Test("every key and unique constraint begins with workspace_id, and nothing counts for all workspaces")
    func keys() async throws {
        try await Self.withStore { store in
            let (unique, foreign, sequences) = try await store.engine.read { connection in
                (
                    try connection.query(
                        """
                        SELECT t.relname, i.relname, a.attname FROM pg_index x
                        JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
                        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
                        WHERE t.relnamespace = current_schema()::regnamespace AND x.indisunique
                        """
                    ) { (table: $0.text(0), index: $0.text(1), first: $0.text(2)) },
                    try connection.query(
                        """
                        SELECT conrelid::regclass::text FROM pg_constraint
                        WHERE contype IN ('f', 'x') AND connamespace = current_schema()::regnamespace
                        """
                    ) { $0.text(0) },
                    try connection.query(
                        """
                        SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace
                        """
                    ) { $0.text(0) }
                )
            }
            // Every machine holds these whole: which schema it is, and which workspaces there are, by name.
            let reasons = [
                "schema_migrations_pkey": "not of a workspace", "workspaces_name_key": "finds the workspace",
                "workers_pkey": "which processes there are",
            ]
            for one in unique where reasons[one.index] == nil {
                #expect(one.first == "workspace_id", "\(one.index) of \(one.table)")
            }
            #expect(unique.count > 40 && Set(unique.map(\.index)).isSuperset(of: reasons.keys))
            #expect(foreign.isEmpty && sequences.isEmpty)
            let tables = try await store.engine.read { try $0.tables() }
            #expect(Set(tables.map(\.name)).isSubset(of: Set(unique.map(\.table))))
        }
    }

    @Test("without the extension it says so, and does nothing")
    func missing() async throws {
        try await Self.withStore { store in
            let distribution = Distribution(of: store.engine)
            let problem = await #expect(throws: Problem.self) { try await distribution.run { _ in } }
            #expect(problem?.id == "database.citus.missing" && problem?.kind.exitStatus == 78)
            // What would be done can be seen all the same.
            let steps = try await distribution.steps()
            #expect(steps.count > 40 && !steps.contains(where: \.isDone))
        }
    }

    @Test("every table is spread beside the others by its workspace, once, also after a failure in the middle")
    func distributes() async throws {
        try await Self.withPretendedCitus { store in
            let distribution = Distribution(of: store.engine)
            try await store.engine.write { try $0.execute("INSERT INTO refused VALUES ('memberships')") }
            await #expect(throws: Problem.self) { try await distribution.run { _ in } }
            let begun = try await distribution.steps()
            #expect(begun.contains(where: \.isDone) && begun.contains { !$0.isDone })
            try await store.engine.write { try $0.execute("DELETE FROM refused") }
            try await distribution.run { _ in }
            let spread = try await store.engine.read { connection in
                try connection.query(
                    """
                    SELECT c.relname, d.partmethod::text, d.colocated FROM pg_dist_partition d
                    JOIN pg_class c ON c.oid = d.logicalrelid ORDER BY c.relname COLLATE "C"
                    """
                ) { (name: $0.text(0), method: $0.text(1), beside: $0.text(2)) }
            }
            let tables = try await store.engine.read { try $0.tables().map(\.name) }
            #expect(spread.map(\.name) == tables)
            #expect(spread.filter { $0.method == "n" }.map(\.name) == ["schema_migrations", "workers", "workspaces"])
            let anchor = spread.first { $0.beside == "none" }?.name
            #expect(spread.filter { $0.beside == "none" }.count == 1)
            #expect(spread.allSatisfy { $0.method == "n" || $0.beside == "none" || $0.beside == anchor })
            // Again: nothing is left to do, and a second call of the extension would fail.
            let after = try await distribution.steps()
            #expect(!after.contains { !$0.isDone })
            let done = Mutex(0)
            try await distribution.run { _ in done.withLock { $0 += 1 } }
            #expect(done.withLock { $0 } == after.count)
        }
    }

    @Test("a table that is not Muster's is not touched, and named")
    func foreignTable() async throws {
        try await Self.withPretendedCitus { store in
            try await store.engine.write { try $0.execute("CREATE TABLE holidays (day date PRIMARY KEY)") }
            let problem = await #expect(throws: Problem.self) { try await Distribution(of: store.engine).run { _ in } }
            #expect(problem?.id == "database.foreignTable" && problem?.title.contains("holidays") == true)
        }
    }

    @Test("the embedded database is not distributed")
    func embedded() async throws {
        try await SampleStore.with(people: 0) { sample in
            let problem = await #expect(throws: Problem.self) {
                try await Distribution(of: sample.store.engine).steps()
            }
            #expect(problem?.id == "database.notAServer")
        }
    }
}

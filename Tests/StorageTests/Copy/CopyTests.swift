import DatabaseEngine
import Directory
import Foundation
import Problems
import Storage
import Support
import Synchronization
import Testing

/// The ways a store can be copied here.
struct CopyWay: Sendable, CustomTestStringConvertible {
    let from: TestEngine
    let to: TestEngine
    var testDescription: String { "\(from) to \(to)" }

    static let all = TestEngine.available.flatMap { from in
        TestEngine.available.map { CopyWay(from: from, to: $0) }
    }
}

@Suite("A copy of a store is whole, or there is none")
struct CopyTests {
    private static let now = SampleStore.now

    /// Two workspaces, one of them with a company, and rows with every kind of value.
    private static func withStores(
        _ way: CopyWay, _ body: (Store, Engine) async throws -> Void
    ) async throws {
        try await SampleStore.with(way.from, people: 80) { sample in
            _ = try await Store.open(sample.store.engine, workspace: "second, “quoted”", now: now)
            try await sample.store.engine.write { connection in
                try connection.execute(
                    "INSERT INTO sign_in_links (workspace_id, token_sha256, created_at, expires_at) VALUES (2, $1, 0, 0), (2, $2, 0, 0)",
                    [.blob([0, 255, 10, 13, 92]), .blob([])])
                try connection.execute(
                    "INSERT INTO audit_trail (workspace_id, position, happened_at, actor, action) VALUES (2, 1, -5, '', $1)",
                    [.text("tab\t newline\n backslash\\ \\N ünïcode 🗝 'quote'")])
            }
            let target = try Engine(path: try await way.to.address(in: sample.folder))
            try await body(sample.store, target)
            try target.close()
        }
    }

    private static func everything(_ engine: Engine) async throws -> [String] {
        try await engine.read { connection in
            try connection.tables().filter { $0.name != "schema_migrations" }.flatMap { table in
                let columns = table.columns.map(\.name).joined(separator: ", ")
                return try connection.query("SELECT \(columns) FROM \(table.name)") { row in
                    table.name + (0..<row.count).map { "\(row.value($0))" }.joined(separator: "|")
                }
            }.sorted()
        }
    }

    @Test("every row of every table arrives as it was", arguments: CopyWay.all)
    func copies(_ way: CopyWay) async throws {
        try await Self.withStores(way) { store, target in
            let seen = Mutex<[Int64]>([])
            let outcome = try await StoreCopy(from: store.engine, to: target).run(now: Self.now) { progress in
                seen.withLock { $0.append(progress.rows) }
            }
            let (before, after) = (try await Self.everything(store.engine), try await Self.everything(target))
            #expect(before == after)
            #expect(outcome.rows == Int64(after.count) && outcome.rows > 500)
            #expect(seen.withLock { $0 } == seen.withLock { $0.sorted() } && seen.withLock { $0.last } == outcome.rows)
            #expect(Set(outcome.hashes.map(\.workspace)) == ["default", "second, “quoted”"])
            let copy = Store(engine: target, workspaceID: store.workspaceID)
            let hash = try await copy.stateHash(.now).hash
            #expect(outcome.hashes.contains { $0.workspace == "default" && $0.time == nil && $0.hash == hash })
            // Both go on: the copy gives out the next workspace and keeps its own.
            let third = try await Store.open(target, workspace: "third", now: Self.now).workspaceID
            #expect(third == 3)
        }
    }

    @Test("a target that holds anything is refused and left as it is", arguments: CopyWay.all)
    func notEmpty(_ way: CopyWay) async throws {
        try await Self.withStores(way) { store, target in
            let other = try await Store.open(target, workspace: "mine", now: Self.now)
            _ = try await other.addIntegration(
                name: "acme", baseURL: "https://acme.okta.com", organization: Organization(id: "00o1"), contact: nil,
                credentialKind: "apiToken", sealedCredential: [1], now: Self.now)
            let before = try await Self.everything(target)
            let problem = await #expect(throws: Problem.self) {
                _ = try await StoreCopy(from: store.engine, to: target).run(now: Self.now) { _ in }
            }
            #expect(problem?.id == "copy.target.notEmpty")
            let after = try await Self.everything(target)
            #expect(after == before)
        }
    }

    @Test("a copy that fails in the middle leaves the target empty, and the next one works", arguments: CopyWay.all)
    func fails(_ way: CopyWay) async throws {
        try await Self.withStores(way) { store, target in
            _ = try await target.migrate(Store.migrations, at: 1)
            // Tables come by name: half of them are written when this one is reached.
            try await target.write { try $0.refuseRows(into: "memberships") }
            await #expect(throws: Problem.self) {
                _ = try await StoreCopy(from: store.engine, to: target).run(now: Self.now) { _ in }
            }
            let left = try await Self.everything(target)
            #expect(left.isEmpty)
            try await target.write { try $0.acceptRows(into: "memberships") }
            _ = try await StoreCopy(from: store.engine, to: target).run(now: Self.now) { _ in }
            let (before, after) = (try await Self.everything(store.engine), try await Self.everything(target))
            #expect(before == after)
        }
    }

    @Test("what is cancelled leaves the target empty", arguments: CopyWay.all)
    func cancelled(_ way: CopyWay) async throws {
        try await Self.withStores(way) { store, target in
            let (reached, reach) = AsyncStream<Void>.makeStream()
            let gate = Gate()
            let task = Task {
                try await StoreCopy(from: store.engine, to: target).run(now: Self.now) { progress in
                    if progress.table == "memberships" {
                        reach.finish()
                        gate.wait()
                    }
                }
            }
            for await _ in reached {}
            task.cancel()
            gate.open()
            let problem = await #expect(throws: Problem.self) { _ = try await task.value }
            #expect(problem?.id == "storage.cancelled")
            let left = try await Self.everything(target)
            #expect(left.isEmpty)
        }
    }

    @Test("the copy is of one moment, whatever is written meanwhile", arguments: CopyWay.all)
    func snapshot(_ way: CopyWay) async throws {
        try await Self.withStores(way) { store, target in
            let before = try await Self.everything(store.engine)
            let (reached, reach) = AsyncStream<Void>.makeStream()
            let gate = Gate()
            async let outcome = StoreCopy(from: store.engine, to: target).run(now: Self.now) { progress in
                if progress.table == "api_tokens" {
                    reach.finish()
                    gate.wait()
                }
            }
            for await _ in reached {}
            try await store.engine.write { connection in
                try connection.execute("DELETE FROM users")
                try connection.execute("UPDATE workspaces SET name = 'renamed' WHERE workspace_id = 1")
            }
            gate.open()
            _ = try await outcome
            let copied = try await Self.everything(target)
            #expect(copied == before)
        }
    }

    @Test("a source of another schema is refused before anything is written", arguments: CopyWay.all)
    func otherSchema(_ way: CopyWay) async throws {
        try await Self.withStores(way) { store, target in
            try await store.engine.write { connection in
                try connection.execute(
                    "DELETE FROM schema_migrations WHERE number = $1", [.integer(Int64(Store.schema))])
            }
            let problem = await #expect(throws: Problem.self) {
                _ = try await StoreCopy(from: store.engine, to: target).run(now: Self.now) { _ in }
            }
            #expect(problem?.id == "copy.source.schema")
            let isMade = try await target.hasSchema()
            #expect(isMade == false)
        }
    }
}

import DatabaseEngine
import Directory
import Foundation
import Logging
import OktaAPI
import OktaSimulator
import Problems
import Storage
import Support
import Sync

/// A store that a simulated tenant was synced into, at the tenant's own time.
struct UsageFixture: Sendable {
    let store: Store
    let simulator: Simulator
    let now: Timestamp
    private let integrations: Integrations
    private let integration: Integration

    /// A tenant that stands still at noon.
    static let noon = "2026-06-15T12:00:00Z"

    static func with(
        _ kind: TestEngine, people: Int = 110, apps: Int = 40, days: Int = 90, seed: UInt64 = 7,
        _ body: @escaping @Sendable (UsageFixture) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        (configuration.port, configuration.people, configuration.apps) = (0, people, apps)
        (configuration.groups, configuration.days, configuration.seed) = (20, days, seed)
        (configuration.now, configuration.limits) = (noon, .none)
        let simulator = try Simulator(configuration)
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await simulator.run { port in
                    continuation.yield(port)
                    continuation.finish()
                }
            }
            for await port in ports { try await connected(kind, simulator, port, body) }
            group.cancelAll()
        }
    }

    private static func connected(
        _ kind: TestEngine, _ simulator: Simulator, _ port: Int,
        _ body: @escaping @Sendable (UsageFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-usage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = SyncClock { Timestamp(seconds: simulator.now) }
        let store = try await Store.open(try await kind.open(in: folder), workspace: "default", now: clock.now())
        var configuration = Integrations.Configuration(lockFolder: folder.path)
        configuration.okta.rateShare = 1
        let integrations = Integrations(
            store: store, vault: BareVault(), configuration: configuration, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (integration, _) = try await integrations.connect(
            name: "acme", contact: nil, domain: try OktaDomain(pasted: "http://127.0.0.1:\(port)"),
            credential: .apiToken(simulator.token))
        let fixture = UsageFixture(
            store: store, simulator: simulator, now: clock.now(), integrations: integrations, integration: integration)
        try await fixture.sync()
        try await body(fixture)
        try store.engine.close()
    }

    func sync() async throws {
        let run = try await integrations.sync(integration).run
        guard run.status == .complete else { throw CancellationError() }
    }

    func rows(_ sql: String) async throws -> [[Value]] {
        try await store.engine.read { connection in
            try connection.query(sql) { row in (0..<row.count).map { row.value($0) } }
        }
    }
}

/// A vault that hides nothing.
struct BareVault: SecretVault {
    func seal(_ secret: [UInt8], purpose: String) throws(Problem) -> [UInt8] { secret }
    func open(_ sealed: [UInt8], purpose: String) throws(Problem) -> [UInt8] { sealed }
}

/// Every successful sign-in of the simulated tenant up to a date, and what follows from them, counted one by one.
struct UsageTruth {
    struct SignIn {
        let app: String
        let user: String
        let at: Timestamp
        var day: Int { Int(at.day) }
    }

    let signIns: [SignIn]
    /// Who has which app, by app's id.
    let holders: [String: [(user: String, assignedAt: Timestamp?)]]
    let departments: [String: (name: String, hasLeft: Bool)]
    let today: Int

    init(_ simulator: Simulator, asOf date: String, midnight: Bool) throws {
        let printed = try simulator.print("sign-ins", asOf: date)
        let time = Timestamp(iso8601: date) ?? Timestamp(seconds: 0)
        today = Int(time.day)
        let today = today
        signIns = printed.rows.compactMap { row in
            Timestamp(iso8601: row[2]).map { SignIn(app: row[0], user: row[1], at: $0) }
        }.filter { !midnight || $0.day < today }
        let assigned = try simulator.print("assignments", asOf: date)
        holders = Dictionary(
            grouping: assigned.rows.map { (app: $0[2], user: $0[0], at: Timestamp(iso8601: $0[8])) }, by: \.app
        ).mapValues { $0.map { ($0.user, $0.at) } }
        let users = try simulator.print("users", asOf: date)
        guard let department = users.columns.firstIndex(of: "department"),
            let status = users.columns.firstIndex(of: "status")
        else { throw CancellationError() }
        departments = Dictionary(
            users.rows.map { ($0[0], ($0[department], $0[status] == "DEPROVISIONED")) }, uniquingKeysWith: { $1 })
    }

    func lastDay(_ app: String, _ user: String) -> Int? {
        signIns.last { $0.app == app && $0.user == user }?.day
    }
}

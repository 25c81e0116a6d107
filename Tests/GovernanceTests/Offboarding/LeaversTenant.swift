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
import Testing

/// A simulated tenant with its leavers, and a store that was synced from it.
struct LeaversTenant: Sendable {
    let store: Store
    let simulator: Simulator
    static let now = "2026-06-15T12:00:00Z"

    private struct OpenVault: SecretVault {
        func seal(_ secret: [UInt8], purpose: String) throws(Problem) -> [UInt8] { secret }
        func open(_ sealed: [UInt8], purpose: String) throws(Problem) -> [UInt8] { sealed }
    }

    /// Runs a body with a tenant that was synced once.
    static func with(
        _ engine: TestEngine, people: Int = 260, seed: UInt64, faults: [String] = [],
        _ body: @Sendable @escaping (LeaversTenant) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-leavers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await Store.open(try await engine.open(in: folder), workspace: "default", now: .now)
        var okta = OktaClientConfiguration()
        okta.rateShare = 1
        okta.retryBaseSeconds = 0.01
        var configuration = Integrations.Configuration(lockFolder: folder.path)
        configuration.okta = okta
        let clock = try #require(Timestamp(iso8601: now))
        let integrations = Integrations(
            store: store, vault: OpenVault(), configuration: configuration, clock: SyncClock { clock },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var tenant = SimulatorConfiguration()
        tenant.port = 0
        tenant.people = people
        tenant.apps = 30
        tenant.groups = 40
        tenant.days = 90
        tenant.seed = seed
        tenant.now = now
        tenant.limits = .none
        tenant.faults = try faults.map { try Fault(parsing: $0) }
        let simulator = try Simulator(tenant)
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await simulator.run { port in
                    continuation.yield(port)
                    continuation.finish()
                }
                return false
            }
            group.addTask {
                for await port in ports {
                    let domain = try OktaDomain(pasted: "http://127.0.0.1:\(port)")
                    let integration = try await integrations.connect(
                        name: "acme", contact: nil, domain: domain, credential: .apiToken(simulator.token)
                    ).0
                    _ = try await integrations.sync(integration)
                    try await body(LeaversTenant(store: store, simulator: simulator))
                }
                return true
            }
            while let isDone = try await group.next() {
                if isDone { break }
            }
            group.cancelAll()
        }
        try store.engine.close()
    }

    /// The rows of a table of the truth at a date, by column.
    func truth(_ table: String, _ date: Timestamp) throws -> [[String: String]] {
        let truth = try simulator.print(table, asOf: date.iso8601)
        return truth.rows.map { Dictionary(zip(truth.columns, $0)) { first, _ in first } }
    }
}

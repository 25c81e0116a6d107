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

/// A pretended tenant that was synced once into a store of its own.
enum DiscoveredTenant {
    static let now = "2026-06-15T12:00:00Z"

    private struct OpenVault: SecretVault {
        func seal(_ secret: [UInt8], purpose: String) throws(Problem) -> [UInt8] { secret }
        func open(_ sealed: [UInt8], purpose: String) throws(Problem) -> [UInt8] { sealed }
    }

    static func with(
        _ engine: TestEngine, people: Int = 160, seed: UInt64 = 7,
        _ body: @Sendable @escaping (Store, Simulator) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-found-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await Store.open(try await engine.open(in: folder), workspace: "default", now: .now)
        var okta = OktaClientConfiguration()
        okta.rateShare = 1
        okta.retryBaseSeconds = 0.01
        var configuration = Integrations.Configuration(lockFolder: folder.path)
        configuration.okta = okta
        let integrations = Integrations(
            store: store, vault: OpenVault(), configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await serving(people: people, seed: seed) { simulator, port in
            let integration = try await integrations.connect(
                name: "acme", contact: nil, domain: try OktaDomain(pasted: "http://127.0.0.1:\(port)"),
                credential: .apiToken(simulator.token)
            ).0
            _ = try await integrations.sync(integration)
            try await body(store, simulator)
        }
        try store.engine.close()
    }

    private static func serving(
        people: Int, seed: UInt64, _ body: @Sendable @escaping (Simulator, Int) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.port = 0
        configuration.people = people
        configuration.apps = 60
        configuration.groups = 40
        configuration.days = 90
        configuration.seed = seed
        configuration.now = now
        configuration.limits = .none
        let simulator = try Simulator(configuration)
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
                for await port in ports { try await body(simulator, port) }
                return true
            }
            while let isDone = try await group.next() {
                if isDone { group.cancelAll() }
            }
        }
    }
}

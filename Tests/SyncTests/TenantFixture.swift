import DatabaseEngine
import Directory
import Foundation
import Logging
import OktaAPI
import Problems
import Storage
import Support
import Sync

/// A vault that hides nothing: what is tested here is the sync, not the seal.
struct OpenVault: SecretVault {
    func seal(_ secret: [UInt8], purpose: String) throws(Problem) -> [UInt8] { secret }
    func open(_ sealed: [UInt8], purpose: String) throws(Problem) -> [UInt8] { sealed }
}

/// A store in a folder of its own, and what reads a tenant into it.
struct TenantFixture: Sendable {
    let folder: URL
    let store: Store
    let integrations: Integrations

    init(
        _ kind: TestEngine = .sqlite, okta: OktaClientConfiguration = OktaClientConfiguration(),
        beside other: TenantFixture? = nil, engine own: Engine? = nil,
        clock: SyncClock = .wall, closureShare: Double = 0.2, factors: FactorReading = .withinBudget
    ) async throws {
        let folder =
            other?.folder
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("muster-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        let engine: Engine =
            if let shared = own ?? other?.store.engine { shared } else { try await kind.open(in: folder) }
        store = try await Store.open(engine, workspace: "default", now: clock.now())
        var configuration = Integrations.Configuration(lockFolder: folder.path)
        configuration.okta = okta
        configuration.closureShare = closureShare
        configuration.factors = factors
        integrations = Integrations(
            store: store, vault: OpenVault(), configuration: configuration, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Okta as fast as it goes: the whole of each limit, and short pauses.
    static var eager: OktaClientConfiguration {
        var okta = OktaClientConfiguration()
        okta.rateShare = 1
        okta.retryBaseSeconds = 0.01
        okta.concurrencyBackoffSeconds = 0.05
        okta.maxRetryPauseSeconds = 1
        return okta
    }

    func connect(port: Int, token: String = "00replaytoken") async throws -> Integration {
        try await integrations.connect(
            name: "acme", contact: nil, domain: try OktaDomain(pasted: "http://127.0.0.1:\(port)"),
            credential: .apiToken(token)
        ).0
    }

    /// The tenant answers on another port from now on.
    func move(_ integration: Integration, to port: Int) async throws {
        try await store.engine.write { connection in
            try connection.execute(
                "UPDATE integrations SET base_url = $1 WHERE integration_id = $2",
                [.text("http://127.0.0.1:\(port)"), .integer(integration.id)])
        }
    }

    /// The integration as it is stored now.
    func integration(_ integration: Integration) async throws -> Integration {
        try await store.integration(named: integration.name)
    }

    func rows(_ sql: String) async throws -> [[Value]] {
        try await store.engine.read { connection in
            try connection.query(sql) { row in (0..<row.count).map { row.value($0) } }
        }
    }
}

/// Real answers of real tenants, read in place and never copied.
enum Recorded {
    static let folder: URL? = {
        let fromEnvironment = ProcessInfo.processInfo.environment["MUSTER_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
        return [fromEnvironment, beside].compactMap { $0?.appendingPathComponent("okta/recorded") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()
}

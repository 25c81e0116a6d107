public import Accounts
import DatabaseEngine
public import Logging
public import OktaAPI
public import Problems
public import Sync

/// Everything that can be set about Muster, typed and checked.
public struct ServerConfiguration: Sendable {
    /// What a process does.
    public enum Role: String, Sendable {
        /// Pages and syncs.
        case all
        /// Pages only; it asks the others for syncs.
        case web
        /// Syncs only, of all workspaces.
        case worker
    }

    /// The folder of the database, the key and `muster.yaml`.
    public var data: String
    /// The `postgres://` address of the database, when it does not lie in the folder. May hold a password.
    public var database: String?
    /// The workspace to work in.
    public var workspace: String
    /// The sealing key's file.
    public var keyFile: String
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 takes any free one.
    public var port: Int
    /// The address people open, when it is not that of this process.
    public var publicURL: String?
    /// What a reader of `/metrics` on another computer must send.
    public var metricsToken: String?
    /// What this process does.
    public var role: Role
    /// How long browsers stay signed in.
    public var sessions: Sessions.Limits
    /// Seconds between full syncs that the server starts; 0 starts none.
    public var syncIntervalSeconds: Int
    /// Seconds between two looks into the System Log while nothing changes; 0 never asks.
    public var tailSeconds: Int
    /// How much a process takes on.
    public var work: SyncScheduler.Limits
    /// How long a process that is silent keeps its tenants.
    public var leaseSeconds: Int
    /// Whose factors a sync reads.
    public var factors: FactorReading
    /// How Okta is spoken to.
    public var okta: OktaClientConfiguration
    /// Whether log lines are JSON.
    public var logsJSON: Bool
    /// The least important kind of line that is logged.
    public var logLevel: Logger.Level

    /// The configuration that settings amount to.
    ///
    /// - Throws: `configuration.database.unsupported` when the database is neither the embedded one nor PostgreSQL.
    public init(_ settings: ResolvedSettings) throws(Problem) {
        database = settings.text("database")
        if let database, Dialect(of: database) != .postgresql {
            throw Problem(
                id: "configuration.database.unsupported", kind: .configuration,
                title: "The database is neither the embedded one nor PostgreSQL",
                remedy: "Write --database or MUSTER_DATABASE as postgres://user@host/database, or leave it out for the "
                    + "embedded database in the data folder.")
        }
        data = settings.text("data") ?? "./muster-data"
        workspace = settings.text("workspace") ?? "default"
        keyFile = settings.text("key.file") ?? data + "/muster.key"
        host = settings.text("http.host") ?? "127.0.0.1"
        port = settings.integer("http.port") ?? 8080
        publicURL = settings.text("http.public-url")
        metricsToken = settings.text("metrics.token")
        role = settings.text("serve.role").flatMap { Role(rawValue: $0) } ?? .all
        sessions = Sessions.Limits(
            idleSeconds: Int64(settings.integer("session.idle-minutes") ?? 720) * 60,
            absoluteSeconds: Int64(settings.integer("session.absolute-hours") ?? 168) * 3600)
        syncIntervalSeconds = (settings.integer("sync.interval-minutes") ?? 360) * 60
        tailSeconds = settings.integer("sync.tail-seconds") ?? 10
        work = SyncScheduler.Limits()
        work.tenants = settings.integer("work.tenants") ?? work.tenants
        work.runs = settings.integer("work.syncs") ?? work.runs
        leaseSeconds = settings.integer("work.lease-seconds") ?? 30
        factors = settings.text("sync.factors").flatMap { FactorReading(rawValue: $0) } ?? .withinBudget
        okta = OktaClientConfiguration()
        okta.rateShare = settings.text("okta.rate-share").flatMap(Double.init) ?? 0.5
        okta.maxConcurrency = settings.integer("okta.max-concurrency") ?? 6
        okta.requestTimeoutSeconds = settings.integer("okta.request-timeout-seconds") ?? 60
        okta.trustRootsPEMFile = settings.text("okta.trust-roots-file")
        okta.proxy = settings.text("okta.proxy").flatMap(OktaProxy.init)
        okta.proxy?.exceptions =
            settings.text("okta.proxy-exceptions")?.split(whereSeparator: { ", ".contains($0) }).map(String.init) ?? []
        logsJSON = settings.text("log.format") == "json"
        logLevel = settings.text("log.level").flatMap { Logger.Level(rawValue: $0) } ?? .info
    }

    /// Whether only this computer can reach the server.
    public var isLoopbackOnly: Bool { host == "localhost" || PeerAddress.isLoopback(host) }

    /// The address at which a browser on this computer reaches the server.
    public func localURL(port: Int) -> String {
        switch host {
        case "0.0.0.0", "::", "localhost": "http://127.0.0.1:\(port)"
        default: "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }
}

extension ResolvedSettings {
    fileprivate func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
}

import Accounts
import Analysis
import Directory
import Glibc
import Hummingbird
public import Logging
import NIOCore
import Pages
public import Problems
import ServiceLifecycle
import Storage
import Sync
import Synchronization
import WebSupport

/// What a server that has begun to answer tells the one who started it.
public struct ServerAddress: Sendable {
    /// The port it listens on.
    public let port: Int
    /// The address to open in a browser.
    public let url: String
    /// A one-time sign-in link, when somebody needs one.
    public let signInLink: String?
}

/// Runs the server until it is asked to stop, then ends the sync that is on and lets open requests end.
///
/// - Parameters:
///   - stop: asks it to stop.
///   - alwaysLink: make a sign-in link at every start, not only when nobody is signed in.
///   - onReady: called once, when the first request would be answered.
public func serve(
    _ installation: Installation, logger: Logger, until stop: StopRequest, alwaysLink: Bool = false,
    onReady: @Sendable @escaping (ServerAddress) async -> Void
) async throws(Problem) {
    let configuration = installation.configuration
    warnWhenExposed(configuration, logger: logger)
    let link = try await signInToken(installation, always: alwaysLink)
    let integrations = Integrations(installation, logger: logger)
    let bells = TailBells()
    let scheduler = SyncScheduler(
        integrations: integrations, store: installation.store,
        interval: .seconds(configuration.syncIntervalSeconds), works: configuration.role != .web,
        tailSeconds: configuration.tailSeconds, bells: bells, limits: configuration.work, logger: logger)
    let noted = Mutex<ServedAddress?>(nil)
    defer { noted.withLock { $0 = nil } }
    let application = Application(
        router: try await makeRouter(
            installation, integrations: integrations, scheduler: scheduler, bells: bells, logger: logger),
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: nil),
        onServerRunning: { channel in
            let port = channel.localAddress?.port ?? configuration.port
            let local = configuration.localURL(port: port)
            if configuration.role != .worker {
                noted.withLock { $0 = note(local, installation, logger) }
            }
            await onReady(
                ServerAddress(
                    port: port, url: configuration.publicURL ?? local,
                    signInLink: link.map { "\(local)/login?link=\($0)" }))
        }, logger: quiet(logger))
    // They stop in reverse order: pages that follow a sync let go when it has ended.
    var group = ServiceGroupConfiguration(
        services: [
            .init(service: StopService(request: stop), successTerminationBehavior: .gracefullyShutdownGroup),
            .init(service: application), .init(service: SchedulerService(scheduler: scheduler)),
            .init(
                service: UsageService(store: installation.store, logger: logger), successTerminationBehavior: .ignore),
        ], logger: quiet(logger))
    group.maximumGracefulShutdownDuration = .seconds(10)
    do {
        try await ServiceGroup(configuration: group).run()
    } catch {
        throw serverProblem(error, configuration)
    }
}

/// Syncs for as long as the server lives; a run that is on when the server stops goes on at the next start.
private struct SchedulerService: Service {
    let scheduler: SyncScheduler

    func run() async throws {
        await cancelWhenGracefulShutdown { await scheduler.run() }
    }
}

/// Counts who uses what, where nobody did since the last full sync: pages read what is kept.
private struct UsageService: Service {
    let store: Store
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do throws(Problem) {
                try await store.catchUpWithUsage(now: .now)
            } catch {
                logger.warning("Use could not be counted. \(error.title)", metadata: ["problem": "\(error.id)"])
            }
        }
    }
}

func makeRouter(
    _ installation: Installation, integrations: Integrations, scheduler: SyncScheduler, bells: TailBells = TailBells(),
    logger: Logger
) async throws(Problem) -> Router<AppRequestContext> {
    let configuration = installation.configuration
    let router = Router(context: AppRequestContext.self)
    let times = RequestTimes()
    router.add(middleware: RequestTimer(times: times))
    let store = installation.store
    let metrics = MetricsPage(store: store, times: times, calls: try await CallCounts(store: store))
    let access = MetricsAccess(token: configuration.metricsToken, isBehindProxy: configuration.publicURL != nil)
    Probes(store: store, metrics: metrics, access: access).addRoutes(to: router)
    guard configuration.role != .worker else { return router }
    HookRoutes(engine: store.engine, bells: bells, logger: logger).addRoutes(to: router)
    let surroundings = PagesApplication.Configuration(
        workspaceName: configuration.workspace, publicURL: configuration.publicURL)
    PagesApplication(
        store: store, sessions: installation.sessions, signInLinks: installation.signInLinks,
        audit: installation.audit, integrations: integrations, scheduler: scheduler, configuration: surroundings,
        logger: logger
    ).addRoutes(to: router)
    return router
}

/// The libraries' own news ("server started", "shutting down") is not the reader's: their warnings are.
private func quiet(_ logger: Logger) -> Logger {
    var copy = logger
    copy.logLevel = max(logger.logLevel, .warning)
    return copy
}

/// Lets commands on this computer know where the server is; without that it serves all the same.
private func note(_ url: String, _ installation: Installation, _ logger: Logger) -> ServedAddress? {
    do throws(Problem) {
        return try ServedAddress(url, workspace: installation.configuration.workspace, in: installation.folder)
    } catch {
        logger.warning(
            "\(error.title). \(error.explanation) `muster sign-in-link` does not know this server's address.")
        return nil
    }
}

private func signInToken(_ installation: Installation, always: Bool) async throws(Problem) -> String? {
    guard installation.configuration.role != .worker else { return nil }
    if !always, try await installation.sessions.isAnyoneSignedIn() { return nil }
    return try await installation.signInLinks.create()
}

private func warnWhenExposed(_ configuration: ServerConfiguration, logger: Logger) {
    guard !configuration.isLoopbackOnly else { return }
    logger.warning(
        "Other computers can reach this server, and it speaks plain HTTP: put a proxy with TLS in front of it",
        metadata: ["host": "\(configuration.host)"])
}

private func serverProblem(_ error: any Error, _ configuration: ServerConfiguration) -> Problem {
    if let problem = error as? Problem { return problem }
    let reason: String
    switch error {
    case let failure as IOError where failure.errnoCode == EADDRINUSE: reason = "the port is in use"
    case let failure as IOError: reason = String(cString: strerror(failure.errnoCode))
    case is SocketAddressError, is SocketAddressError.UnknownHost:
        reason = "“\(configuration.host)” is no address of this computer"
    default: return Problem.from(error)
    }
    return Problem(
        id: "server.address.unavailable", kind: .configuration,
        title: "The server cannot listen on \(configuration.host), port \(configuration.port)",
        explanation: "The system said: \(reason).",
        remedy: "Stop what uses it, or choose another with --port (0 takes any free one) or --host.",
        context: ["error": String(reflecting: error)], cause: error)
}

import Hummingbird
import Logging
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A pretended Okta tenant: a company made of a seed, behind Okta's own addresses.
public struct Simulator: Sendable {
    private let configuration: SimulatorConfiguration
    private let tenant: Tenant
    private let signIn: SignIn
    private let faults: FaultPlan
    private let hook: HookSender?

    /// Makes the company. Takes seconds for the largest.
    public init(_ configuration: SimulatorConfiguration) throws {
        guard configuration.people > 0, configuration.apps > 0, configuration.groups > 0, configuration.days > 0 else {
            throw SimulatorError("A company needs at least one of people, apps, groups and days.")
        }
        guard configuration.people <= 5_000_000, configuration.apps <= 20_000, configuration.groups <= 20_000,
            configuration.days <= 3_650
        else {
            throw SimulatorError("The simulator stops at 5,000,000 people, 20,000 apps, 20,000 groups and 3,650 days.")
        }
        guard (0...65_535).contains(configuration.port) else {
            throw SimulatorError("\(configuration.port) is no port. Use 0 to 65535; 0 takes any free one.")
        }
        guard configuration.limitWindow > 0, configuration.limitWindow <= 86_400,
            (0...600_000).contains(configuration.pageLatencyMilliseconds)
        else {
            throw SimulatorError("A window lasts at most a day, and an answer takes at most ten minutes longer.")
        }
        if let pace = configuration.changesPerMinute, !(0...60_000).contains(pace) {
            throw SimulatorError("The simulator changes its directory 0 to 60,000 times a minute.")
        }
        self.configuration = configuration
        tenant = try Tenant(configuration)
        let company = tenant.current().company.company
        let service = company.apps.firstIndex { $0.kind == .service } ?? 0
        let faults = FaultPlan(configuration.faults, seed: configuration.seed)
        self.faults = faults
        let tenant = tenant
        hook = configuration.hookURL.map { HookSender(tenant, faults, url: $0, secret: configuration.hookSecret) }
        signIn = try SignIn(configuration, clientID: company.identifiers.text(.app, service))
    }

    /// The API token (SSWS) that the tenant accepts.
    public var token: String { signIn.token }

    /// The service app that may sign in by OAuth: with its key (`private_key_jwt` and DPoP) or its secret (Basic, plain bearer).
    public var serviceApp: (clientID: String, privateKeyPEM: String, clientSecret: String) {
        (signIn.clientID, signIn.privateKeyPEM, signIn.clientSecret)
    }

    /// How deliveries to the Event Hook went; nil when there is none.
    public var hookTally: HookTally? { hook?.tally }

    /// Serves until the task is cancelled or gracefully shut down. `onReady` hears the port once it listens.
    public func run(onReady: @Sendable @escaping (Int) async -> Void) async throws {
        var logger = Logger(label: "simulator")
        // Connections that are open when it is stopped are logged as errors, and are none.
        logger.logLevel = .critical
        let service = Service(
            tenant: tenant, limits: RateLimits(configuration.limits, window: configuration.limitWindow),
            faults: faults, signIn: signIn,
            latency: configuration.pageLatencyMilliseconds)
        let application = Application(
            responder: service,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if let hook { group.addTask { await hook.run() } }
                defer { group.cancelAll() }
                try await application.run()
            }
        } catch let error as IOError where error.errnoCode == EADDRINUSE || error.errnoCode == EACCES {
            let why = error.errnoCode == EACCES ? "may not be listened on" : "is in use already"
            throw SimulatorError(
                "Port \(configuration.port) of \(configuration.host) \(why). Choose another, or 0 for any free one.")
        }
    }

    /// Moves the clock of a tenant that was made to stand still, and lets happen what happens meanwhile: the same for a seed.
    public func advance(bySeconds seconds: Int) { tenant.advance(bySeconds: seconds) }

    /// The tenant's own time, in seconds since 1970.
    public var now: Int64 { Int64(tenant.now) }

    /// The tenant's truth at a date, in the columns of `muster list`. `table` is one of users, groups, apps, assignments,
    /// memberships, roles, usage, sign-ins, leavers, stories; `asOf` is ISO 8601, nil for now.
    public func print(_ table: String, asOf: String?) throws -> SimulatorTable {
        var moment = tenant.now
        if let asOf {
            guard let milliseconds = Calendar.milliseconds(parsing: asOf),
                (0..<Int64(never)).contains(milliseconds / 1_000)
            else {
                throw SimulatorError("\"\(asOf)\" is not a date. Write it like 2026-06-01 or 2026-06-01T09:00:00Z.")
            }
            moment = Seconds(milliseconds / 1_000)
        }
        if let count = FaultPlan(configuration.faults, seed: configuration.seed).vanished { tenant.vanish(count) }
        let truth = Truth(company: tenant.current().company.company, moment: moment)
        guard let rows = truth.table(table) else {
            throw SimulatorError("There is no table \"\(table)\". Use one of: \(Truth.tables.joined(separator: ", ")).")
        }
        return rows
    }
}

/// Rows of text under named columns.
public struct SimulatorTable: Sendable {
    /// The columns' names, as CSV headers and JSON keys carry them.
    public let columns: [String]
    /// The rows; an absent value is an empty text.
    public let rows: [[String]]
}

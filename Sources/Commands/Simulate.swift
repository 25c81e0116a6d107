public import ArgumentParser
import Foundation
import OktaSimulator
import Problems
import Server

/// `muster simulate`: the pretend tenant alone, or its truth on paper.
public struct Simulate: AsyncParsableCommand {
    /// How the command line describes this command.
    public static let configuration = CommandConfiguration(
        abstract: "Serve a pretended Okta tenant, or print what is true in it.")

    @Option(help: "The port to listen on; 0 takes any free one.") var port = 9100
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "How many people, deactivated ones included.") var people = 2_000
    @Option(help: "How many apps, Okta's own included.") var apps = 120
    @Option(help: "How many groups, Everyone included.") var groups = 150
    @Option(help: "The same seed gives the same company.") var seed: UInt64 = 7
    @Option(help: "Days of System Log.") var days = 90
    @Option(help: "A moment in ISO 8601 at which the clock stands still.") var now: String?
    @Option(help: "The moment in ISO 8601 up to which the past is made up and from which the company has lived on.")
    var since: String?
    @Option(
        help: ArgumentHelp(
            "Changes of people, groups, apps and access a minute while the clock runs, of every kind; a few by default.",
            valueName: "n"))
    var changesPerMinute: Double?
    @Option(help: ArgumentHelp("Deliver what happens to this address, as an Event Hook of Okta's.", valueName: "url"))
    var hook: String?
    @Option(help: ArgumentHelp("A file with the secret that deliveries carry.", valueName: "file"))
    var hookSecretFile: String?
    @Option(help: "The API token to accept; one is made from the seed otherwise.") var token: String?
    @Option(help: "Write the service app's private key (PEM) to this file, for muster connect.") var serviceKeyFile:
        String?
    @Option(help: "Whose rate limits hold: workforce, integrator or none.") var limits = "none"
    @Option(help: "Seconds in a rate limit's window.") var limitWindow = 60.0
    @Option(help: "Milliseconds every answer takes longer.") var pageLatency = 0
    @Option(help: "Something to go wrong: 429-minute=N, 500=P, forbid=RESOURCE, … May be given several times.")
    var fault: [String] = []
    @Option(
        help:
            "Print a table instead of serving: users, groups, apps, assignments, memberships, roles, usage, sign-ins, leavers, stories."
    )
    var print: String?
    @Option(help: "The date of the printed truth, in ISO 8601.") var asOf: String?
    @Option(help: "How to print: table, csv or json.") var format: OutputFormat = .table

    /// Made by the argument parser.
    public init() {}

    /// Serves until Ctrl-C, or prints a table.
    public func run() async throws {
        let secret = try hookSecretFile.map { try SecretSource($0).text() }
        let simulator = try simulator(hookSecret: secret ?? "")
        if let table = print {
            let rows = try checked { try simulator.print(table, asOf: asOf) }
            var writer = RowWriter(format, columns: rows.columns)
            for row in rows.rows { try writer.write(row.map { $0.isEmpty ? .none : .text($0) }) }
            return try writer.finish()
        }
        if let serviceKeyFile { try write(simulator.serviceApp.privateKeyPEM, to: serviceKeyFile) }
        try await StopRequest.listening { stop in
            do {
                try await stop.cancelling { [host] in try await Self.serve(simulator, host: host) }
            } catch is CancellationError {
            }
        }
    }

    /// A key belongs to its owner alone, pretended or not.
    private func write(_ key: String, to path: String) throws {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: Data(key.utf8), attributes: attributes) else {
            throw Problem(
                id: "muster.simulate.key-file", kind: .configuration, title: "The key could not be written to \(path)",
                remedy: "Name a file in a folder that exists and that you may write to.")
        }
    }

    private static func serve(_ simulator: Simulator, host: String) async throws {
        let name = host.contains(":") ? "[\(host)]" : host
        let app = simulator.serviceApp
        do {
            try await simulator.run { port in
                try? Terminal.print(
                    """
                    Pretended tenant   http://\(name):\(port)
                    API token          \(simulator.token)
                    Service app        \(app.clientID)
                    Client secret      \(app.clientSecret)
                    Stop it with Ctrl-C.

                    """)
            }
        } catch let error as SimulatorError {
            throw problem(error)
        }
    }

    /// A hook without its secret would only be refused.
    public func validate() throws {
        if hook != nil, hookSecretFile == nil { throw ValidationError("Give --hook-secret-file with --hook.") }
    }

    private func simulator(hookSecret: String) throws -> Simulator {
        guard let limits = SimulatorConfiguration.Limits(rawValue: limits) else {
            throw Problem(
                id: "muster.simulate.limits", kind: .usage, title: "There are no limits called \"\(limits)\"",
                remedy: "Use --limits workforce, integrator or none.")
        }
        return try checked {
            var configuration = SimulatorConfiguration()
            configuration.port = port
            configuration.host = host
            configuration.people = people
            configuration.apps = apps
            configuration.groups = groups
            configuration.seed = seed
            configuration.days = days
            configuration.now = now
            configuration.since = since
            configuration.changesPerMinute = changesPerMinute
            configuration.token = token
            configuration.limits = limits
            configuration.limitWindow = limitWindow
            configuration.pageLatencyMilliseconds = pageLatency
            configuration.hookURL = hook
            configuration.hookSecret = hookSecret
            configuration.faults = try fault.map { try Fault(parsing: $0) }
            return try Simulator(configuration)
        }
    }

    static func problem(_ error: SimulatorError) -> Problem {
        Problem(
            id: "muster.simulate.usage", kind: .usage, title: error.description,
            remedy: "Run muster simulate --help to see what can be asked for.")
    }

    /// The simulator's own errors, in the words of the rest of Muster.
    private func checked<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SimulatorError {
            throw Self.problem(error)
        }
    }
}

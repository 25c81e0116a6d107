import ArgumentParser
import Foundation
import Logging
import OktaAPI
import OktaSimulator
import Problems
import Server
import Storage
import Sync

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A pretend company, synced, in your browser: nothing to connect, nothing leaves this computer.")

    @OptionGroup var data: DataOptions
    @Option(help: ArgumentHelp("How many people the company has. (default: 2000)", valueName: "n"))
    var people: Int?
    @Option(help: ArgumentHelp("Another seed is another company. (default: 7)", valueName: "n")) var seed: UInt64?
    @Option(help: ArgumentHelp("The server's port; 0 takes any free one. (default: 8080)", valueName: "port"))
    var port: String?

    func validate() throws {
        if let people, !(1...200_000).contains(people) {
            throw ValidationError("--people must be 1 to 200000.")
        }
    }

    func run() async throws {
        var more: [String: String] = [:]
        more["http.port"] = port
        let installation = try await data.installation(more)
        let company = try DemoCompany.open(in: installation.folder, people: people, seed: seed)
        try await refuseRealData(installation, company)
        var how = SimulatorConfiguration()
        how.people = company.people
        how.seed = company.seed
        how.since = company.since
        how.port = company.port ?? 0
        let simulator = try Simulator(how)
        try await StopRequest.listening { stop in
            try await Self.run(simulator, on: how.port) { port in
                try await Self.present(installation, company, simulator: simulator, port: port, until: stop)
            }
        }
    }

    /// Runs the simulator for as long as work with it goes on.
    private static func run(
        _ simulator: Simulator, on simulatorPort: Int, _ work: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ports, continuation) = AsyncStream<Int>.makeStream()
            group.addTask {
                defer { continuation.finish() }
                do {
                    try await simulator.run { continuation.yield($0) }
                } catch is CancellationError {
                } catch {
                    throw DemoCompany.cannotListen(simulatorPort, cause: error)
                }
            }
            group.addTask {
                guard let port = await ports.first(where: { _ in true }) else { return }
                try await work(port)
            }
            defer { group.cancelAll() }
            // The first to end is the server, or a simulator that could not start.
            try await group.next()
        }
    }

    /// Connects the pretend tenant the first time, syncs it, and serves it until the process is told to stop.
    private static func present(
        _ installation: Installation, _ company: DemoCompany, simulator: Simulator, port: Int, until stop: StopRequest
    ) async throws {
        let integrations = Integrations(installation, logger: Logger(label: "muster"))
        let integration: Integration
        if let known = try await installation.store.integrations().first {
            integration = known
        } else {
            try Terminal.print("A pretend company of \(company.people) people, made of seed \(company.seed).\n")
            (integration, _) = try await stop.cancelling {
                try await integrations.connect(
                    name: "demo", contact: nil, domain: try OktaDomain(pasted: "http://127.0.0.1:\(port)"),
                    credential: .apiToken(simulator.token))
            }
            try company.save(port: port, in: installation.folder)
        }
        let bar = ProgressBar()
        let outcome = try await stop.cancelling { try await integrations.sync(integration) { bar.show($0) } }
        bar.end()
        try Terminal.print(RunReport.text(outcome.run, integration: integration))
        if let problem = outcome.problem { throw problem }
        try await serve(installation, logger: Logger(label: "muster"), until: stop, alwaysLink: true) { address in
            try? Terminal.print("\nMuster is at \(address.url). Ctrl-C stops it.\n")
            if let link = address.signInLink { try? Terminal.print("Sign in: \(link)\n") }
        }
    }

    private func refuseRealData(_ installation: Installation, _ company: DemoCompany) async throws {
        let integrations = try await installation.store.integrations()
        let isDemo = integrations.isEmpty || (company.port != nil && integrations.map(\.name) == ["demo"])
        guard !isDemo else { return }
        throw Problem(
            id: "demo.realData", kind: .usage, title: "\(installation.folder.path) holds a real tenant's data",
            explanation: "The demo does not mix with it.",
            remedy: "Start the demo in a folder of its own: muster demo --data ./demo-data")
    }
}

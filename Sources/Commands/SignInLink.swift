import Accounts
import ArgumentParser
import Server

struct SignInLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in-link",
        abstract: "Print a new one-time sign-in link: good for fifteen minutes, once, on this computer only.")

    @OptionGroup var data: DataOptions
    @Option(help: "The port the server listens on. (default: that of the server that runs on this data folder)")
    var port: Int?

    func run() async throws {
        var more: [String: String] = [:]
        more["http.port"] = port.map(String.init)
        let installation = try await data.installation(more, mustExist: true)
        let token = try await installation.signInLinks.create()
        let configuration = installation.configuration
        let given = configuration.localURL(port: configuration.port)
        let running = ServedAddress.running(in: installation.folder, workspace: configuration.workspace)
        let address =
            port == nil ? running.first ?? given : running.first { $0.hasSuffix(":\(configuration.port)") } ?? given
        try Terminal.print("\(address)/login?link=\(token)\n")
        if !running.contains(address) {
            Terminal.error(
                running.isEmpty
                    ? "No server runs on this data folder now: start one with `muster serve`, and open the link then.\n"
                    : "The server of this data folder runs at \(running.joined(separator: ", ")).\n")
        }
    }
}

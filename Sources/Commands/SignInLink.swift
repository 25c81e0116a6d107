import Accounts
import ArgumentParser
import Server

struct SignInLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in-link",
        abstract: "Print a new one-time sign-in link: good for fifteen minutes, once, on this computer only.")

    @OptionGroup var data: DataOptions
    @Option(help: "The port the server listens on.") var port: Int?

    func run() async throws {
        var more: [String: String] = [:]
        more["http.port"] = port.map(String.init)
        let installation = try await data.installation(more, mustExist: true)
        let token = try await installation.signInLinks.create()
        let configuration = installation.configuration
        try Terminal.print("\(configuration.localURL(port: configuration.port))/login?link=\(token)\n")
    }
}

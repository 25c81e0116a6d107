import ArgumentParser
import Logging
import Server

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server: the pages, and the syncs on their schedule.")

    @OptionGroup var data: DataOptions
    @Option(help: ArgumentHelp("The address to listen on. (default: 127.0.0.1)", valueName: "address"))
    var host: String?
    @Option(help: ArgumentHelp("The port to listen on; 0 takes any free one. (default: 8080)", valueName: "port"))
    var port: String?
    @Option(help: ArgumentHelp("all, web (pages only) or worker (syncs only, of all workspaces).", valueName: "role"))
    var role: String?

    func run() async throws {
        var more: [String: String] = [:]
        more["http.host"] = host
        more["http.port"] = port
        more["serve.role"] = role
        let installation = try await data.installation(more, quietly: false)
        try await StopRequest.listening { stop in
            try await serve(installation, logger: Logger(label: "muster"), until: stop) { address in
                try? Terminal.print("Muster is at \(address.url)\n")
                if let link = address.signInLink { try? Terminal.print("Sign in: \(link)\n") }
            }
        }
    }
}

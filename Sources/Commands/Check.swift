import ArgumentParser
import Logging
import OktaAPI
import Server
import Storage
import Sync

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask again what the stored credential may read, and what to grant for the rest.")

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The integration's name; not needed when there is one only.") var name: String?

    func run() async throws {
        let installation = try await data.installation(mustExist: true)
        let integration = try await installation.store.integration(named: name)
        let probe = try await Integrations(installation, logger: Logger(label: "muster")).recheck(integration)
        try ProbeTable.print(probe, format: output.format)
    }
}

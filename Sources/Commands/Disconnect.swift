import Accounts
import ArgumentParser
import Logging
import Server
import Storage
import Sync

struct Disconnect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Forget an integration's credential, and keep or erase what was read.")

    @OptionGroup var data: DataOptions
    @Argument(help: "The integration's name.") var name: String
    @Flag(help: "Keep everything that was read.") var keepData = false
    @Flag(help: "Erase everything that was read. This cannot be undone.") var eraseData = false

    func validate() throws {
        guard keepData != eraseData else { throw ValidationError("Say --keep-data or --erase-data.") }
    }

    func run() async throws {
        let installation = try await data.installation(mustExist: true)
        let integration = try await installation.store.integration(named: name)
        try await Integrations(installation, logger: Logger(label: "muster")).disconnect(
            integration, eraseData: eraseData)
        try await installation.audit.record(
            actor: "command line", action: "integration.disconnect", subject: integration.name,
            detail: eraseData ? "data erased" : "data kept")
        try Terminal.print(
            "Disconnected “\(integration.name)”; its data is \(eraseData ? "erased" : "kept").\n")
    }
}

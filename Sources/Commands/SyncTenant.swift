import ArgumentParser
import Directory
import Foundation
import Logging
import Problems
import Server
import Storage
import Sync

struct SyncTenant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Read what is new in a tenant. A run that was interrupted goes on by itself.",
        discussion: "--plan says how many calls and minutes it would take, and stops.")

    @OptionGroup var data: DataOptions
    @Argument(help: "The integration's name; not needed when there is one only.") var name: String?
    @Flag(help: "Read everything again, not only what may have changed.") var full = false
    @Flag(help: "Print the calls and minutes expected for each rate limit, and stop.") var plan = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let installation = try await data.installation(mustExist: true)
        let integration = try await installation.store.integration(named: name)
        let integrations = Integrations(installation, logger: Logger(label: "muster"))
        if plan {
            let expected = try await integrations.plan(integration)
            if json { try Terminal.print(PlanTable.json(expected) + "\n") } else { try PlanTable.print(expected) }
            return
        }
        let bar = ProgressBar()
        let full = full
        let outcome = try await StopRequest.listening { stop in
            try await stop.cancelling { try await integrations.sync(integration, full: full) { bar.show($0) } }
        }
        bar.end()
        if json {
            try Terminal.print(RunReport.json(outcome.run, integration: integration) + "\n")
        } else {
            try Terminal.print(RunReport.text(outcome.run, integration: integration))
        }
        if let problem = outcome.problem { throw problem }
    }
}

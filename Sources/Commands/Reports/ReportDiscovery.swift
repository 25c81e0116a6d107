import Analysis
import ArgumentParser
import Governance
import Storage

struct ReportDiscovery: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discovery",
        abstract: "Every service, what was decided about it, and what does not agree with that.")

    @OptionGroup var options: ReportOptions

    func run() async throws {
        let (store, moment) = try await options.open()
        let triage = try await store.triage(try await store.survey(moment), moment)
        try await options.print(triage.list, store, moment)
    }
}

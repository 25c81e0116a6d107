import Accounts
import ArgumentParser
import Server
import Storage

struct Schedule: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set how often the server syncs a tenant by itself.",
        discussion: """
            EVERY is a time from 5m to 7d (30m, 6h, 1d); `usual` for what the setting sync.interval-minutes says; or \
            `on-request` for never.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "The integration's name.") var name: String
    @Argument(help: "How often.") var every: String

    func run() async throws {
        let schedule = try SyncSchedule(parsing: every)
        let installation = try await data.installation(mustExist: true)
        let integration = try await installation.store.integration(named: name)
        try await installation.store.schedule(integration.id, schedule)
        try await installation.audit.record(
            actor: "command line", action: "schedule", subject: integration.name, detail: schedule.text)
        try Terminal.print("“\(integration.name)” is synced \(words(schedule)).\n")
    }

    private func words(_ schedule: SyncSchedule) -> String {
        switch schedule {
        case .usual: "as often as the server usually does"
        case .every: "every \(schedule.text)"
        case .onRequest: "only when somebody asks"
        }
    }
}

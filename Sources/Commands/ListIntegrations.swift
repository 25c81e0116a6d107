import ArgumentParser
import Directory
import Server
import Storage

struct ListIntegrations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "integrations", abstract: "List the connected tenants and how their last sync went.")

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        var writer = RowWriter(
            output.format,
            columns: [
                "name", "url", "credential", "connected_at", "state", "last_run", "last_run_status", "last_run_at",
                "token_days_left", "problem", "schedule", "followed_at", "drift",
            ])
        for integration in try await store.integrations() {
            let run = try await store.latestRun(of: integration.id)
            let tail = try await store.tailHealth(of: integration.id, now: .now)
            let days = integration.disconnectedAt == nil ? integration.tokenDaysLeft(at: .now) : nil
            try writer.write([
                .text(integration.name), .text(integration.baseURL), .text(integration.credentialKind),
                .text(integration.createdAt.iso8601Seconds),
                .text(integration.disconnectedAt == nil ? "connected" : "disconnected"),
                run.map { .integer($0.id) } ?? .none, run.map { .text($0.status.rawValue) } ?? .none,
                run.map { .text(($0.finishedAt ?? $0.startedAt).iso8601Seconds) } ?? .none,
                days.map { .integer(Int64($0)) } ?? .none, problem(integration, run).map { .text($0) } ?? .none,
                .text(integration.schedule.text), tail.askedAt.map { .text($0.iso8601Seconds) } ?? .none,
                run?.drift.map { .integer(Int64($0)) } ?? .none,
            ])
        }
        try writer.finish()
    }

    /// What keeps the tenant's data from being whole, and what a person has to decide.
    private func problem(_ integration: Integration, _ run: RunRecord?) -> String? {
        if let problem = integration.problem { return problem.title }
        guard let run, run.held > 0 else { return nil }
        return "\(RunReport.held(run)): muster accept \(integration.name)"
    }
}

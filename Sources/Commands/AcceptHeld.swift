import Accounts
import ArgumentParser
import Directory
import Logging
import Server
import Storage
import Sync

struct AcceptHeld: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Show what the last sync held back because far fewer rows were found than were open, and accept it.",
        discussion: """
            Nothing ends without --yes. With it, the next sync ends what is then still missing; more than that is held \
            again.
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The integration's name; not needed when there is one only.") var name: String?
    @Flag(help: "Accept all that is shown: the next sync ends these rows.") var yes = false

    func run() async throws {
        let installation = try await data.installation(mustExist: true)
        let integration = try await installation.store.integration(named: name)
        let run = try await installation.store.latestFinishedRun(of: integration.id)
        var held: [HeldClosure] = []
        if let run { held = try await installation.store.heldClosures(in: run.id) }
        guard let run, !held.isEmpty else {
            return try Terminal.print(output.format == .table ? "Nothing of “\(integration.name)” is held.\n" : empty)
        }
        try show(held)
        let waiting = held.filter { $0.acceptedAt == nil }
        if waiting.isEmpty { return Terminal.error("All of it is accepted; \(next(integration))\n") }
        guard yes else {
            let more =
                "To accept it, run `muster accept \(integration.name) --yes`; if it is wrong, look at Okta first."
            return Terminal.error("Run \(run.id) held \(RunReport.held(run)). \(more)\n")
        }
        try await Integrations(installation, logger: Logger(label: "muster")).acceptHeld(run: run.id)
        try await installation.audit.record(
            actor: "command line", action: "accept-held", subject: integration.name, detail: "run \(run.id)")
        Terminal.error("Accepted: \(RunReport.held(run)); \(next(integration))\n")
    }

    private func next(_ integration: Integration) -> String {
        "the next sync ends what is then still missing: `muster sync \(integration.name)`."
    }

    private static let columns = ["list", "of", "id", "open_rows", "would_end", "decision"]

    private var empty: String {
        output.format == .csv ? Self.columns.joined(separator: ",") + "\r\n" : "[]\n"
    }

    private func show(_ held: [HeldClosure]) throws {
        var writer = RowWriter(output.format, columns: Self.columns)
        for closure in held {
            try writer.write([
                .text(closure.title), closure.subjectName.map(Cell.text) ?? .none,
                closure.subjectID.map(Cell.text) ?? .none, .integer(Int64(closure.openRows)),
                .integer(Int64(closure.wouldClose)),
                .text(closure.acceptedAt.map { "accepted \($0.iso8601)" } ?? "waits"),
            ])
        }
        try writer.finish()
    }
}

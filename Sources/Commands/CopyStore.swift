import ArgumentParser
import Directory
import Foundation
import Problems
import Server
import Storage

struct CopyStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract:
            "Copy the whole store, all workspaces, to an empty place: from the embedded database to PostgreSQL or back.",
        discussion: """
            A place is a data folder, a database file, a postgres:// address, or env:NAME for one of them in an environment
            variable, where an address may hold a password. The source may be in use: the copy holds what it held when the
            copy began. The target stays empty until everything arrived and was compared with the source: the rows of each
            table, and the state hash of each workspace, now and at two earlier dates.

            Copy the sealing key (muster.key) too: without it, stored credentials cannot be opened.
            """)

    @Option(help: ArgumentHelp("Where the store is.", valueName: "place")) var from: String
    @Option(help: ArgumentHelp("Where its copy shall be: an empty or a new place.", valueName: "place")) var to: String

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let (from, to) = (
            try StorePlace(from, environment: environment), try StorePlace(to, environment: environment)
        )
        let line = CopyLine()
        let transfer = try StoreTransfer(from: from, to: to)
        let outcome: StoreCopy.Outcome
        do {
            outcome = try await transfer.run { line.show($0) }
        } catch {
            line.end()
            throw error
        }
        line.end()
        try Terminal.print(
            "Copied \(outcome.rows) rows of \(outcome.tables.count) tables. Source and copy are the same:\n")
        for proof in outcome.hashes {
            let time = proof.time?.iso8601 ?? "now"
            try Terminal.print("  \(proof.workspace), \(time): \(proof.hash)\n")
        }
        if outcome.openRuns > 0 {
            try Terminal.print(
                "A sync was running in the source: in the copy it is as far as its last saved page, and goes on there.\n"
            )
        }
        try Terminal.print(
            "The sealing key is not in the copy: put muster.key of the old data folder into the new one, "
                + "or stored credentials cannot be opened.\n")
    }
}

/// One line on a terminal's standard error that says how far a copy is.
private final class CopyLine: Sendable {
    private let isShown = Terminal.isErrorShown

    func show(_ progress: StoreCopy.Progress) {
        guard isShown else { return }
        let share = progress.total > 0 ? Int(Double(progress.rows) / Double(progress.total) * 100) : 100
        let what = progress.table.map { "copying \($0)" } ?? "comparing"
        Terminal.error("\r\u{1B}[2K\(share) %  \(progress.rows)/\(progress.total) rows  \(what)")
    }

    func end() { if isShown { Terminal.error("\r\u{1B}[2K") } }
}

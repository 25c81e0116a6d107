import ArgumentParser
import Directory
import Problems
import Server
import Storage

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What changed between two dates: who gained, lost and kept what, and by which path.",
        discussion: """
            FROM and TO are dates (midnight UTC) or times: 2025-03-01, 2025-03-01T09:30:00Z; TO may be now. Without a
            subject, the whole tenant is compared. KEY is Okta's id, or a login or e-mail address, a group's name, an
            app's label. A row is gained, lost, changed (kept, but by another path or with another status), first_seen
            (there when Muster first looked, perhaps long before) or, with --kept, kept. --summary prints how many there are
            of each; a table begins with it.
            """)

    enum Noun: String, ExpressibleByArgument, CaseIterable {
        case user, group, app
    }

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The earlier date.") var from: String
    @Argument(help: "The later date.") var to: String
    @Argument(help: "Whose access is compared: user, group or app. (default: everybody's)") var noun: Noun?
    @Argument(help: "Which one.") var key: String?
    @Flag(help: "Print what was kept as it is, too.") var kept = false
    @Flag(help: "Print only how much changed, for each noun.") var summary = false

    func validate() throws {
        if let noun, key == nil {
            throw ValidationError("Say which \(noun.rawValue): muster diff FROM TO \(noun.rawValue) KEY.")
        }
    }

    func run() async throws {
        let now = Timestamp.now
        let early = try MomentOptions.time(from, now: now)
        let late = try MomentOptions.time(to, now: now)
        let store = try await data.installation(mustExist: true).store
        let subject: Difference.Subject =
            if let noun, let key {
                try await store.historySubject(noun.rawValue, key, at: [late, early]).subject
            } else {
                .tenant
            }
        let difference = try Difference(from: early, to: late, subject: subject)
        let unread = try await store.unread(
            difference.nouns.map(\.resource), Moment(asOf: difference.late, now: now))
        defer { UnreadNote.print(unread) }
        if summary || output.format == .table { try await printSummary(difference, unread, store) }
        guard !summary else { return }
        if output.format == .table { try Terminal.print("\n") }
        var changes = Set(Difference.Change.allCases)
        if !kept { changes.remove(.kept) }
        let list = ListDefinition.differences
        var writer = RowWriter(output.format, columns: list.header)
        try await store.each(difference, changes) { rows in
            for row in rows { try writer.write(list.exportCells(of: row)) }
        }
        try writer.finish()
    }

    private func printSummary(_ difference: Difference, _ unread: [Unread], _ store: Store) async throws {
        let changes = Difference.Change.allCases
        var writer = RowWriter(output.format, columns: ["noun"] + changes.map(\.rawValue))
        for noun in difference.nouns {
            let counts = try await store.count(difference, noun)
            var cells = changes.map { Cell.integer(Int64(counts[$0])) }
            if counts.isNotEvaluated(unread) {
                cells = changes.map { _ in .none }
                // A file stays clean: its cells are empty.
                if output.format == .table { cells[0] = .text("not evaluated") }
            }
            try writer.write([.text(noun.rawValue)] + cells)
        }
        try writer.finish()
    }
}

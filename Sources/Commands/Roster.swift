import Analysis
import ArgumentParser
import Directory
import Foundation
import Governance
import Problems
import Server
import Storage

struct Roster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The company's own list of its people: who has left, who will, who is on leave.",
        subcommands: [Import.self, Show.self, Undo.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a roster over from a CSV file with a header line.",
            discussion: """
                The header names an employee id or an e-mail address, and a status or an end date; name, department, manager \
                and type are taken too. Who is not in the file stays as before; the same file again changes nothing.
                """)

        @OptionGroup var data: DataOptions
        @Argument(help: "The file; - is standard input.") var file: String
        @Flag(help: "Print what would change, and change nothing.") var plan = false
        @Option(
            help: ArgumentHelp(
                "The number of new leavers, where they are so many that somebody has to say it.", valueName: "n"))
        var confirm: Int?
        @Option(help: ArgumentHelp("Where to write the lines that cannot be taken, as CSV.", valueName: "file"))
        var errors: String?

        func run() async throws {
            let store = try await data.installation(mustExist: true).store
            let roster = try Self.read(file)
            for line in roster.badLines.prefix(10) { Terminal.error("Line \(line.line) \(line.reason).\n") }
            if roster.badCount > 10 { Terminal.error("And \(roster.badCount - 10) more lines.\n") }
            if let errors, roster.badCount > 0 {
                try Data(roster.errorFile.utf8).write(to: URL(fileURLWithPath: errors), options: .atomic)
            }
            for (word, count) in roster.unknownWords.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(20)
            {
                Terminal.error("The status “\(word)” of \(count) is not understood, and counts as employed.\n")
            }
            let now = Timestamp.now
            let plan = try await store.rosterPlan(roster, now: now)
            for flip in plan.leaving.prefix(50) {
                let day = flip.endsOn.map { ", last day \(Timestamp(day: $0).date)" } ?? ""
                try Terminal.print("leaver: \(flip.login) (\(flip.status)\(day))\n")
            }
            for flip in plan.returning.prefix(50) { try Terminal.print("no longer a leaver: \(flip.login)\n") }
            let what =
                "\(roster.entries.count) people: \(plan.added) new, \(plan.changed) changed, \(plan.same) the same; "
                + "\(plan.leaving.count) become leavers, \(plan.newlyUpcoming) more get a last day within 90 days, "
                + "\(plan.returning.count) are leavers no longer; "
                + "\(roster.badCount) lines cannot be taken"
            if self.plan { return try Terminal.print("Would take over \(what).\n") }
            if plan.isEmpty { return try Terminal.print("Nothing changes. \(what).\n") }
            let name = file == "-" ? "standard input" : URL(fileURLWithPath: file).lastPathComponent
            let done = try await store.importRoster(
                roster, named: name, confirmed: confirm, actor: "command line", now: now)
            try Terminal.print("Import \(done.id) took over \(what).\n")
        }

        /// Reads a file piece by piece.
        static func read(_ file: String) throws -> RosterFile {
            let handle: FileHandle
            if file == "-" {
                handle = FileHandle.standardInput
            } else {
                guard let opened = FileHandle(forReadingAtPath: file) else {
                    throw Problem(
                        id: "offboarding.roster.unreadable", kind: .notFound, title: "“\(file)” cannot be read",
                        remedy: "Check the path, and who may read the file.")
                }
                handle = opened
            }
            var reading: RosterReading?
            while let bytes = try handle.read(upToCount: 1 << 18), !bytes.isEmpty {
                let part = [UInt8](bytes)
                var current = reading ?? RosterReading(CSVFormat.detect(Array(part.prefix(65_536))))
                reading = nil
                try current.read(part[...])
                reading = current
            }
            guard var whole = reading else { throw UploadProblem.empty }
            return try whole.finish()
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the roster, as it was imported.")

        @OptionGroup var data: DataOptions
        @OptionGroup var output: FormatOptions
        @OptionGroup var moment: MomentOptions
        @Option(name: .customLong("where"), help: ArgumentHelp("A condition; may be given again.", valueName: "expr"))
        var conditions: [String] = []

        func run() async throws {
            let store = try await data.installation(mustExist: true).store
            let list = ListDefinition.roster(try await moment.moment(store))
            let request = ListRequest(filters: try conditions.map { try ListFilter(parsing: $0, for: list) })
            var writer = RowWriter(output.format, columns: list.header)
            try await store.each(list, request) { rows in
                for row in rows { try writer.write(list.exportCells(of: row)) }
            }
            try writer.finish()
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take the latest import of a roster back.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The number of the import.") var number: Int64

        func run() async throws {
            let store = try await data.installation(mustExist: true).store
            try await store.undoRoster(number, actor: "command line", now: .now)
            try Terminal.print("Import \(number) is undone.\n")
        }
    }
}

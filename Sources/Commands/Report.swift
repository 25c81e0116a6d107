import ArgumentParser
import Problems
import Server
import Storage

struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "An answer over all of the data. In this version: usage and licences.")

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case usage, licences
    }

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var moment: MomentOptions
    @Argument(help: "Which report.") var kind: Kind
    @Option(name: .customLong("where"), help: ArgumentHelp("A condition; may be given again.", valueName: "expr"))
    var conditions: [String] = []
    @Flag(help: "Of licences: one row for each seat, with its bucket and why.") var seats = false

    func validate() throws {
        if seats, kind != .licences { throw ValidationError("--seats is for the report on licences.") }
    }

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        if kind == .licences {
            let report = ReportLicences(store: store, format: output.format, conditions: conditions)
            return try await report.run(try await moment.moment(store, usage: true), seats: seats)
        }
        let list = ListDefinition.usage
        let filters = try conditions.map { try ListFilter(parsing: $0, for: list) }
        var writer = RowWriter(output.format, columns: list.header)
        let moment = try await moment.moment(store, usage: true)
        try await store.eachUsageRow(moment, filters: filters) { rows in
            for row in rows { try writer.write(list.exportCells(of: row)) }
        }
        try writer.finish()
        UnreadNote.print(try await store.unread(list.resources, moment))
    }
}

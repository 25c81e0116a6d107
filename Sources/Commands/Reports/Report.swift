import ArgumentParser
import Server
import Storage

/// Answers over all of the data: one subcommand a file.
struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "An answer over all of the data.",
        subcommands: [
            ReportUsage.self, ReportLicences.self, ReportSpend.self, ReportDiscovery.self, ReportOffboarding.self,
        ])
}

/// Of which store and moment a report is, which of its rows are wanted, and how they are printed.
struct ReportOptions: ParsableArguments {
    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var moment: MomentOptions
    @Option(name: .customLong("where"), help: ArgumentHelp("A condition; may be given again.", valueName: "expr"))
    var conditions: [String] = []

    /// The store, and the moment that is asked about.
    func open() async throws -> (Store, Moment) {
        let store = try await data.installation(mustExist: true).store
        return (store, try await moment.moment(store, usage: true))
    }

    /// The conditions, as they stand on a list.
    func filters(_ list: ListDefinition) throws -> [ListFilter] {
        try conditions.map { try ListFilter(parsing: $0, for: list) }
    }

    /// Prints the rows of a list that are wanted, then what of the list could not be read.
    func print(_ list: ListDefinition, _ store: Store, _ moment: Moment, batch: Int = 50_000) async throws {
        let request = ListRequest(filters: try filters(list))
        var writer = RowWriter(output.format, columns: list.header)
        try await store.each(list, request, batch: batch) { rows in
            for row in rows { try writer.write(list.exportCells(of: row)) }
        }
        try writer.finish()
        UnreadNote.print(try await store.unread(list.resources, moment))
    }
}

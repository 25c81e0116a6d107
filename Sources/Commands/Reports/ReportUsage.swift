import Analysis
import ArgumentParser
import Storage

struct ReportUsage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Who signs in to which app, month by month.")

    @OptionGroup var options: ReportOptions
    @Option(
        help: ArgumentHelp(
            "Count by app, department or month instead of listing each person in each app.", valueName: "what"))
    var by: Subject?

    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case app, department, month

        func definition(_ moment: Moment) -> ListDefinition {
            switch self {
            case .app: .usageOfApps(moment)
            case .department: .usageOfDepartments(moment)
            case .month: .usageOfMonths(moment)
            }
        }
    }

    func run() async throws {
        let (store, moment) = try await options.open()
        if let by {
            // Worked out once, however many rows there are.
            return try await options.print(by.definition(moment), store, moment, batch: 1_000_000)
        }
        let list = ListDefinition.usage
        var writer = RowWriter(options.output.format, columns: list.header)
        try await store.eachUsageRow(moment, filters: try options.filters(list)) { rows in
            for row in rows { try writer.write(list.exportCells(of: row)) }
        }
        try writer.finish()
        UnreadNote.print(try await store.unread(list.resources, moment))
    }
}

import Analysis
import ArgumentParser
import Problems
import Server
import Storage

struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "An answer over all of the data. In this version: usage and spend.")

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case usage, spend
    }

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var moment: MomentOptions
    @Argument(help: "Which report.") var kind: Kind
    @Option(name: .customLong("where"), help: ArgumentHelp("A condition; may be given again.", valueName: "expr"))
    var conditions: [String] = []

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
        let store = try await data.installation(mustExist: true).store
        if kind == .spend { return try await printSpend(store) }
        if let by { return try await count(by, store) }
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

    /// What does not fit contracts and seats, and every invoice with the seats it was for.
    private func printSpend(_ store: Store) async throws {
        let moment = try await moment.moment(store, usage: true)
        let list = ListDefinition.spendChecks(moment)
        let filters = try conditions.map { try ListFilter(parsing: $0, for: list) }
        var writer = RowWriter(output.format, columns: list.header)
        let rows = try await store.page(list, ListRequest(filters: filters, limit: 1_000_000)).rows
        for row in rows { try writer.write(list.exportCells(of: row)) }
        try writer.finish()
        UnreadNote.print(try await store.unread(list.resources, moment))
    }

    private func count(_ subject: Subject, _ store: Store) async throws {
        let moment = try await moment.moment(store, usage: true)
        let list = subject.definition(moment)
        let filters = try conditions.map { try ListFilter(parsing: $0, for: list) }
        var writer = RowWriter(output.format, columns: list.header)
        // Worked out once, however many rows there are.
        let rows = try await store.page(list, ListRequest(filters: filters, limit: 1_000_000)).rows
        for row in rows { try writer.write(list.exportCells(of: row)) }
        try writer.finish()
        UnreadNote.print(try await store.unread(list.resources, moment))
    }
}

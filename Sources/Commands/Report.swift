import Analysis
import ArgumentParser
import Governance
import Problems
import Server
import Storage

struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "An answer over all of the data. In this version: usage, discovery.")

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case usage, discovery
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
        if kind == .discovery { return try await discovery(store) }
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

    /// Every service, what was decided about it, and what does not agree with that.
    private func discovery(_ store: Store) async throws {
        let moment = try await moment.moment(store, usage: true)
        let list = try await store.triage(try await store.survey(moment), moment).list
        let filters = try conditions.map { try ListFilter(parsing: $0, for: list) }
        var writer = RowWriter(output.format, columns: list.header)
        try await store.each(list, ListRequest(filters: filters)) { rows in
            for row in rows { try writer.write(list.exportCells(of: row)) }
        }
        try writer.finish()
        UnreadNote.print(try await store.unread(list.resources, moment))
    }

    /// Use counted by app, department or month.
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

import Analysis
import ArgumentParser
import Directory
import Governance
import Problems
import Server
import Storage

struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "An answer over all of the data. In this version: usage, offboarding.",
        discussion: """
            offboarding has a row for everybody who has left. apps_then: apps assigned just before, with what ended within the \
            hour before; manual_items: apps among them, or assigned since, that Okta does not deactivate by itself; \
            apps_now, roles, api_tokens: what they still have; open_items: what is left to do; hours_to_last_removal: from \
            the end to the last app, role or token that was seen to end; activity_after: the last thing they did after the \
            end. An empty number is not evaluated, never none; deactivated_at is empty where only the roster says that they \
            left.
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case usage, offboarding
    }

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var moment: MomentOptions
    @Argument(help: "Which report.") var kind: Kind
    @Option(name: .customLong("where"), help: ArgumentHelp("A condition; may be given again.", valueName: "expr"))
    var conditions: [String] = []

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        if kind == .offboarding { return try await offboarding(store) }
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

    /// Everybody who has left, those who left last first.
    private func offboarding(_ store: Store) async throws {
        let moment = try await moment.moment(store, usage: true)
        let list = ListDefinition.offboarding(
            try await store.leavers(moment), try await store.offboardingClosings(moment), moment)
        let request = ListRequest(filters: try conditions.map { try ListFilter(parsing: $0, for: list) })
        var writer = RowWriter(output.format, columns: list.header)
        try await store.each(list, request, batch: 50_000) { rows in
            for row in rows { try writer.write(list.exportCells(of: row)) }
        }
        try writer.finish()
        UnreadNote.print(try await store.unread([.users, .assignments, .memberships, .roles, .apiTokens], moment))
    }
}

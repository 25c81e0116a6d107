import ArgumentParser
import Problems
import Server
import Storage

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List users, groups, apps, assignments, memberships, roles or departments.",
        discussion: """
            --where takes a condition on a column, and all of them must hold: status=ACTIVE, department=Finance,
            login~smith, sign_ins_30d=0, last_login_at<2025-01-01, manager= (has none).
            """)

    enum Noun: String, ExpressibleByArgument, CaseIterable {
        case users, groups, apps, assignments, memberships, roles, departments

        func definition(_ moment: Moment) -> ListDefinition {
            switch self {
            case .users: .users(moment)
            case .groups: .groups(moment)
            case .apps: .apps(moment)
            case .assignments: .assignments(moment)
            case .memberships: .memberships(moment)
            case .roles: .roles(moment)
            case .departments: .departments(moment)
            }
        }
    }

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var moment: MomentOptions
    @Argument(help: "What to list.") var noun: Noun
    @Option(name: .customLong("where"), help: ArgumentHelp("A condition; may be given again.", valueName: "expr"))
    var conditions: [String] = []
    @Option(help: ArgumentHelp("Text to look for in names.", valueName: "text")) var search = ""
    @Option(help: ArgumentHelp("The column to sort by.", valueName: "column")) var sort: String?
    @Flag(help: "Largest first.") var descending = false
    @Option(help: ArgumentHelp("The most rows to print. (default: all)", valueName: "n")) var limit: Int?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more.") }
    }

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        let moment = try await moment.moment(store, usage: noun == .assignments)
        let list = noun.definition(moment)
        let filters = try conditions.map { try ListFilter(parsing: $0, for: list) }
        let request = ListRequest(search: search, filters: filters, sort: sort, descending: descending)
        var writer = RowWriter(output.format, columns: list.header)
        let most = limit ?? .max
        do {
            try await store.each(list, request, batch: min(most, 2000)) { rows in
                for row in rows {
                    guard writer.count < most else { throw LimitReached() }
                    try writer.write(list.exportCells(of: row))
                }
            }
        } catch is LimitReached {}
        try writer.finish()
        UnreadNote.print(try await store.unread(list.resources, moment))
    }
}

/// Ends a walk early; never leaves the command.
private struct LimitReached: Error {}

import Analysis
import ArgumentParser
import Directory
import Governance
import Storage

struct ReportLicences: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "licences", abstract: "What is bought, who has it, who uses it, and what that costs.",
        discussion: """
            One row for each app and product. Every assigned seat is counted in exactly one of the columns leaver, suspended, \
            protected, new, no_data, never_used, inactive, underused, overlapping, active. shelf is bought and not assigned, \
            overage assigned beyond what is bought and free; reclaimable = leaver + suspended + never_used + inactive; used = \
            underused + overlapping + active. cash_now, avoided_true_up and renewal_saving overlap and are never added. \
            Amounts are in whole units of the currency beside them; what could not be evaluated is empty.
            """)

    @OptionGroup var options: ReportOptions
    @Flag(help: "One row for each seat instead, with its bucket and why it is there.") var seats = false

    func run() async throws {
        let (store, moment) = try await options.open()
        let reader = try await store.licenceReader(moment)
        let list = seats ? ListDefinition.seats() : .licences(try await store.licences(reader))
        let filters = try options.filters(list)
        var writer = RowWriter(options.output.format, columns: list.header)
        if seats {
            // An app at a time: memory stays that of one app.
            for app in store.apps(reader) {
                guard let found = try await store.seats(of: app, reader), !found.seats.isEmpty else { continue }
                let rows = try await store.seatRows(found.licences, found.seats, moment)
                try await write(.seats(rows), filters, store, &writer)
            }
        } else {
            try await write(list, filters, store, &writer)
        }
        try writer.finish()
        UnreadNote.print(try await store.unread([.users, .assignments, .logs], moment))
    }

    private func write(
        _ list: ListDefinition, _ filters: [ListFilter], _ store: Store, _ writer: inout RowWriter
    ) async throws {
        // Worked out once, however many rows there are.
        let page = try await store.page(list, ListRequest(filters: filters, limit: 1 << 40))
        for row in page.rows { try writer.write(list.exportCells(of: row)) }
    }
}

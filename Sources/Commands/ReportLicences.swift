import Analysis
import Directory
import Governance
import Problems
import Storage

/// `muster report licences`: one row for each app and product, or one for each seat.
struct ReportLicences {
    let store: Store
    let format: OutputFormat
    let conditions: [String]

    func run(_ moment: Moment, seats: Bool) async throws {
        let list = seats ? ListDefinition.seats() : .licences([])
        let filters = try conditions.map { try ListFilter(parsing: $0, for: list) }
        var writer = RowWriter(format, columns: list.header)
        let reader = try await store.licenceReader(moment)
        if seats {
            // An app at a time: memory stays that of one app.
            for app in store.apps(reader) {
                guard let found = try await store.seats(of: app, reader), !found.seats.isEmpty else { continue }
                let rows = ListDefinition.seats(try await store.seatRows(found.licences, found.seats, moment))
                try await write(rows, filters, &writer)
            }
        } else {
            try await write(.licences(try await store.licences(reader)), filters, &writer)
        }
        try writer.finish()
        UnreadNote.print(try await store.unread([.users, .assignments, .logs], moment))
    }

    private func write(_ list: ListDefinition, _ filters: [ListFilter], _ writer: inout RowWriter) async throws {
        // Whole: a list that is worked out would be worked through again for each batch.
        let page = try await store.page(list, ListRequest(filters: filters, limit: 1 << 40))
        for row in page.rows { try writer.write(list.exportCells(of: row)) }
    }
}

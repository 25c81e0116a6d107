import DatabaseEngine
import Problems

/// A request checked against its list: what is asked, in which order, from where on.
struct ListPlan: Sendable {
    let list: ListDefinition
    let request: ListRequest
    let sort: ListColumn?
    let cursor: ListCursor?
    let conditions: [(column: ListColumn, condition: ListCondition)]

    init(_ list: ListDefinition, _ request: ListRequest) throws(Problem) {
        self.list = list
        self.request = request
        let sortName = request.sort ?? list.defaultSort
        if let sortName {
            guard let column = list.column(sortName) else {
                throw Problem(
                    id: "list.sort.unknownColumn", kind: .usage,
                    title: "The list of \(list.noun) has no column “\(sortName.prefix(40))” to sort by",
                    remedy: "Use one of: \(list.allColumns.map(\.name).joined(separator: ", ")).")
            }
            sort = column
        } else {
            sort = nil
        }
        var conditions: [(column: ListColumn, condition: ListCondition)] = []
        for filter in request.filters {
            guard let column = list.column(filter.column) else { continue }
            conditions.append((column, try filter.condition(on: column)))
        }
        self.conditions = conditions
        if let text = request.cursor {
            cursor = try ListCursor(
                text: text, noun: list.noun, sort: sort?.name ?? "", descending: request.descending,
                sortKind: sort?.kind, keyKinds: list.keyKinds)
        } else {
            cursor = nil
        }
    }

    /// The words of the free-text search: each has to be found.
    var words: [Substring] { Array(request.search.split(separator: " ").prefix(6)) }

    /// Whether the request keeps only some of the rows.
    var isFiltered: Bool { !conditions.isEmpty || !words.isEmpty }

    /// Whether the page is read from its last row to its first.
    var isBackward: Bool { cursor?.isBackward ?? false }

    /// The order in which rows are read: going back, the reverse of the one that shows.
    var readsDescending: Bool { request.descending != isBackward }

    func page(_ connection: Connection, workspaceID: Int64, counting: Bool) throws -> ListPage {
        switch list.source {
        case .memory(let searched, let rows):
            MemoryReader(plan: self, searched: searched).page(try rows(connection, workspaceID))
        case .table(let table):
            try ListReader(plan: self, table: table, connection: connection, workspaceID: workspaceID)
                .page(counting: counting)
        }
    }

    func total(_ connection: Connection, workspaceID: Int64) throws -> Int {
        switch list.source {
        case .memory(let searched, let rows):
            MemoryReader(plan: self, searched: searched).kept(try rows(connection, workspaceID)).count
        case .table(let table):
            try ListReader(plan: self, table: table, connection: connection, workspaceID: workspaceID).total()
        }
    }

    func explain(_ connection: Connection, workspaceID: Int64) throws -> [String] {
        guard case .table(let table) = list.source else { return [] }
        return try ListReader(plan: self, table: table, connection: connection, workspaceID: workspaceID).explain()
    }

    /// A page of the rows that were read, in the order they were read.
    func page(_ read: [ListRow], more: Bool, total: Int) -> ListPage {
        let rows = isBackward ? read.reversed() : read
        let before = cursor?.offset ?? 0
        let offset = !isBackward ? before : more ? max(0, before - rows.count) : 0
        let hasNext = isBackward ? !rows.isEmpty : more
        let hasPrevious = isBackward ? more : offset > 0
        return ListPage(
            rows: rows, total: total, offset: offset,
            next: hasNext ? rows.last.map { cursor(at: $0, offset + rows.count, backward: false) } : nil,
            previous: hasPrevious ? rows.first.map { cursor(at: $0, offset, backward: true) } : nil)
    }

    private func cursor(at row: ListRow, _ offset: Int, backward: Bool) -> String {
        ListCursor(
            noun: list.noun, sort: sort?.name ?? "", descending: request.descending, isBackward: backward,
            offset: offset, sortValue: row.sortValue, keys: row.keys
        ).text
    }
}

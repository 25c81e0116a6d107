import DatabaseEngine
import Problems

/// A request checked against its list, and the statements that answer it.
///
/// A page is read in two steps: first only the keys, in order, with no column that the order or the filters do not
/// need; then each row by its key. So the costly columns (counts, last sign-ins) are worked out for the rows shown alone.
struct ListPlan: Sendable {
    let list: ListDefinition
    let request: ListRequest
    let sort: ListColumn?
    let cursor: ListCursor?
    private let conditions: [(column: ListColumn, condition: ListCondition)]

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
                keyCount: list.keyCount)
        } else {
            cursor = nil
        }
    }

    func page(_ connection: Connection, workspaceID: Int64, counting: Bool) throws -> ListPage {
        switch list.source {
        case .memory(let rows): return try memoryPage(try rows(connection, workspaceID))
        case .table(let table):
            let found = try keys(connection, table, workspaceID)
            let rows = try fetch(connection, table, workspaceID, Array(found.prefix(request.limit)))
            let more = found.count > request.limit
            var total = 0
            if counting {
                // A first page that is not full holds everything there is.
                total = more || cursor != nil ? try self.total(connection, workspaceID: workspaceID) : found.count
            }
            return page(rows, more: more, total: total)
        }
    }

    func page(_ rows: [ListRow], more: Bool, total: Int) -> ListPage {
        let offset = cursor?.offset ?? 0
        var next: String?
        if more, let last = rows.last {
            next =
                ListCursor(
                    noun: list.noun, sort: sort?.name ?? "", descending: request.descending,
                    offset: offset + rows.count, sortValue: last.sortValue, keys: last.keys
                ).text
        }
        return ListPage(rows: rows, total: total, offset: offset, next: next)
    }

    func total(_ connection: Connection, workspaceID: Int64) throws -> Int {
        switch list.source {
        case .memory(let rows): return memoryRows(try rows(connection, workspaceID)).count
        case .table(let table):
            if conditions.isEmpty, request.search.isEmpty, let total = table.total {
                return try connection.first(total, [.integer(workspaceID)]) { Int($0.integer(0)) } ?? 0
            }
            var parameters: [Value] = [.integer(workspaceID)]
            var plain = table
            if let counted = table.counted {
                plain.base = counted.base
                plain.condition = counted.condition
                plain.joins = counted.joins
            }
            let filtered = selection(plain, &parameters, sorted: false)
            return try connection.first("SELECT count(*) FROM \(filtered)", parameters) { Int($0.integer(0)) } ?? 0
        }
    }

    func explain(_ connection: Connection, workspaceID: Int64) throws -> [String] {
        guard case .table(let table) = list.source else { return [] }
        var parameters: [Value] = [.integer(workspaceID)]
        let sql = keysStatement(table, &parameters)
        return try connection.query("EXPLAIN QUERY PLAN " + sql, parameters) { $0.text(3) }
            + connection.query("EXPLAIN QUERY PLAN " + rowStatement(table), []) { $0.text(3) }
    }

    // MARK: the keys of a page

    private func keys(_ connection: Connection, _ table: ListTable, _ workspaceID: Int64) throws -> [(Value, [Value])] {
        var parameters: [Value] = [.integer(workspaceID)]
        let sql = keysStatement(table, &parameters)
        let count = table.keys.count
        return try connection.query(sql, parameters) { row in
            (row.value(0), (1...count).map { row.value($0) })
        }
    }

    private func keysStatement(_ table: ListTable, _ parameters: inout [Value]) -> String {
        let direction = request.descending ? "DESC" : "ASC"
        var order = table.keys.map { "\($0) \(direction)" }
        if let sort {
            order.insert("\(sort.sql) \(direction) NULLS \(request.descending ? "LAST" : "FIRST")", at: 0)
        }
        var selection = selection(table, &parameters, sorted: true)
        if let cursor { selection += " AND \(after(cursor, table, &parameters))" }
        parameters.append(.integer(Int64(request.limit) + 1))
        return """
            SELECT \(sort?.sql ?? "NULL"), \(table.keys.joined(separator: ", ")) FROM \(selection)
            ORDER BY \(order.joined(separator: ", ")) LIMIT $\(parameters.count)
            """
    }

    private func selection(_ table: ListTable, _ parameters: inout [Value], sorted: Bool) -> String {
        var needed: Set<String> = []
        if sorted, let join = sort?.join { needed.insert(join) }
        var clauses: [String] = [table.condition]
        for (column, condition) in conditions {
            if let lookup = column.lookup, condition.isPositive {
                clauses.append(
                    lookup.replacing("{}", with: condition.sql(on: column.lookupColumn, &parameters)))
            } else {
                if let join = column.join { needed.insert(join) }
                clauses.append(condition.sql(on: column.sql, &parameters))
            }
        }
        if let search = table.search, !request.search.isEmpty {
            needed.formUnion(search.joins)
            for word in request.search.split(separator: " ").prefix(6) {
                parameters.append(.text(ListCondition.pattern(containing: String(word))))
                clauses.append(search.condition(parameters.count))
            }
        }
        let joins = needed.sorted().compactMap { table.joins[$0] }.map { " LEFT JOIN \($0)" }.joined()
        return "\(table.base)\(joins) WHERE \(clauses.joined(separator: " AND "))"
    }

    private func after(_ cursor: ListCursor, _ table: ListTable, _ parameters: inout [Value]) -> String {
        let sign = request.descending ? "<" : ">"
        func bind(_ values: [Value]) -> String {
            values.map { value in
                parameters.append(value)
                return "$\(parameters.count)"
            }.joined(separator: ", ")
        }
        let keys = table.keys.joined(separator: ", ")
        guard let sort else { return "(\(keys)) \(sign) (\(bind(cursor.keys)))" }
        if cursor.sortValue == .null {
            let keyed = "(\(sort.sql) IS NULL AND (\(keys)) \(sign) (\(bind(cursor.keys))))"
            return request.descending ? keyed : "(\(sort.sql) IS NOT NULL OR \(keyed))"
        }
        let keyed = "(\(sort.sql), \(keys)) \(sign) (\(bind([cursor.sortValue] + cursor.keys)))"
        return request.descending ? "(\(keyed) OR \(sort.sql) IS NULL)" : keyed
    }

    // MARK: the rows

    private func rowStatement(_ table: ListTable) -> String {
        let used = Set(list.allColumns.compactMap(\.join))
        let joins = used.sorted().compactMap { table.joins[$0] }.map { " LEFT JOIN \($0)" }.joined()
        let keys = table.keys.enumerated().map { "\($1) = $\($0 + 2)" }.joined(separator: " AND ")
        return """
            SELECT \(list.allColumns.map(\.sql).joined(separator: ", "))
            FROM \(table.base)\(joins) WHERE \(table.condition) AND \(keys)
            """
    }

    private func fetch(
        _ connection: Connection, _ table: ListTable, _ workspaceID: Int64, _ keys: [(Value, [Value])]
    ) throws -> [ListRow] {
        guard !keys.isEmpty else { return [] }
        let statement = try connection.prepare(rowStatement(table))
        let positions = list.positions
        let width = list.allColumns.count
        var rows: [ListRow] = []
        rows.reserveCapacity(keys.count)
        for (sortValue, key) in keys {
            statement.bind([.integer(workspaceID)] + key)
            let cells = try statement.first { row in (0..<width).map { row.value($0) } }
            guard let cells else { continue }
            rows.append(ListRow(cells: cells, keys: key, sortValue: sortValue, positions: positions))
        }
        return rows
    }

    // MARK: lists that are worked out in memory

    private func memoryRows(_ rows: [[Value]]) -> [[Value]] {
        let positions = list.positions
        let words = request.search.lowercased().split(separator: " ")
        return rows.filter { cells in
            let kept = conditions.allSatisfy { column, condition in
                positions[column.name].map { condition.holds(cells[$0]) } ?? false
            }
            guard kept, let first = cells.first, !words.isEmpty else { return kept }
            guard case .text(let text) = first else { return false }
            return words.allSatisfy { text.lowercased().contains($0) }
        }
    }

    private func memoryPage(_ all: [[Value]]) throws -> ListPage {
        let positions = list.positions
        let sortPosition = sort.flatMap { positions[$0.name] } ?? 0
        var rows = memoryRows(all).map { cells in
            ListRow(cells: cells, keys: [cells[0]], sortValue: cells[sortPosition], positions: positions)
        }
        rows.sort { left, right in
            let ascending = (left.sortValue, left.cells[0]) < (right.sortValue, right.cells[0])
            return request.descending ? !ascending && left.keys != right.keys : ascending
        }
        let total = rows.count
        if let cursor {
            rows.removeAll { row in
                let place = (row.sortValue, row.cells[0])
                let start = (cursor.sortValue, cursor.keys[0])
                return request.descending ? !(place < start) : !(start < place)
            }
        }
        return page(Array(rows.prefix(request.limit)), more: rows.count > request.limit, total: total)
    }
}

extension ListDefinition {
    var keyCount: Int {
        switch source {
        case .table(let table): table.keys.count
        case .memory: 1
        }
    }
}

extension ListCondition {
    /// Whether a lookup through an index finds the same rows: it cannot find rows by what they lack.
    var isPositive: Bool {
        switch self {
        case .missing: false
        case .text(let comparison, _): comparison != .notEqual && comparison != .notContains
        case .number(let comparison, _): comparison != .notEqual
        case .time(let comparison, _, _): comparison != .notEqual
        }
    }
}

/// The order of the database: NULL first, then numbers, then text by bytes.
private func < (left: (Value, Value), right: (Value, Value)) -> Bool {
    let first = order(left.0, right.0)
    return first == 0 ? order(left.1, right.1) < 0 : first < 0
}

private func order(_ left: Value, _ right: Value) -> Int {
    switch (left, right) {
    case (.null, .null): return 0
    case (.null, _): return -1
    case (_, .null): return 1
    case (.integer(let a), .integer(let b)): return a < b ? -1 : a > b ? 1 : 0
    case (.text(let a), .text(let b)):
        if a == b { return 0 }
        return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    case (.integer, _): return -1
    case (_, .integer): return 1
    default: return 0
    }
}

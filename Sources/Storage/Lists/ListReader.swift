import DatabaseEngine

/// Reads pages of a list out of its tables.
///
/// A page is read in two steps: first only the keys, in order, with no column that the order or the filters do not
/// need; then each row by its key. So the costly columns (counts, last sign-ins) are worked out for the rows shown alone.
///
/// Where rows are filtered, they are counted first. Few are put in order here; many are walked in order until the page
/// is full, which is soon.
struct ListReader {
    let plan: ListPlan
    let table: ListTable
    let connection: Connection
    let workspaceID: Int64

    /// Up to as many rows are put in order here.
    private static let few = 2000

    func page(counting: Bool) throws -> ListPage {
        let limit = plan.request.limit
        var places: [ListPlace]
        var total: Int?
        if counting, plan.isFiltered {
            let matches = try matches()
            total = matches.count
            places = try matches.few.map { few in plan.pick(few) { $0 } } ?? walked()
        } else {
            places = try walked()
            // A first page that is not full holds everything there is.
            if counting { total = plan.cursor == nil && places.count <= limit ? places.count : try self.total() }
        }
        let rows = try fetch(Array(places.prefix(limit)))
        return plan.page(rows, more: places.count > limit, total: total ?? 0)
    }

    func total() throws -> Int {
        if plan.isFiltered { return try matches().count }
        if let total = table.total {
            return try connection.first(total, [.integer(workspaceID)]) { Int($0.integer(0)) } ?? 0
        }
        var statement = ListStatement(plan, table, workspaceID, connection.dialect)
        return try connection.first(
            "SELECT count(*) FROM (\(statement.all(selecting: "1 AS one"))) AS rows", statement.parameters
        ) {
            Int($0.integer(0))
        } ?? 0
    }

    func explain() throws -> [String] {
        var steps: [String] = []
        var walk = ListStatement(plan, table, workspaceID, connection.dialect)
        let walked = walk.walked()
        steps += try connection.explain(walked, walk.parameters)
        if plan.isFiltered {
            var count = ListStatement(plan, table, workspaceID, connection.dialect)
            let all = count.all(selecting: table.keys.joined(separator: ", "))
            steps += try connection.explain(all, count.parameters)
        }
        let keys: [Value] = table.keyKinds.map { $0 == .text ? .text("") : .integer(1) }
        return try steps + connection.explain(rowStatement, [.integer(workspaceID)] + keys)
    }

    // MARK: keys

    private func walked() throws -> [ListPlace] {
        var statement = ListStatement(plan, table, workspaceID, connection.dialect)
        let sql = statement.walked()
        let count = table.keys.count
        return try connection.query(sql, statement.parameters) { row in
            ListPlace(sort: row.value(0), keys: (1...count).map { row.value($0) })
        }
    }

    /// How many rows the filters keep, and where they stand when they are few.
    private func matches() throws -> (count: Int, few: [ListPlace]?) {
        var statement = ListStatement(plan, table, workspaceID, connection.dialect)
        // What the order needs of another table is looked up for the few alone.
        let sort = plan.sort.map { $0.join == nil ? $0.order : "NULL" } ?? "NULL"
        let sql = statement.all(selecting: "\(sort), \(table.keys.joined(separator: ", "))")
        let width = table.keys.count
        var count = 0
        var few: [ListPlace] = []
        try connection.each(sql, statement.parameters) { row in
            count += 1
            if count <= Self.few {
                few.append(ListPlace(sort: row.value(0), keys: (1...width).map { row.value($0) }))
            }
            return true
        }
        guard count <= Self.few else { return (count, nil) }
        guard let sort = plan.sort, sort.join != nil else { return (count, few) }
        let find = try connection.prepare(one(selecting: [sort]) { $0.order })
        return (
            count,
            try few.map { place in
                find.bind([.integer(workspaceID)] + place.keys)
                return ListPlace(sort: try find.first { $0.value(0) } ?? .null, keys: place.keys)
            }
        )
    }

    // MARK: rows

    private var rowStatement: String { one(selecting: plan.list.allColumns) { $0.sql } }

    private func one(selecting columns: [ListColumn], _ expression: (ListColumn) -> String) -> String {
        let used = Set(columns.compactMap(\.join))
        let joins = used.sorted().compactMap { table.joins[$0] }.map { " LEFT JOIN \($0)" }.joined()
        let keys = table.keys.enumerated().map { "\($1) = $\($0 + 2)" }.joined(separator: " AND ")
        return """
            SELECT \(columns.map(expression).joined(separator: ", "))
            FROM \(table.base)\(joins) WHERE \(table.condition) AND \(keys)
            """
    }

    private func fetch(_ places: [ListPlace]) throws -> [ListRow] {
        guard !places.isEmpty else { return [] }
        let statement = try connection.prepare(rowStatement)
        let positions = plan.list.positions
        let width = plan.list.allColumns.count
        var rows: [ListRow] = []
        rows.reserveCapacity(places.count)
        try statement.readAhead(places.map { [.integer(workspaceID)] + $0.keys })
        for place in places {
            statement.bind([.integer(workspaceID)] + place.keys)
            let cells = try statement.first { row in (0..<width).map { row.value($0) } }
            guard let cells else { continue }
            rows.append(ListRow(cells: cells, keys: place.keys, sortValue: place.sort, positions: positions))
        }
        return rows
    }
}

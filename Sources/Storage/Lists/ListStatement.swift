import DatabaseEngine

/// The SQL that finds the rows of a list, with its parameters. `$1` is the workspace.
struct ListStatement {
    private let plan: ListPlan
    private let table: ListTable
    private let dialect: Dialect
    private(set) var parameters: [Value]

    init(_ plan: ListPlan, _ table: ListTable, _ workspaceID: Int64, _ dialect: Dialect) {
        self.plan = plan
        self.table = table
        self.dialect = dialect
        parameters = [.integer(workspaceID)]
    }

    /// Every row that the filters keep, in no order.
    mutating func all(selecting columns: String) -> String {
        let (clauses, joins) = filters(wholesale: true)
        if let walk = table.walk, walk.lookedUp.isEmpty, isCovered(by: walk) {
            return walk.parts.map { part in
                "SELECT \(columns) FROM \(source(walk, part, joins, clauses, inOrder: false))"
            }.joined(separator: " UNION ALL ")
        }
        return "SELECT \(columns) FROM \(source(joins, clauses))"
    }

    /// The keys of a page and one more, in order: `sort, key…`.
    mutating func walked() -> String {
        let (clauses, needed) = filters(wholesale: false)
        var joins = needed
        if let join = plan.sort?.join { joins.insert(join) }
        let starts = plan.cursor.map { after($0) } ?? [nil]
        let columns = "\(plan.sort?.order ?? "NULL"), \(table.keys.joined(separator: ", "))"
        var selects: [String] = []
        for start in starts {
            let kept = clauses + (start.map { [$0] } ?? [])
            if let walk = table.walk, isOrdered(by: walk) {
                selects += walk.parts.map { part in
                    "SELECT \(columns) FROM \(source(walk, part, joins, kept, inOrder: true))"
                }
            } else {
                selects.append("SELECT \(columns) FROM \(source(joins, kept))")
            }
        }
        parameters.append(.integer(Int64(plan.request.limit) + 1))
        if selects.count > 1, dialect == .postgresql {
            // PostgreSQL plans each part by itself: without an order and an end of its own it reads the part whole.
            selects = selects.map { "(\($0) ORDER BY \(order(ofMany: false)) LIMIT $\(parameters.count))" }
        }
        return """
            \(selects.joined(separator: " UNION ALL ")) ORDER BY \(order(ofMany: selects.count > 1))
            LIMIT $\(parameters.count)
            """
    }

    // MARK: parts

    private func source(_ joins: Set<String>, _ clauses: [String]) -> String {
        "\(table.base)\(table.hint?.sql ?? "")\(joined(joins)) WHERE \(([table.condition] + clauses).joined(separator: " AND "))"
    }

    private func source(
        _ walk: ListWalk, _ part: ListPart, _ joins: Set<String>, _ clauses: [String], inOrder: Bool
    ) -> String {
        """
        \(walk.base)\(ReadHint.index(index(of: part, inOrder: inOrder)).sql)\(walk.lookedUp)\(joined(joins.subtracting(walk.joined))) \
        WHERE \(([walk.condition, part.condition] + clauses).joined(separator: " AND "))
        """
    }

    /// The index to read a part through: a narrow one, when it answers everything that is asked.
    private func index(of part: ListPart, inOrder: Bool) -> String {
        let narrow = part.narrow.first { narrow in
            // The order counts too: matches are counted with what they are sorted by.
            let asked = plan.conditions.map(\.column.name) + [plan.sort?.name].compactMap { $0 }
            guard plan.words.isEmpty, narrow.covered.isSuperset(of: asked) else { return false }
            let givesOwnOrder = narrow.order == narrow.column
            let isAsked = plan.conditions.contains { column, condition in
                guard column.name == narrow.column else { return false }
                if case .text(.equal, _) = condition { return true }
                return givesOwnOrder
            }
            return inOrder ? plan.sort?.name == narrow.order && (isAsked || givesOwnOrder) : isAsked
        }
        return narrow?.name ?? part.index
    }

    private func joined(_ joins: Set<String>) -> String {
        joins.sorted().compactMap { table.joins[$0] }.map { " LEFT JOIN \($0)" }.joined()
    }

    /// Whether the index holds every column that the filters ask for.
    private func isCovered(by walk: ListWalk) -> Bool {
        plan.conditions.allSatisfy { walk.covered.contains($0.column.name) }
    }

    /// Whether the index gives the order, or at least every column that it takes to make it.
    private func isOrdered(by walk: ListWalk) -> Bool {
        guard let sort = plan.sort?.name else { return false }
        if sort == plan.list.defaultSort { return true }
        return walk.lookedUp.isEmpty && walk.covered.contains(sort) && isCovered(by: walk)
    }

    private mutating func filters(wholesale: Bool) -> (clauses: [String], joins: Set<String>) {
        var clauses: [String] = []
        var joins: Set<String> = []
        for (column, condition) in plan.conditions {
            if let lookup = column.lookup, wholesale || !lookup.isWholesale,
                let found = lookup.sql(condition, dialect, &parameters)
            {
                clauses.append(found)
                if !lookup.isCoarse { continue }
            }
            if let join = column.join { joins.insert(join) }
            clauses.append(condition.sql(on: column.sql, &parameters))
        }
        guard let search = table.search else { return (clauses, joins) }
        for word in plan.words {
            parameters.append(.text(ListCondition.pattern(containing: String(word))))
            if wholesale, let condition = search.wholesale {
                clauses.append(condition(parameters.count))
            } else {
                joins.formUnion(search.joins)
                clauses.append(search.condition(parameters.count))
            }
        }
        return (clauses, joins)
    }

    private func order(ofMany isMany: Bool) -> String {
        let direction = plan.readsDescending ? "DESC" : "ASC"
        // Of several parts together only the position of a column can be named.
        var order = table.keys.enumerated().map { "\(isMany ? String($0 + 2) : $1) \(direction)" }
        if let sort = plan.sort {
            let nulls = plan.readsDescending ? "LAST" : "FIRST"
            order.insert("\(isMany ? "1" : sort.order) \(direction) NULLS \(nulls)", at: 0)
        }
        return order.joined(separator: ", ")
    }

    /// What comes after the cursor's row, in one or two parts that do not overlap: joined by OR, no index would begin at
    /// the right place.
    private mutating func after(_ cursor: ListCursor) -> [String?] {
        let sign = plan.readsDescending ? "<" : ">"
        let keys = "(\(table.keys.joined(separator: ", "))) \(sign) (\(bind(cursor.keys)))"
        guard let sort = plan.sort?.order else { return [keys] }
        if cursor.sortValue == .null {
            let keyed = "(\(sort) IS NULL AND \(keys))"
            return plan.readsDescending ? [keyed] : [keyed, "\(sort) IS NOT NULL"]
        }
        let value = bind([cursor.sortValue])
        // Said twice: the first lets an index begin at the right place, even one on an expression.
        let keyed = "\(sort) \(sign)= \(value) AND (\(sort) \(sign) \(value) OR \(keys))"
        return plan.readsDescending ? [keyed, "\(sort) IS NULL"] : [keyed]
    }

    private mutating func bind(_ values: [Value]) -> String {
        values.map { value in
            parameters.append(value)
            return "$\(parameters.count)"
        }.joined(separator: ", ")
    }
}

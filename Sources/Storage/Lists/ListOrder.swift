import DatabaseEngine

/// Where a row stands in the order of a list: what it is sorted by, then what makes it unique.
struct ListPlace {
    let sort: Value
    let keys: [Value]

    /// Whether it comes before another in rising order, as the database compares: NULL first, then numbers, then text by
    /// bytes.
    func precedes(_ other: ListPlace) -> Bool {
        let first = Self.order(sort, other.sort)
        if first != 0 { return first < 0 }
        for (left, right) in zip(keys, other.keys) {
            let next = Self.order(left, right)
            if next != 0 { return next < 0 }
        }
        return false
    }

    private static func order(_ left: Value, _ right: Value) -> Int {
        switch (left, right) {
        case (.null, .null): return 0
        case (.null, _): return -1
        case (_, .null): return 1
        case (.integer(let a), .integer(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.text(let a), .text(let b)):
            // Not `==`, which takes different bytes for one text where they look the same.
            if a.utf8.elementsEqual(b.utf8) { return 0 }
            return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
        case (.integer, _): return -1
        case (_, .integer): return 1
        default: return 0
        }
    }
}

extension ListPlan {
    /// The places of a page and one more, of places in any order.
    func pick<Item>(_ items: [Item], place: (Item) -> ListPlace) -> [Item] {
        var picked = items
        if let cursor {
            let start = ListPlace(sort: cursor.sortValue, keys: cursor.keys)
            picked.removeAll { readsDescending ? !place($0).precedes(start) : !start.precedes(place($0)) }
        }
        picked.sort { readsDescending ? place($1).precedes(place($0)) : place($0).precedes(place($1)) }
        return Array(picked.prefix(request.limit + 1))
    }
}

/// Reads pages of lists that are worked out in memory.
struct MemoryReader {
    let plan: ListPlan
    let searched: [String]

    func page(_ all: [[Value]]) -> ListPage {
        let positions = plan.list.positions
        let sortPosition = plan.sort.flatMap { positions[$0.name] } ?? 0
        let isName = plan.sort?.isName ?? false
        let rows = kept(all).map { cells in
            ListRow(
                cells: cells, keys: [cells[0]],
                sortValue: isName ? Self.folded(cells[sortPosition]) : cells[sortPosition],
                positions: positions)
        }
        let picked = plan.pick(rows) { ListPlace(sort: $0.sortValue, keys: $0.keys) }
        let limit = plan.request.limit
        return plan.page(Array(picked.prefix(limit)), more: picked.count > limit, total: rows.count)
    }

    func kept(_ rows: [[Value]]) -> [[Value]] {
        let positions = plan.list.positions
        let words = plan.words.map { $0.lowercased() }
        let places = searched.compactMap { positions[$0] }
        return rows.filter { cells in
            plan.conditions.allSatisfy { column, condition in
                positions[column.name].map { condition.holds(cells[$0]) } ?? false
            }
                && words.allSatisfy { word in
                    places.contains { place in
                        if case .text(let text) = cells[place] { text.lowercased().contains(word) } else { false }
                    }
                }
        }
    }

    /// As the database folds: ASCII alone.
    private static func folded(_ value: Value) -> Value {
        guard case .text(let text) = value else { return value }
        return .text(String(decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self))
    }
}

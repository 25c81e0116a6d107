import Problems
import Storage
import WebSupport

/// What the address of a list says: search, filters, order, page and columns. Every part of it can be shared and
/// bookmarked.
struct ListState: Sendable {
    let search: String
    let filters: [ListFilter]
    let sort: String?
    let descending: Bool
    /// The cursor of the page, forwards or backwards.
    let cursor: String?
    /// The columns as the address names them; nil when it names none.
    let columns: String?

    /// The most conditions of one list.
    private static let mostFilters = 20

    /// Reads the query.
    ///
    /// - Parameter hasSubject: whether one more condition may say whose rows a file holds.
    /// - Throws: `list.filter.*`, `list.sort.unknownColumn`.
    init(_ query: FormData, _ list: ListDefinition, hasSubject: Bool = false) throws(Problem) {
        search = String((query.filled("q") ?? "").prefix(100))
        var filters: [ListFilter] = []
        let most = Self.mostFilters + (hasSubject ? 1 : 0)
        // Whoever left one out would show more rows than were asked for.
        for text in query.all("where") where !text.isEmpty {
            guard filters.count < most else { throw Self.tooMany }
            filters.append(try ListFilter(parsing: text, for: list))
        }
        // The filter form sends its parts one by one.
        if let column = query.filled("column"), let comparison = query["op"] {
            guard filters.count < most else { throw Self.tooMany }
            let text = column + comparison + (query["value"] ?? "")
            filters.append(try ListFilter(parsing: text, for: list))
        }
        self.filters = filters
        let sort = query.filled("sort")
        let isDescending = sort?.hasPrefix("-") ?? false
        descending = isDescending
        self.sort = sort.map { isDescending ? String($0.dropFirst()) : $0 }
        cursor = query.filled("after") ?? query.filled("before")
        columns = ChosenColumns.asked(query)
    }

    /// The same question in another order.
    init(_ other: ListState, sort: String, descending: Bool) {
        search = other.search
        filters = other.filters
        self.sort = sort
        self.descending = descending
        cursor = other.cursor
        columns = other.columns
    }

    private static let tooMany = Problem(
        id: "list.filter.tooMany", kind: .usage, title: "A list takes at most \(mostFilters) filters",
        explanation: "Nothing is shown, since without the others there would be more rows than were asked for.",
        remedy: "Take some filters away. A whole list is filtered by any number of them on the command line: "
            + "muster list NOUN --where EXPR.")

    var request: ListRequest {
        ListRequest(search: search, filters: filters, sort: sort, descending: descending, cursor: cursor)
    }

    /// The query of the same list, changed.
    func query(
        search: String? = nil, filters: [ListFilter]? = nil, sort: String?? = nil, after: String? = nil,
        before: String? = nil, columns: String?? = nil
    ) -> [(String, String?)] {
        let search = search ?? self.search
        let kept = sort ?? self.sort.map { (descending ? "-" : "") + $0 }
        var fields: [(String, String?)] = [("q", search.isEmpty ? nil : search)]
        fields += (filters ?? self.filters).map { ("where", $0.expression) }
        return fields + [("sort", kept), ("columns", columns ?? self.columns), ("after", after), ("before", before)]
    }
}

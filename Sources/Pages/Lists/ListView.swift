import Problems
import Storage
import WebSupport

/// A list on a page: search, filters as chips, a table with order in its heading, and paging. One for all nouns.
struct ListView: Sendable {
    let list: ListDefinition
    /// What its chosen columns are remembered by: small letters and hyphens.
    let name: String
    let columns: [TableColumn]
    let here: Link
    /// The file exports of the same rows, and the filters that narrow them to this page's subject; nil: there are none.
    let exportNoun: String?
    var exportFilters: [String] = []
    var presets: [(title: String, filters: [String])] = []
    var one = "row"
    var many = "rows"
    var emptyTitle = "Nothing here"
    var emptyText: HTML = "A sync fills this list."
    /// Whether the list is short enough to be sorted by any column, not only by those that an index gives.
    var sortsByAny = false
    /// What could not be read of the thing whose rows these are; nil: of all integrations, which is then asked for.
    var unread: [Unread]?

    func html(_ store: Store, _ visit: Visit) async throws(Problem) -> HTML {
        let state = try ListState(visit.request.query, list)
        let page = try await store.list(list, state.request)
        let unread: [Unread]
        if let own = self.unread {
            unread = own.filter { list.resources.contains($0.resource) }
        } else {
            unread = try await store.unread(list.resources, visit.moment)
        }
        return html(page, state, visit, unread)
    }

    func html(_ page: ListPage, _ state: ListState, _ visit: Visit, _ unread: [Unread] = []) -> HTML {
        let shown = ColumnChoice(self, state, visit)
        let isUnread = list.resources.first.map(unread.hides) ?? false
        let body: HTML =
            if !page.rows.isEmpty {
                table(page, shown.columns, state, visit) + pager(page, state, visit)
            } else if isUnread {
                Part.empty("Not evaluated", "Nobody can tell whether there are \(many).")
            } else {
                emptyHTML(state, visit)
            }
        return """
            \(Part.unread(unread, visit))<section class="list" aria-label="\(many)">\(tools(state, shown, visit))\(body)</section>
            """
    }

    private func emptyHTML(_ state: ListState, _ visit: Visit) -> HTML {
        guard state.search.isEmpty, state.filters.isEmpty else {
            return Part.empty(
                "No \(many) match", "<a href=\"\(visit.to(here))\">Show all \(many)</a>, or change the search.")
        }
        guard visit.moment.asOf == .now else {
            return Part.empty("Nothing known at that date", "Muster's history of these \(many) begins later.")
        }
        return Part.empty(emptyTitle, emptyText)
    }

    // MARK: tools

    private func tools(_ state: ListState, _ shown: ColumnChoice, _ visit: Visit) -> HTML {
        """
        <div class="tools"><div class="tools-left">\(searchForm(state, visit))\(filterForm(state, visit))\
        \(shown.form(hidden(state, visit, search: true, columns: false)))</div>\
        <div class="tools-right">\(exports(state, visit))</div></div>\(chips(state, visit))
        """
    }

    private func searchForm(_ state: ListState, _ visit: Visit) -> HTML {
        """
        <form class="list-search" method="get" action="\(here)"><label class="sr" for="list-q">Search \(many)</label>\
        <input id="list-q" type="search" name="q" maxlength="100" value="\(state.search)" placeholder="Search \(many)">\
        \(hidden(state, visit, search: false))<button class="quiet">Search</button></form>
        """
    }

    private func filterForm(_ state: ListState, _ visit: Visit) -> HTML {
        let options = list.shownColumns.map { column -> HTML in
            "<option value=\"\(column.name)\">\(column.name.replacing("_", with: " "))</option>"
        }
        let comparisons: [(ListFilter.Operator, HTML)] = [
            (.equal, "is"), (.notEqual, "is not"), (.contains, "contains"), (.notContains, "does not contain"),
            (.less, "less than, before"), (.greater, "more than, after"), (.atMost, "at most"), (.atLeast, "at least"),
        ]
        return """
            <details class="filter"><summary>Filter</summary><form method="get" action="\(here)" class="pop">\
            <label>Column<select name="column">\(options)</select></label>\
            <label>Comparison<select name="op">\
            \(comparisons.map { "<option value=\"\($0.0.rawValue)\">\($0.1)</option>" as HTML })</select></label>\
            <label>Value<input name="value" maxlength="200"></label>\(hidden(state, visit, search: true))\
            <button>Add filter</button></form></details>
            """
    }

    private func hidden(_ state: ListState, _ visit: Visit, search: Bool, columns: Bool = true) -> HTML {
        var fields = state.query(search: search ? state.search : "")
        if !columns { fields.removeAll { $0.0 == "columns" } }
        return HTML(
            fields.compactMap { name, value in
                value.map { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">" }
            } + visit.hiddenDates)
    }

    private func exports(_ state: ListState, _ visit: Visit) -> HTML? {
        guard let exportNoun else { return nil }
        let query = exportFilters.map { ("where", $0) } + state.query(columns: .some(nil))
        let csv = visit.to(Link.export(exportNoun, format: "csv").with(query))
        let json = visit.to(Link.export(exportNoun, format: "json").with(query))
        return "<span class=\"muted\">Export</span> <a href=\"\(csv)\">CSV</a> <a href=\"\(json)\">JSON</a>"
    }

    private func chips(_ state: ListState, _ visit: Visit) -> HTML? {
        let presets = presets.compactMap { title, filters -> HTML? in
            let parsed = filters.compactMap { try? ListFilter(parsing: $0, for: list) }
            let isOn = parsed == state.filters
            let link = visit.to(here.with(state.query(filters: isOn ? [] : parsed)))
            return
                "<a class=\"chip preset\" href=\"\(link)\"\(isOn ? " aria-current=\"true\"" : "" as HTML)>\(title)</a>"
        }
        let isPreset = self.presets.contains { preset in
            preset.filters.compactMap { try? ListFilter(parsing: $0, for: list) } == state.filters
        }
        let filters = isPreset ? [] : state.filters
        let chips = filters.enumerated().map { position, filter -> HTML in
            var rest = state.filters
            rest.remove(at: position)
            let words = "\(filter.column.replacing("_", with: " ")) \(Self.word(filter)) "
            let value = filter.value.isEmpty ? "empty" : filter.value
            return """
                <a class="chip on" href="\(visit.to(here.with(state.query(filters: rest))))">\(words)<b>\(value)</b>\
                <span aria-hidden="true"> ×</span><span class="sr">, remove this filter</span></a>
                """
        }
        guard !presets.isEmpty || !chips.isEmpty else { return nil }
        return "<div class=\"chips\">\(presets)\(chips)</div>"
    }

    private static func word(_ filter: ListFilter) -> String {
        switch filter.comparison {
        case .equal: "is"
        case .notEqual: "is not"
        case .contains: "contains"
        case .notContains: "does not contain"
        case .less: "<"
        case .greater: ">"
        case .atMost: "≤"
        case .atLeast: "≥"
        }
    }

    // MARK: rows

    private func table(_ page: ListPage, _ columns: [TableColumn], _ state: ListState, _ visit: Visit) -> HTML {
        let head = columns.map { heading($0, state, visit) }
        let rows = page.rows.map { row -> HTML in
            let cells = columns.map { column -> HTML in
                "<td\(Self.look(column))>\(column.cell(row, visit))</td>"
            }
            return "<tr>\(cells)</tr>"
        }
        // More columns than usual seldom fit, so that the table scrolls by itself.
        let wide: HTML = columns.count > self.columns.count ? " wide\" data-many=\"" : ""
        return """
            <div class="table-wrap\(wide)" role="region" tabindex="0" aria-label="Table of \(many)"><table class="rows">\
            <caption class="sr">\(Count.of(page.total, one, many))</caption><thead><tr>\(head)</tr></thead>\
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func look(_ column: TableColumn) -> HTML {
        switch (column.isNumber, column.isMinor) {
        case (true, true): " class=\"num minor\""
        case (true, false): " class=\"num\""
        case (false, true): " class=\"minor\""
        case (false, false): HTML()
        }
    }

    private func heading(_ column: TableColumn, _ state: ListState, _ visit: Visit) -> HTML {
        guard let sort = column.sort else { return "<th scope=\"col\"\(Self.look(column))>\(column.title)</th>" }
        let current = state.sort ?? list.defaultSort
        let isCurrent = current == sort
        let down = isCurrent ? !state.descending : column.isNumber
        let link = visit.to(here.with(state.query(sort: (down ? "-" : "") + sort)))
        let order: HTML =
            isCurrent ? (state.descending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"") : HTML()
        let arrow: HTML = isCurrent ? "<span aria-hidden=\"true\">\(state.descending ? " ↓" : " ↑")</span>" : HTML()
        return "<th scope=\"col\"\(Self.look(column))\(order)><a href=\"\(link)\">\(column.title)\(arrow)</a></th>"
    }

    private func pager(_ page: ListPage, _ state: ListState, _ visit: Visit) -> HTML {
        let first = page.offset + 1
        let last = page.offset + page.rows.count
        func link(_ rel: HTML, _ look: HTML, _ query: [(String, String?)], _ title: HTML) -> HTML {
            "<a rel=\"\(rel)\"\(look) href=\"\(visit.to(here.with(query)))\">\(title)</a>"
        }
        let start: HTML? = page.offset > 0 ? link("first", HTML(), state.query(), "First page") : nil
        let back = page.previous.map { link("prev", " class=\"button\"", state.query(before: $0), "Previous page") }
        let next = page.next.map { link("next", " class=\"button\"", state.query(after: $0), "Next page") }
        return """
            <nav class="pager" aria-label="Pages"><span class="tabular">\(Count.text(first))–\(Count.text(last)) of \
            \(Count.text(page.total))</span><span class="pages">\(start)\(back)\(next)</span></nav>
            """
    }
}

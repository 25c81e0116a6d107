import Storage
import WebSupport

/// The columns of a list that show, and the form that chooses them.
struct ColumnChoice {
    let columns: [TableColumn]
    private let view: ListView
    private let all: [TableColumn]

    init(_ view: ListView, _ state: ListState, _ visit: Visit) {
        self.view = view
        let usual = Set(view.columns.map(\.name))
        // What an id or a second spelling of a shown column would tell is on the row already.
        all =
            view.columns
            + view.list.shownColumns.filter { !usual.contains($0.name) }.map { .other($0, sort: view.sortsByAny) }
        guard let names = ChosenColumns.names(view.name, state, visit.request) else {
            columns = view.columns
            return
        }
        // The first column is the row's link. What somebody chose shows on a phone too.
        columns = all.enumerated().filter { $0.offset == 0 || names.contains($0.element.name) }.map { _, column in
            var chosen = column
            chosen.isMinor = false
            return chosen
        }
    }

    /// A menu with a box for each column, which works without JavaScript.
    func form(_ hidden: HTML) -> HTML {
        let shown = Set(columns.map(\.name))
        let boxes = all.dropFirst().map { column -> HTML in
            let checked: HTML = shown.contains(column.name) ? " checked" : ""
            return """
                <label class="line"><input type="checkbox" name="columns" value="\(column.name)"\(checked)> \
                \(column.title)</label>
                """
        }
        return """
            <details class="filter columns-menu"><summary>Columns</summary>\
            <form method="get" action="\(view.here)" class="pop"><fieldset><legend>Shown after \(all[0].title)</legend>\
            \(HTML(boxes))</fieldset><input type="hidden" name="columns" value="\(all[0].name)">\
            <input type="hidden" name="remember" value="\(view.name)">\(hidden)\
            <div class="pop-actions"><button>Show these</button>\
            <button class="quiet" name="columns" value="\(ChosenColumns.usual)">Usual columns</button></div>\
            </form></details>
            """
    }
}

extension ListDefinition {
    /// The columns that a person may choose or filter by: not the keys of the store, nor what has no place yet.
    var shownColumns: [ListColumn] {
        allColumns.filter { !$0.name.hasSuffix("_key") && $0.name != "owner" && $0.name != "state" }
    }
}

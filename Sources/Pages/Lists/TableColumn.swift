import Storage
import WebSupport

/// A column of a table on a page: its heading, how it is sorted, and how a row shows it.
struct TableColumn: Sendable {
    let title: String
    /// The column of the list that the heading sorts by; nil: it does not.
    let sort: String?
    let isNumber: Bool
    /// Hidden on narrow screens.
    let isMinor: Bool
    let cell: @Sendable (ListRow, Visit) -> HTML

    init(
        _ title: String, sort: String? = nil, number: Bool = false, minor: Bool = false,
        _ cell: @Sendable @escaping (ListRow, Visit) -> HTML
    ) {
        self.title = title
        self.sort = sort
        isNumber = number
        isMinor = minor
        self.cell = cell
    }

    /// A text column, shown as it is.
    static func text(_ title: String, _ name: String, sort: Bool = true, minor: Bool = false) -> TableColumn {
        TableColumn(title, sort: sort ? name : nil, minor: minor) { row, _ in Part.text(row.text(name)) }
    }

    /// A number column; NULL is *not evaluated*.
    static func number(_ title: String, _ name: String, sort: Bool = true, minor: Bool = false) -> TableColumn {
        TableColumn(title, sort: sort ? name : nil, number: true, minor: minor) { row, _ in
            Part.number(row.number(name).map(Int.init))
        }
    }

    /// A time column.
    static func time(_ title: String, _ name: String, sort: Bool = true, minor: Bool = false) -> TableColumn {
        TableColumn(title, sort: sort ? name : nil, minor: minor) { row, visit in
            When.ago(row.time(name), now: visit.now, none: Part.none)
        }
    }

    /// A status column.
    static func status(_ title: String, _ name: String, sort: Bool = true) -> TableColumn {
        TableColumn(title, sort: sort ? name : nil) { row, _ in
            row.text(name).isEmpty ? Part.none : Part.status(row.text(name))
        }
    }

    /// The person a row is about: their name, with their login below.
    static let person = TableColumn("Person", sort: "login") { row, visit in
        PersonCell.html(
            id: row.text("user_id").isEmpty ? row.text("id") : row.text("user_id"),
            name: "\(row.text("first_name")) \(row.text("last_name"))", login: row.text("login"), visit)
    }
}

/// A person in a table: the name as a link, the login below.
enum PersonCell {
    static func html(id: String, name: String, login: String, _ visit: Visit) -> HTML {
        let shown = name == " " ? (login.isEmpty ? id : login) : name
        return "<a class=\"row-link\" href=\"\(visit.to(.user(id)))\">\(shown)</a><small class=\"sub\">\(login)</small>"
    }
}

import Storage
import WebSupport

/// A column of a table on a page: its heading, how it is sorted, and how a row shows it.
struct TableColumn: Sendable {
    let title: String
    /// The name in addresses that say which columns to show.
    let name: String
    /// The column of the list that the heading sorts by; nil: it does not.
    let sort: String?
    let isNumber: Bool
    /// Hidden on narrow screens.
    var isMinor: Bool
    let cell: @Sendable (ListRow, Visit) -> HTML

    init(
        _ title: String, name: String, sort: Bool = true, number: Bool = false, minor: Bool = false,
        _ cell: @Sendable @escaping (ListRow, Visit) -> HTML
    ) {
        self.title = title
        self.name = name
        self.sort = sort ? name : nil
        isNumber = number
        isMinor = minor
        self.cell = cell
    }

    /// A text column, shown as it is.
    static func text(_ title: String, _ name: String, sort: Bool = true, minor: Bool = false) -> TableColumn {
        TableColumn(title, name: name, sort: sort, minor: minor) { row, _ in Part.text(row.text(name)) }
    }

    /// A number column; NULL is *not evaluated*.
    static func number(_ title: String, _ name: String, sort: Bool = true, minor: Bool = false) -> TableColumn {
        TableColumn(title, name: name, sort: sort, number: true, minor: minor) { row, _ in
            Part.number(row.number(name).map(Int.init))
        }
    }

    /// A time column.
    ///
    /// - Parameter kept: whether Okta keeps the date current in place, so that of the past it may not be known.
    static func time(
        _ title: String, _ name: String, sort: Bool = true, minor: Bool = false, kept: Bool = false
    ) -> TableColumn {
        TableColumn(title, name: name, sort: sort, minor: minor) { row, visit in
            When.ago(row.time(name), now: visit.now, none: kept ? Part.noDate(visit) : Part.none)
        }
    }

    /// A status column.
    static func status(_ title: String, _ name: String, sort: Bool = true) -> TableColumn {
        TableColumn(title, name: name, sort: sort) { row, _ in
            row.text(name).isEmpty ? Part.none : Part.status(row.text(name))
        }
    }

    /// A column of the list that the page does not usually show.
    static func other(_ column: ListColumn, sort: Bool) -> TableColumn {
        let name = column.name
        let words = name == "id" ? "Okta id" : name.replacing("_", with: " ").replacing(" id", with: " Okta id")
        let title = words.prefix(1).uppercased() + words.dropFirst()
        switch column.kind {
        case .time: return .time(title, name, sort: sort)
        case .number where column.nullIsUnknown: return .number(title, name, sort: sort)
        case .number:
            return TableColumn(title, name: name, sort: sort, number: true) { row, _ in
                row.number(name).map { "\(Count.text($0))" } ?? Part.none
            }
        case .text: return .text(title, name, sort: sort)
        }
    }

    /// The person a row is about: their name, with their login below.
    static let person = TableColumn("Person", name: "login") { row, visit in
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

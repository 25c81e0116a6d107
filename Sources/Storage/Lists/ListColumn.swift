/// One column of a list: its name in exports and filters, and where its value comes from.
public struct ListColumn: Sendable {
    /// What a column holds; decides how filters compare and how cells are written.
    public enum Kind: Sendable, Equatable {
        /// Text, compared byte by byte; `~` ignores case.
        case text
        /// A whole number.
        case number
        /// A moment, in microseconds UTC.
        case time
    }

    /// The name in exports, filters and addresses: `last_login_at`.
    public let name: String
    /// What it holds.
    public let kind: Kind
    /// The SQL expression of its value.
    let sql: String
    /// The joined table that the expression needs, if any.
    let join: String?
    /// A condition that finds rows by this column through an index; `{}` stands for the comparison on `lookupColumn`.
    let lookup: String?
    let lookupColumn: String
    /// Whether NULL means that Muster could not find out, rather than that there is nothing.
    public let nullIsUnknown: Bool

    init(
        _ name: String, _ kind: Kind, _ sql: String, join: String? = nil, lookup: String? = nil,
        lookupColumn: String = "", nullIsUnknown: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.sql = sql
        self.join = join
        self.lookup = lookup
        self.lookupColumn = lookupColumn
        self.nullIsUnknown = nullIsUnknown
    }
}

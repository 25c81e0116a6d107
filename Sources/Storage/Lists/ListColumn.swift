import DatabaseEngine

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
    /// Whether it is a name, which is ordered without regard to case: `monday.com` near `Microsoft`, not after `Zscaler`.
    let isName: Bool
    /// Another way to find the rows that a filter on this column keeps.
    let lookup: ListLookup?
    /// Whether NULL means that Muster could not find out, rather than that there is nothing.
    public let nullIsUnknown: Bool

    /// A column; see the properties.
    package init(
        _ name: String, _ kind: Kind, _ sql: String, join: String? = nil, isName: Bool = false,
        lookup: ListLookup? = nil, nullIsUnknown: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.sql = sql
        self.join = join
        self.isName = isName
        self.lookup = lookup
        self.nullIsUnknown = nullIsUnknown
    }

    /// A text column.
    package init(_ name: String, _ sql: String, join: String? = nil, isName: Bool = false, lookup: ListLookup? = nil) {
        self.init(name, .text, sql, join: join, isName: isName, lookup: lookup)
    }

    /// The SQL expression that rows are ordered by.
    var order: String { isName ? "lower(\(sql))" : sql }
}

/// A condition that finds the same rows as a filter on a column, through another table or an index.
package struct ListLookup: Sendable {
    /// Looks through everything at once: the way to count the rows of a large list, and no way to look at one row.
    let isWholesale: Bool
    /// Whether it finds more rows than satisfy the condition, which is then asked of each of them as well.
    var isCoarse = false
    /// The condition; nil where this filter cannot be looked up so.
    let sql: @Sendable (ListCondition, inout [Value]) -> String?
    /// The condition as PostgreSQL answers it best, where that is another.
    var onServer: (@Sendable (ListCondition, inout [Value]) -> String?)?

    func sql(_ condition: ListCondition, _ dialect: Dialect, _ parameters: inout [Value]) -> String? {
        if dialect == .postgresql, let onServer { return onServer(condition, &parameters) }
        return sql(condition, &parameters)
    }
}

public import DatabaseEngine

/// A list that Muster can show and export: its columns and where its rows come from.
///
/// One definition serves the pages, the CSV and JSON exports and the command line, so that they cannot disagree. Make
/// one with `ListDefinition.users(…)` and its siblings.
public struct ListDefinition: Sendable {
    /// The noun in the plural, as in addresses and commands: `users`.
    public let noun: String
    /// The columns of exports, in order.
    public let columns: [ListColumn]
    /// Columns that pages show and filters know, but exports leave out.
    public let extras: [ListColumn]
    /// The column rows are sorted by when nobody chose; nil: by key.
    public let defaultSort: String?
    let source: Source

    /// Where the rows come from.
    package enum Source: Sendable {
        /// They lie in a table.
        case table(ListTable)
        /// Rows that are worked out; a search looks into the columns of these names.
        case memory(searched: [String], @Sendable (Connection, Int64) throws -> [[Value]])
    }

    /// A list of a noun; see the properties.
    package init(
        noun: String, columns: [ListColumn], extras: [ListColumn] = [], defaultSort: String? = nil, source: Source
    ) {
        self.noun = noun
        self.columns = columns
        self.extras = extras
        self.defaultSort = defaultSort
        self.source = source
    }

    /// The header of exports: the names of the columns.
    public var header: [String] { columns.map(\.name) }

    /// The cells of a row that exports write: one for each column of the header.
    public func cells(of row: ListRow) -> [Value] { Array(row.cells.prefix(columns.count)) }

    /// Every column a filter may name.
    public var allColumns: [ListColumn] { columns + extras }

    /// The column of this name, exported or extra.
    public func column(_ name: String) -> ListColumn? { allColumns.first { $0.name == name } }

    var positions: [String: Int] {
        Dictionary(allColumns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What each of the keys is that make a row unique.
    var keyKinds: [ListColumn.Kind] {
        switch source {
        case .table(let table): table.keyKinds
        case .memory: columns.prefix(1).map(\.kind)
        }
    }
}

/// Where the rows of a list lie: one table, the tables joined to it, and what makes a row unique. `$1` is the workspace.
package struct ListTable: Sendable {
    let base: String
    var condition: String
    let keys: [String]
    var joins: [String: String] = [:]
    /// Where a free-text search looks.
    var search: ListSearch?
    /// Counts the unfiltered rows more cheaply than walking them.
    var total: String?
    /// The index that holds the rows in the order most people ask for.
    var walk: ListWalk?
    /// How the table is best read where no index of the walk answers.
    var hint: ReadHint?

    /// A table whose rows are filtered, ordered and searched by the database.
    package init(
        base: String, condition: String, keys: [String], joins: [String: String] = [:], search: ListSearch? = nil,
        total: String? = nil, isNumbered: Bool = false
    ) {
        self.init(
            base: base, condition: condition, keys: keys, joins: joins, search: search, total: total, walk: nil,
            hint: nil)
        self.isNumbered = isNumbered
    }

    init(
        base: String, condition: String, keys: [String], joins: [String: String] = [:], search: ListSearch? = nil,
        total: String? = nil, walk: ListWalk?, hint: ReadHint? = nil
    ) {
        self.base = base
        self.condition = condition
        self.keys = keys
        self.joins = joins
        self.search = search
        self.total = total
        self.walk = walk
        self.hint = hint
    }

    init(
        base: String, condition: String, keys: [String], joins: [String: String] = [:], search: ListSearch? = nil,
        total: String? = nil, hint: ReadHint?
    ) {
        self.init(
            base: base, condition: condition, keys: keys, joins: joins, search: search, total: total, walk: nil,
            hint: hint)
    }

    /// Whether every key is a number of ours, whatever it is called.
    var isNumbered = false

    /// What each key is: Okta's ids are text, all others are numbers of ours or times.
    var keyKinds: [ListColumn.Kind] { keys.map { $0.hasSuffix("_id") && !isNumbered ? .text : .number } }
}

/// An index that holds the rows of a list in its default order, with the columns most filters ask for.
struct ListWalk: Sendable {
    /// The table and its name in statements: `users u`.
    let base: String
    /// What is looked up for each of its rows.
    var lookedUp = ""
    /// The conditions that hold besides those of the parts.
    let condition: String
    /// The parts the rows lie in: two for a date in the past.
    let parts: [ListPart]
    /// The columns whose filters and orders the index answers without the wide rows.
    let covered: Set<String>
    /// Joined tables that the walk has already.
    var joined: Set<String> = []
}

/// Some rows of a table, and the index that holds them.
package struct ListPart: Sendable {
    /// Which rows they are.
    package let condition: String
    /// The index.
    package let index: String
    /// Smaller indexes, for those who ask for what they begin with.
    var narrow: [NarrowIndex] = []
}

/// An index that begins with one column and holds few others.
struct NarrowIndex: Sendable {
    /// The column it begins with.
    let column: String
    let name: String
    /// The columns whose filters it answers.
    let covered: Set<String>
    /// The column it gives the order of: for one value of the column it begins with, when that is another.
    let order: String
}

/// Where a free-text search looks: each word has to be in one of the columns.
package struct ListSearch: Sendable {
    /// The columns by name, for lists that are searched in memory.
    let names: [String]
    let joins: Set<String>
    /// The condition for one word, whose pattern is the parameter of this number.
    let condition: @Sendable (Int) -> String
    /// The same, looking through everything at once.
    var wholesale: (@Sendable (Int) -> String)?

    /// A search in columns: their names, and the expressions of their values.
    package init(_ names: [String], joins: Set<String> = [], in columns: [String]) {
        self.names = names
        self.joins = joins
        condition = { number in "(\(columns.map { Matching.contains($0, number) }.joined(separator: " OR ")))" }
    }
}

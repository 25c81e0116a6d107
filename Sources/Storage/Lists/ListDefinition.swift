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

    enum Source: Sendable {
        case table(ListTable)
        case memory(@Sendable (Connection, Int64) throws -> [[Value]])
    }

    init(
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
}

/// Where the rows of a list lie: one table, the tables joined to it, and what makes a row unique. `$1` is the workspace.
struct ListTable: Sendable {
    var base: String
    var condition: String
    let keys: [String]
    var joins: [String: String] = [:]
    /// Where a free-text search looks.
    var search: ListSearch?
    /// Counts the unfiltered rows more cheaply than walking them.
    var total: String?
    /// The same rows found in another way, which counts them more quickly.
    var counted: CountedTable?
    /// Columns whose order an index gives.
    var indexed: Set<String> = []
}

/// The tables that are counted instead of the ones that are walked.
struct CountedTable: Sendable {
    let base: String
    let condition: String
    let joins: [String: String]
}

/// The columns a free-text search looks into: each word has to be in one of them.
struct ListSearch: Sendable {
    let columns: [String]
    let joins: Set<String>

    init(_ columns: [String], joins: Set<String> = []) {
        self.columns = columns
        self.joins = joins
    }

    /// The condition for one word, whose pattern is the parameter of this number.
    ///
    /// SQLite's LIKE ignores the case of ASCII by itself; `lower` would triple the time of a search through 100,000 people.
    func condition(_ parameter: Int) -> String {
        "(\(columns.map { "\($0) LIKE $\(parameter) ESCAPE '!'" }.joined(separator: " OR ")))"
    }
}

/// Whether a statement can be sent to the one machine that holds the rows of a workspace: every table in it is asked for by
/// its `workspace_id`, or joined by it.
public struct RoutableStatement {
    private let words: [String]
    private let tables: Set<String>

    /// A statement over these tables.
    public init(_ sql: String, tables: Set<String>) {
        words = Self.words(of: sql)
        self.tables = tables
    }

    /// The tables of the statement that nothing ties to a workspace.
    public var loose: [String] {
        var loose: [String] = []
        for (position, word) in words.enumerated() where tables.contains(word) && isTable(position) {
            let alias = alias(after: position)
            let name = alias ?? word
            if isTied(name) { continue }
            if alias == nil, namesColumn(position) { continue }
            loose.append(word)
        }
        return loose
    }

    /// Behind FROM, JOIN, INTO, UPDATE, or a comma between tables; not a column of that name.
    private func isTable(_ position: Int) -> Bool {
        if word(position + 1) == "." || word(position - 1) == "." { return false }
        let before = word(position - 1)
        return ["from", "join", "into", "update"].contains(before)
            || before == "," && tables.contains(word(position)) && isInFrom(position)
    }

    /// Whether the nearest clause word before a comma of the same depth is FROM.
    private func isInFrom(_ position: Int) -> Bool {
        var depth = 0
        for earlier in stride(from: position - 1, through: 0, by: -1) {
            switch word(earlier) {
            case ")": depth += 1
            case "(":
                depth -= 1
                if depth < 0 { return false }
            case let word where depth == 0 && ["from", "join"].contains(word): return true
            case let word where depth == 0 && ["select", "where", "set", "by", "values", "on"].contains(word):
                return false
            default: break
            }
        }
        return false
    }

    private func alias(after position: Int) -> String? {
        let next = word(position + 1) == "as" ? word(position + 2) : word(position + 1)
        guard let first = next.first, first.isLetter, !Self.clauses.contains(next) else { return nil }
        return next
    }

    private func isTied(_ name: String) -> Bool {
        words.indices.contains { words[$0] == "workspace_id" && word($0 - 1) == "." && word($0 - 2) == name }
    }

    /// Whether a bare `workspace_id` stands in the same parentheses as a table without another name, or in its list of
    /// columns.
    private func namesColumn(_ position: Int) -> Bool {
        let isInsert = word(position - 1) == "into"
        // All columns are given, this one among them.
        if isInsert, word(position + 1) == "values" { return true }
        var depth = 0
        for later in words.indices.dropFirst(position + 1) {
            switch words[later] {
            case "(": depth += 1
            case ")":
                depth -= 1
                if depth < 0 { return false }
            case "workspace_id" where word(later - 1) != "." && depth <= (isInsert ? 1 : 0): return true
            default: break
            }
        }
        return false
    }

    private func word(_ position: Int) -> String { words.indices.contains(position) ? words[position] : "" }

    private static let clauses: Set<String> = [
        "where", "on", "join", "left", "cross", "inner", "group", "order", "limit", "set", "union", "values", "select",
        "using",
        "having", "returning",
    ]

    private static func words(of sql: String) -> [String] {
        var words: [String] = []
        var current = ""
        var isText = false
        for character in sql.lowercased() {
            if character == "'" { isText.toggle() }
            if !isText, character.isLetter || character.isNumber || character == "_" || character == "$" {
                current.append(character)
                continue
            }
            if !current.isEmpty { words.append(current) }
            current = ""
            if !isText, !character.isWhitespace { words.append(String(character)) }
        }
        if !current.isEmpty { words.append(current) }
        return words
    }
}

extension RoutableStatement {
    /// Statements of a server's log that cannot be sent to one machine, without those about the list of workspaces, which
    /// every machine has whole, and about the catalogue.
    public static func loose(in statements: Set<String>, tables: Set<String>) -> [String] {
        statements.sorted().compactMap { statement in
            let isSchema = ["create ", "alter ", "drop ", "analyze"].contains(where: statement.lowercased().hasPrefix)
            if isSchema || statement.contains("schema_migrations") || statement.contains("pg_class") { return nil }
            let loose = RoutableStatement(statement, tables: tables).loose.filter { $0 != "workspaces" }
            return loose.isEmpty ? nil : "\(loose): \(statement)"
        }
    }
}

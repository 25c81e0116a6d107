/// Comparisons that engines spell differently.
public enum Matching {
    /// Whether a text contains the pattern that is the parameter of this number, whatever the case of ASCII letters; `!`
    /// makes the next character mean itself. SQLite's LIKE ignores that case by itself; `lower` would double its time.
    public static func contains(_ expression: String, _ parameter: Int, not: Bool = false) -> String {
        "\(expression) \(not ? "NOT " : "")LIKE $\(parameter) ESCAPE '!'"
    }

    /// The same for PostgreSQL, whose LIKE minds the case. Its text is byte-ordered, so that ILIKE knows ASCII alone.
    static func caseBlind(_ sql: String) -> String { sql.replacing(" LIKE $", with: " ILIKE $") }
}

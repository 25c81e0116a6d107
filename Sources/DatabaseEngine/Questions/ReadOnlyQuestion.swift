public import Problems

/// One SQL question that a person wrote, asked of the documented views of one workspace and of nothing else.
///
/// A file is opened read-only, an authorizer refuses everything but reading views whose name begins with `v_`, and the
/// work stops at a time limit; see `FileQuestion` and `ServerQuestion`. What a person types can therefore neither change the
/// store nor read a sealed secret or another workspace.
public struct ReadOnlyQuestion: Sendable {
    /// The SQL text: one statement.
    public let sql: String
    /// The workspace whose rows the views show.
    public let workspaceID: Int64
    /// The most rows to answer with.
    public let rowLimit: Int
    /// The most seconds to work.
    public let secondsLimit: Double

    /// A question with its limits.
    public init(sql: String, workspaceID: Int64, rowLimit: Int, secondsLimit: Double) {
        self.sql = sql
        self.workspaceID = workspaceID
        self.rowLimit = rowLimit
        self.secondsLimit = secondsLimit
    }

    /// Asks the database, a file or a server, giving the column names first and then each row.
    ///
    /// - Returns: whether rows were left out because of the row limit.
    /// - Throws: `sql.refused`, `sql.invalid`, `sql.tooSlow`.
    public func ask(
        path: String, columns: ([String]) throws -> Void, row: (Row) throws -> Void
    ) throws -> Bool {
        // Both databases would take the text up to there for the whole.
        if sql.utf8.contains(0) { throw invalid("a NUL character is not allowed") }
        if Dialect(of: path) == .postgresql {
            return try ServerQuestion(question: self, address: try ServerAddress(path)).ask(columns: columns, row: row)
        }
        return try FileQuestion(question: self, path: path).ask(columns: columns, row: row)
    }

    func refused(_ message: String) -> Problem {
        Problem(
            id: "sql.refused", kind: .permission, title: "Only reading the documented views is allowed",
            explanation: "The database said: \(message).",
            remedy: "Ask a SELECT over v_users, v_groups, v_apps, v_assignments, v_memberships, v_roles, "
                + "v_usage_daily or v_departments.")
    }

    /// What is said when the time is over.
    public var tooSlow: Problem {
        let seconds = secondsLimit == secondsLimit.rounded() ? String(Int(secondsLimit)) : String(secondsLimit)
        return Problem(
            id: "sql.tooSlow", kind: .resumable,
            title: "The question took longer than \(seconds) seconds",
            remedy: "Ask for less, for example with a WHERE on an id, or raise --timeout.")
    }

    func invalid(_ message: String) -> Problem {
        Problem(
            id: "sql.invalid", kind: .badInput, title: "The SQL cannot be understood: \(message)",
            remedy: "Mend it and ask again; docs/sql.md lists the views and their columns.")
    }

    // The tables that views may read. None of them holds a secret.
    static let tables: Set<String> = [
        "users", "user_groups", "apps", "memberships", "assignments", "app_groups", "usage_daily", "usage_monthly",
        "admin_roles", "objects", "coverage",
    ]
}

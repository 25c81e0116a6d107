/// Which database keeps the store. Shared SQL asks for it only where no one text runs on both.
public enum Dialect: Sendable, Equatable {
    /// A file of this machine.
    case sqlite
    /// A server.
    case postgresql

    /// The dialect of what `--database` and `Engine(path:)` take: a `postgres://` address, or else a file.
    public init(of path: String) {
        self = ["postgres://", "postgresql://"].contains(where: path.hasPrefix) ? .postgresql : .sqlite
    }

    /// A statement of a migration as this database writes it: `{text}` is text in the order of its bytes, and only SQLite
    /// knows `WITHOUT ROWID`.
    func definition(_ statement: String) -> String {
        switch self {
        case .sqlite: statement.replacing("{text}", with: "TEXT")
        case .postgresql:
            statement.replacing("{text}", with: "TEXT COLLATE \"C\"").replacing(" WITHOUT ROWID", with: "")
        }
    }

    /// A question as this database writes it. Hints and case-blind matching are the only words that differ.
    func spelling(of sql: String) -> String {
        switch self {
        case .sqlite: sql
        case .postgresql: ReadHint.removed(from: Matching.caseBlind(sql))
        }
    }
}

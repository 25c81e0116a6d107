/// How a transaction keeps the rows that a question finds for itself. SQLite's one writer has them all.
public enum RowLock: Sendable {
    /// Nobody may take the row until the transaction ends; its columns may change, but for its key.
    case keep
    /// The row is this transaction's alone; rows that somebody keeps or has taken are left out.
    case take
}

extension Dialect {
    /// What a question ends with so that the rows it finds are held.
    public func holding(_ lock: RowLock) -> String {
        switch (self, lock) {
        case (.sqlite, _): ""
        case (.postgresql, .keep): " FOR KEY SHARE"
        case (.postgresql, .take): " FOR UPDATE SKIP LOCKED"
        }
    }

    /// The time by the database's clock, in microseconds UTC: the one clock that all processes share.
    public var clock: String {
        switch self {
        case .sqlite: "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS BIGINT)"
        case .postgresql: "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
        }
    }
}

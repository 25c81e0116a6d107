import DatabaseEngine

/// Times in views as text, which each database makes by functions of its own. Never edited after release.
struct ViewDates {
    private let dialect: Dialect

    init(_ dialect: Dialect) { self.dialect = dialect }

    /// What the views of PostgreSQL call, made before them.
    static let function = """
        CREATE OR REPLACE FUNCTION muster_time(moment BIGINT) RETURNS TEXT LANGUAGE SQL STABLE PARALLEL SAFE AS $$
            SELECT to_char(TIMESTAMP 'epoch' + (moment / 1000) * INTERVAL '1 millisecond',
                'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        $$
        """

    /// Microseconds as `2025-03-01T09:30:00.000Z`.
    func time(_ column: String) -> String {
        switch dialect {
        case .postgresql: "muster_time(\(column))"
        case .sqlite:
            """
            (strftime('%Y-%m-%dT%H:%M:%S', (\(column)) / 1000000, 'unixepoch') ||
                printf('.%03dZ', (\(column)) / 1000 % 1000))
            """
        }
    }

    /// Days since 1970 as `2025-03-01`.
    func day(_ column: String) -> String {
        switch dialect {
        case .postgresql: "substr(muster_time(\(column) * 86400000000), 1, 10)"
        case .sqlite: "strftime('%Y-%m-%d', \(column) * 86400, 'unixepoch')"
        }
    }
}

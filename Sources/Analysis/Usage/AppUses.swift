import DatabaseEngine
import Directory
import Problems
import Storage

/// The first and the last day of use of one person in one app.
struct AppUse: Sendable, Equatable {
    let user: Int64
    /// Days since 1970.
    let first: Int64
    let last: Int64
}

enum AppUses {
    static let day: Int64 = 86_400_000_000

    /// Everybody who used an app up to a moment, in order of people: one row each, and one step into the days of those who
    /// used it after the moment too.
    static func read(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, _ moment: Moment
    ) throws -> [AppUse] {
        try connection.query(
            """
            SELECT l.user_key, l.first_day, \(last("l", moment)) FROM last_uses l
            WHERE l.workspace_id = $1 AND l.app_key = $2 AND coalesce(l.first_day, 0) <= \(moment.today)
            ORDER BY l.user_key
            """, [.integer(workspaceID), .integer(app)]
        ) { row in
            row.optionalInteger(2).map { AppUse(user: row.integer(0), first: row.optionalInteger(1) ?? $0, last: $0) }
        }.compactMap(\.self)
    }

    /// The last day of use of a row of `last_uses`, as of the moment; NULL where there was none by then.
    static func last(_ alias: String, _ moment: Moment) -> String {
        guard let time = moment.asOf.time else { return "\(alias).last_at / \(day)" }
        let before = time.rawValue % day == 0 ? "<" : "<="
        return """
            CASE WHEN \(alias).last_at \(before) \(time.rawValue) THEN \(alias).last_at / \(day)
                ELSE (SELECT d.day FROM usage_daily d WHERE d.workspace_id = \(alias).workspace_id
                    AND d.app_key = \(alias).app_key AND d.user_key = \(alias).user_key AND \(moment.counts("d"))
                    ORDER BY d.day DESC LIMIT 1) END
            """
    }
}

/// How many people used something within 30, 60 and 90 days.
public struct ActivePeople: Sendable, Equatable {
    /// Within 30 days.
    public var thirty = 0
    /// Within 60 days.
    public var sixty = 0
    /// Within 90 days.
    public var ninety = 0

    /// Nobody.
    public init() {}

    /// So many.
    public init(thirty: Int, sixty: Int, ninety: Int) {
        self.thirty = thirty
        self.sixty = sixty
        self.ninety = ninety
    }

    mutating func note(_ last: Int64, _ today: Int64) {
        if last > today - 30 { thirty += 1 }
        if last > today - 60 { sixty += 1 }
        if last > today - 90 { ninety += 1 }
    }
}

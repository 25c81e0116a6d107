import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// When in the week people sign in: sign-ons of 90 days by weekday and hour, in UTC.
public struct SignOnHours: Sendable, Equatable {
    /// From Monday to Sunday, each by the hour that begins at that number.
    public private(set) var counts = [[Int64]](repeating: [Int64](repeating: 0, count: 24), count: 7)
    /// The first day that is counted; nil where nobody signed in.
    public private(set) var since: Timestamp?

    /// How many days before the moment are counted, its own included.
    public static let days: Int64 = 90

    /// Nothing yet.
    public init() {}

    /// All of them.
    public var total: Int64 { counts.reduce(0) { $0 + $1.reduce(0, +) } }
    /// The most in one hour of the week.
    public var most: Int64 { counts.reduce(0) { max($0, $1.max() ?? 0) } }

    mutating func add(day: Int64, _ hours: [Int64]) {
        // The first of January 1970 was a Thursday.
        let weekday = Int((day % 7 + 10) % 7)
        for (hour, count) in hours.enumerated() { counts[weekday][hour] += count }
        if hours.contains(where: { $0 > 0 }), since.map({ day < Int64($0.day) }) ?? true {
            since = Timestamp(day: Int32(day))
        }
    }

    private static let sums = (0..<24).map { "CAST(sum(x.h\($0)) AS BIGINT)" }.joined(separator: ", ")

    /// Of one app, or of all of them.
    static func read(
        _ connection: Connection, _ workspaceID: Int64, app: Int64?, _ moment: Moment
    ) throws -> SignOnHours {
        var hours = SignOnHours()
        guard moment.usageKnown else { return hours }
        let apps = "(SELECT DISTINCT s.app_key FROM usage_monthly s WHERE s.workspace_id = $1) k CROSS JOIN "
        try connection.each(
            """
            SELECT x.day, \(sums) FROM \(app == nil ? apps : "")usage_hours x
            WHERE x.workspace_id = $1 AND x.app_key = \(app.map { "\($0)" } ?? "k.app_key")
                AND x.day > \(moment.today - days) AND x.day <= \(moment.today) GROUP BY x.day
            """, [.integer(workspaceID)]
        ) { row in
            let day = row.integer(0)
            var counts = (1...24).map { row.integer($0) }
            if let time = moment.asOf.time, day == moment.today {
                // Within the day of the moment, whole hours alone are certain to lie before it.
                let passed = Int((time.seconds - Int64(time.day) * 86_400) / 3600)
                for hour in passed..<24 { counts[hour] = 0 }
            }
            hours.add(day: day, counts)
            return true
        }
        return hours
    }
}

extension Store {
    /// When in the week people sign in to all apps together.
    public func signOnHours(_ moment: Moment) async throws(Problem) -> SignOnHours {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try SignOnHours.read(connection, workspaceID, app: nil, moment)
        }
    }
}

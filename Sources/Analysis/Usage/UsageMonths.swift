import DatabaseEngine
import Directory
import Problems
import Storage

/// One month of an app.
public struct UsageMonth: Sendable, Equatable {
    /// `2026-03`.
    public let month: String
    /// How many people signed in; nil for months before the log begins.
    public let people: Int?
    /// Sign-ins; nil for months before the log begins.
    public let signIns: Int?
    /// Those that were the first ever seen of a person; nil where the log begins within the month or after it, for then
    /// nobody can tell a first sign-in from a later one.
    public let firstTime: Int?
    /// Days with a sign-on of each person, added up; nil unless the month is over.
    public let personDays: Int?
    /// The days of the month that are known.
    public let days: Int

    /// A month; see the properties.
    public init(month: String, people: Int?, signIns: Int?, firstTime: Int?, personDays: Int?, days: Int) {
        self.month = month
        self.people = people
        self.signIns = signIns
        self.firstTime = firstTime
        self.personDays = personDays
        self.days = days
    }

    /// All others: of people who were seen before.
    public var repeated: Int? { signIns.flatMap { all in firstTime.map { all - $0 } } }

    /// Mean people a day ÷ people of the month, in percent: personDays ÷ days ÷ people.
    public var stickinessPercent: Int? {
        guard let people, let personDays, people > 0, days > 0 else { return nil }
        return Int((Double(personDays) * 100 / Double(days) / Double(people)).rounded())
    }
}

/// Reads the last twelve months of an app.
enum UsageMonths {
    static func read(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, uses: [AppUse]? = nil, _ moment: Moment
    ) throws -> [UsageMonth] {
        guard moment.usageKnown else { return [] }
        let uses = try uses ?? AppUses.read(connection, workspaceID, app: app, moment)
        let signIns = try signIns(connection, workspaceID, app: app, moment)
        let begin = moment.usageSince?.month ?? signIns.keys.min() ?? moment.month
        let whole = try wholeMonths(connection, workspaceID, app: app, signIns, moment)
        let firsts = Dictionary(grouping: uses.map { Timestamp(day: Int32($0.first)).month }, by: \.self)
        let current = Int64(Timestamp(month: moment.month).day)
        return (moment.month - 11...moment.month).map { month in
            let count = signIns[month] ?? 0
            let isUnknown = month < begin && count == 0
            let people = month == moment.month ? uses.count { $0.last >= current } : Int(whole[month]?.people ?? 0)
            let isOver = month < moment.month
            return UsageMonth(
                month: Moment.monthName(month), people: isUnknown ? nil : people, signIns: isUnknown ? nil : Int(count),
                firstTime: month <= begin ? nil : firsts[month]?.count ?? 0,
                personDays: isUnknown || !isOver ? nil : Int(whole[month]?.personDays ?? 0),
                days: days(of: month, moment))
        }
    }

    private static func days(of month: Int64, _ moment: Moment) -> Int {
        let first = Int64(Timestamp(month: month).day)
        let end = min(Int64(Timestamp(month: month + 1).day), moment.today + 1)
        return Int(max(0, end - max(first, moment.usageSince.map { Int64($0.day) } ?? first)))
    }

    /// Sign-ins by month, the month of a date in the past cut at it.
    private static func signIns(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, _ moment: Moment
    ) throws -> [Int64: Int64] {
        var counts: [Int64: Int64] = [:]
        try connection.each(
            """
            SELECT s.month, s.sign_ins FROM usage_monthly s WHERE s.workspace_id = $1 AND s.app_key = $2
                AND s.month > \(moment.month - 12) AND s.month <= \(moment.month)
            """, [.integer(workspaceID), .integer(app)]
        ) { row in
            if row.integer(1) > 0 { counts[row.integer(0)] = row.integer(1) }
            return true
        }
        guard moment.asOf != .now, counts[moment.month] != nil else { return counts }
        let first = Timestamp(month: moment.month).day
        let cut = try connection.first(
            """
            SELECT CAST(coalesce(sum(d.sign_ins), 0) AS BIGINT) FROM usage_daily d WHERE d.workspace_id = $1
                AND d.app_key = $2 AND d.day >= \(first) AND \(moment.counts("d"))
            """, [.integer(workspaceID), .integer(app)], { $0.integer(0) })
        counts[moment.month] = cut
        return counts
    }

    /// People and their days of the months that are over: as they were kept, or counted where one was changed since.
    private static func wholeMonths(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, _ signIns: [Int64: Int64], _ moment: Moment
    ) throws -> [Int64: AppDays.Month] {
        var kept: [Int64: AppDays.Month] = [:]
        try connection.each(
            """
            SELECT month, people, person_days, sign_ins FROM active_months
            WHERE workspace_id = $1 AND app_key = $2 AND month > \(moment.month - 12) AND month < \(moment.month)
            """, [.integer(workspaceID), .integer(app)]
        ) { row in
            kept[row.integer(0)] = AppDays.Month(
                people: row.integer(1), personDays: row.integer(2), signIns: row.integer(3))
            return true
        }
        let isWhole = signIns.allSatisfy { $0.key == moment.month || kept[$0.key]?.signIns == $0.value }
        if isWhole { return kept }
        return try AppDays(connection, workspaceID, app: app, known: 0...0, moment).months
    }
}

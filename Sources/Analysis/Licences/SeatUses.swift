import DatabaseEngine
import Directory
import Storage

/// Who uses one app: the last sign-in of each person, in order of people, and the whole months they used it in.
struct SeatUses: Sendable {
    private(set) var users: [Int64] = []
    private(set) var lasts: [Int64] = []
    /// A bit for each whole month before the moment, newest first; empty where nobody asked.
    private(set) var months: [UInt32] = []
    /// How many people used it in each of these months; of months the log does not cover whole, none.
    private(set) var monthCounts: [Int] = []

    /// How many whole months a right size looks back over.
    static let mostMonths = 12

    init() {}

    init(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, _ moment: Moment, byMonth: Bool
    ) throws {
        guard moment.usageKnown else { return }
        let subject: [Value] = [.integer(workspaceID), .integer(app)]
        let sql =
            moment.asOf == .now
            ? """
            SELECT l.user_key, l.last_at FROM last_uses l WHERE l.workspace_id = $1 AND l.app_key = $2
            ORDER BY l.user_key
            """
            : """
            SELECT d.user_key, max(d.last_at) FROM usage_daily d WHERE d.workspace_id = $1 AND d.app_key = $2
                AND \(moment.counts("d")) GROUP BY d.user_key ORDER BY d.user_key
            """
        try connection.each(sql, subject) { row in
            users.append(row.integer(0))
            lasts.append(row.integer(1))
            return true
        }
        if byMonth { try readMonths(connection, subject, moment) }
    }

    /// The days of the last whole months that the log covers, folded into bits.
    private mutating func readMonths(_ connection: Connection, _ subject: [Value], _ moment: Moment) throws {
        months = [UInt32](repeating: 0, count: users.count)
        let begins = SeatJudge.months(before: moment, Self.mostMonths).prefix { begin in
            moment.usageSince.map { begin >= $0 } ?? true
        }.map { Int64($0.day) }
        guard let first = begins.last, let end = Moment.begin(ofMonth: moment.month).map({ Int64($0.day) })
        else { return }
        monthCounts = [Int](repeating: 0, count: begins.count)
        // The month that each day is of, counted back from the newest.
        var ofDay = [UInt32](repeating: 0, count: Int(end - first))
        for (number, begin) in begins.enumerated() {
            for day in begin..<(number == 0 ? end : begins[number - 1]) { ofDay[Int(day - first)] = UInt32(number) }
        }
        var place = 0
        try connection.each(
            """
            SELECT d.user_key, d.day FROM usage_daily d WHERE d.workspace_id = $1 AND d.app_key = $2
                AND d.day >= \(first) AND d.day < \(end) ORDER BY d.user_key, d.day
            """, subject
        ) { row in
            let user = row.integer(0)
            while place < users.count, users[place] < user { place += 1 }
            guard place < users.count, users[place] == user else { return true }
            let month = ofDay[Int(row.integer(1) - first)]
            if months[place] & (1 << month) == 0 {
                months[place] |= 1 << month
                monthCounts[Int(month)] += 1
            }
            return true
        }
    }

    /// Who used it within a window before the moment.
    func within(_ days: Int, of moment: Moment) -> SeenKeys {
        var seen = SeenKeys()
        let begin = (moment.today - Int64(days) + 1) * 86_400_000_000
        for (user, last) in zip(users, lasts) where last >= begin { _ = seen.insert(user) }
        return seen
    }
}

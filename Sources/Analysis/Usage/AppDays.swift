import DatabaseEngine
import Directory
import Problems
import Storage

/// All days with a sign-on of one app, passed by once: its months and its silences.
struct AppDays {
    /// People and days with a sign-on of one month.
    struct Month: Equatable {
        var people: Int64 = 0
        var personDays: Int64 = 0
        var signIns: Int64 = 0
    }

    /// By month, counted as `usage_monthly` does.
    private(set) var months: [Int64: Month] = [:]
    private(set) var silences: Silences

    /// Reads them.
    ///
    /// - Parameter known: the days that are known whole, the ones silences are made of.
    init(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, known: ClosedRange<Int>, _ moment: Moment
    ) throws {
        silences = Silences(from: known.lowerBound, to: known.upperBound)
        let lost = try Self.lost(connection, workspaceID, app, moment)
        var user: Int64 = -1
        var before: Int?
        var month: Int64 = -1
        var monthEnd = Int.min
        try connection.each(
            """
            SELECT d.user_key, d.day, d.sign_ins FROM usage_daily d
            WHERE d.workspace_id = $1 AND d.app_key = $2 AND \(moment.counts("d")) ORDER BY d.user_key, d.day
            """, [.integer(workspaceID), .integer(app)]
        ) { row in
            let day = Int(row.integer(1))
            let isSame = row.integer(0) == user
            if !isSame {
                if let before { silences.add(after: before, openUntil: lost[user] ?? known.upperBound) }
                before = nil
                user = row.integer(0)
            }
            // A date is taken apart once a month, not once a row.
            let isSameMonth = isSame && day < monthEnd
            if !isSameMonth {
                month = Timestamp(day: Int32(day)).month
                monthEnd = Int(Timestamp(month: month + 1).day)
            }
            months[month, default: Month()].add(row.integer(2), isNewPerson: !isSameMonth)
            guard known.contains(day) else { return true }
            if let before { silences.add(after: before, until: day) }
            before = day
            return true
        }
        if let before { silences.add(after: before, openUntil: lost[user] ?? known.upperBound) }
    }

    /// When people lost the app who have it no longer: from then on their silence tells nothing.
    private static func lost(
        _ connection: Connection, _ workspaceID: Int64, _ app: Int64, _ moment: Moment
    ) throws -> [Int64: Int] {
        var lost: [Int64: Int] = [:]
        try connection.each(
            """
            SELECT a.user_key, max(coalesce(a.valid_to, $3)) FROM assignments a
            WHERE a.workspace_id = $1 AND a.app_key = $2 GROUP BY a.user_key HAVING max(coalesce(a.valid_to, $3)) < $3
            """, [.integer(workspaceID), .integer(app), .integer(.max)]
        ) { row in
            lost[row.integer(0)] = Int(Timestamp(rawValue: row.integer(1)).day)
            return true
        }
        return lost
    }

    /// The days that are known whole at a moment: behind the beginning of the log, and before its end and today.
    static func known(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> ClosedRange<Int>? {
        guard moment.usageKnown else { return nil }
        let begin: Int64?
        if let since = moment.usageSince {
            let day = Int64(since.day)
            begin = since == Timestamp(day: since.day) ? day : day + 1
        } else {
            // Nobody noted it: the first day of the first month that anything was used in.
            let month = try connection.first(
                """
                SELECT min(s.month) FROM apps p CROSS JOIN usage_monthly s
                WHERE p.workspace_id = $1 AND p.valid_to IS NULL AND s.workspace_id = $1 AND s.app_key = p.app_key
                """, [.integer(workspaceID)], { $0.optionalInteger(0) })
            begin = (month ?? nil).map { Int64(Timestamp(month: $0).day) }
        }
        let end = min(moment.today, moment.usageUntil.map { Int64($0.day) } ?? .max) - 1
        guard let begin, begin <= end else { return nil }
        return Int(begin)...Int(end)
    }
}

extension AppDays.Month {
    fileprivate mutating func add(_ signIns: Int64, isNewPerson: Bool) {
        if isNewPerson { people += 1 }
        personDays += 1
        self.signIns += signIns
    }
}

import DatabaseEngine
import Directory

/// The sign-ons of one page of the System Log, added up: how they are written into the rollups of use.
///
/// Four rollups, in the page's transaction: by app, person and day; by app and month; the first day and last moment of each
/// person in each app; and by app, day and hour.
struct PageUsage {
    private struct Key: Hashable, Comparable {
        let app: Int64
        let user: Int64
        let day: Int32

        func isSamePair(as other: Key) -> Bool { app == other.app && user == other.user }

        static func < (left: Key, right: Key) -> Bool {
            (left.app, left.user, left.day) < (right.app, right.user, right.day)
        }
    }

    fileprivate struct Use {
        var signIns: Int64 = 0
        var last: Int64 = .min
    }

    private struct AppDay: Hashable, Comparable {
        let app: Int64
        let day: Int32

        static func < (left: AppDay, right: AppDay) -> Bool { (left.app, left.day) < (right.app, right.day) }
    }

    private var uses: [Key: Use] = [:]
    private var hours: [AppDay: [Int64]] = [:]

    /// Adds one sign-on.
    mutating func add(app: Int64, user: Int64, at time: Timestamp) {
        let day = time.day
        uses[Key(app: app, user: user, day: day), default: Use()].count(time)
        let hour = Int((time.seconds - Int64(day) * 86_400) / 3600)
        hours[AppDay(app: app, day: day), default: [Int64](repeating: 0, count: 24)][hour] += 1
    }

    func write(_ writer: RunWriter) throws {
        // One table after the other: a server takes rows of one kind together.
        let sorted = uses.sorted { $0.key < $1.key }
        try writeDays(sorted, writer)
        try writeLast(sorted, writer)
        try writeMonths(sorted, writer)
        try writeHours(writer)
    }

    private func writeDays(_ sorted: [(key: Key, value: Use)], _ writer: RunWriter) throws {
        let daily = try writer.connection.prepare(
            """
            INSERT INTO usage_daily (workspace_id, app_key, user_key, day, sign_ins, last_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, app_key, user_key, day) DO UPDATE SET
                sign_ins = usage_daily.sign_ins + excluded.sign_ins,
                last_at = CASE WHEN excluded.last_at > usage_daily.last_at THEN excluded.last_at
                    ELSE usage_daily.last_at END
            """)
        daily.bind(1, writer.context.workspaceID)
        for (key, one) in sorted {
            daily.bind(2, key.app)
            daily.bind(3, key.user)
            daily.bind(4, Int64(key.day))
            daily.bind(5, one.signIns)
            daily.bind(6, one.last)
            try daily.run()
        }
    }

    private func writeLast(_ sorted: [(key: Key, value: Use)], _ writer: RunWriter) throws {
        let last = try writer.connection.prepare(
            """
            INSERT INTO last_uses (workspace_id, app_key, user_key, last_at, first_day) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (workspace_id, app_key, user_key) DO UPDATE SET
                last_at = CASE WHEN excluded.last_at > last_uses.last_at THEN excluded.last_at
                    ELSE last_uses.last_at END,
                first_day = CASE WHEN last_uses.first_day <= excluded.first_day THEN last_uses.first_day
                    ELSE excluded.first_day END
            WHERE excluded.last_at > last_uses.last_at OR last_uses.first_day IS NULL
                OR excluded.first_day < last_uses.first_day
            """)
        last.bind(1, writer.context.workspaceID)
        var first: Int32?
        for (position, (key, one)) in sorted.enumerated() {
            // The first and the last day of each pair on the page tell.
            first = first ?? key.day
            if position + 1 < sorted.count, sorted[position + 1].key.isSamePair(as: key) { continue }
            last.bind(2, key.app)
            last.bind(3, key.user)
            last.bind(4, one.last)
            last.bind(5, first.map(Int64.init))
            try last.run()
            first = nil
        }
    }

    private func writeMonths(_ sorted: [(key: Key, value: Use)], _ writer: RunWriter) throws {
        let monthly = try writer.connection.prepare(
            """
            INSERT INTO usage_monthly (workspace_id, app_key, month, sign_ins) VALUES ($1, $2, $3, $4)
            ON CONFLICT (workspace_id, app_key, month) DO UPDATE SET sign_ins = usage_monthly.sign_ins + excluded.sign_ins
            """)
        monthly.bind(1, writer.context.workspaceID)
        var months: [Int64: [Int64: Int64]] = [:]
        for (key, one) in sorted {
            months[key.app, default: [:]][Timestamp(day: key.day).month, default: 0] += one.signIns
        }
        for (app, byMonth) in months.sorted(by: { $0.key < $1.key }) {
            for (month, signIns) in byMonth.sorted(by: { $0.key < $1.key }) {
                monthly.bind(2, app)
                monthly.bind(3, month)
                monthly.bind(4, signIns)
                try monthly.run()
            }
        }
    }

    private static let hourly = """
        INSERT INTO usage_hours (workspace_id, app_key, day, \((0..<24).map { "h\($0)" }.joined(separator: ", ")))
        VALUES ($1, $2, $3, \((4..<28).map { "$\($0)" }.joined(separator: ", ")))
        ON CONFLICT (workspace_id, app_key, day) DO UPDATE SET
            \((0..<24).map { "h\($0) = usage_hours.h\($0) + excluded.h\($0)" }.joined(separator: ", "))
        """

    private func writeHours(_ writer: RunWriter) throws {
        let hourly = try writer.connection.prepare(Self.hourly)
        hourly.bind(1, writer.context.workspaceID)
        for (key, counts) in hours.sorted(by: { $0.key < $1.key }) {
            hourly.bind(2, key.app)
            hourly.bind(3, Int64(key.day))
            for (hour, count) in counts.enumerated() { hourly.bind(hour + 4, count) }
            try hourly.run()
        }
    }
}

extension PageUsage.Use {
    fileprivate mutating func count(_ time: Timestamp) {
        signIns += 1
        last = max(last, time.rawValue)
    }
}

import DatabaseEngine
public import Directory
public import Problems

/// The date a question is asked about, and what Muster is able to know about it.
public struct Moment: Sendable {
    /// Now, or a date in the past.
    public let asOf: AsOf
    /// The time of asking: what "30 days" is counted back from when the question is about now.
    public let now: Timestamp
    /// Whether the System Log could be read and tells of the moment, so that "no sign-ins" means none.
    public let usageKnown: Bool
    /// Since when the System Log tells of sign-ins without a gap; nil when nobody noted it.
    public let usageSince: Timestamp?

    /// Up to when the System Log tells of sign-ins, where it was not read to within a day of the moment.
    public let usageUntil: Timestamp?

    /// For how long after the log was last read "no sign-ins" still means none, in seconds: a week.
    private static let usageLasts: Int64 = 7 * 86_400

    /// A moment; see the properties.
    public init(
        asOf: AsOf = .now, now: Timestamp, usageKnown: Bool = true, usageSince: Timestamp? = nil,
        usageUntil: Timestamp? = nil
    ) {
        let time = asOf.time ?? now
        self.asOf = asOf
        self.now = now
        self.usageSince = usageSince
        self.usageUntil = usageUntil.flatMap { time.seconds - $0.seconds > 86_400 ? $0 : nil }
        let hasBegun = asOf.time == nil || usageSince.map { time > $0 } ?? true
        let goesOn = usageUntil.map { time.seconds - $0.seconds <= Self.usageLasts } ?? true
        self.usageKnown = usageKnown && hasBegun && goesOn
    }

    /// The moment itself.
    public var time: Timestamp {
        asOf.time ?? now
    }

    /// Days since 1970 of the moment.
    public var today: Int64 { Int64(time.day) }

    /// The condition that keeps the days of use, as `usage_daily` has them under a name, that count at the moment.
    ///
    /// Use is added up by day. A day in the past counts whole from its last sign-in on, and not at all before it: at
    /// midnight that is all use before it, within a day what is certain to lie before the moment.
    package func counts(_ alias: String) -> String {
        guard let time = asOf.time else { return "\(alias).day <= \(today)" }
        // At midnight the day alone tells, and an index without the last sign-in is enough.
        if time.rawValue % ListCondition.day == 0 { return "\(alias).day < \(today)" }
        return "\(alias).day <= \(today) AND \(alias).last_at <= \(time.rawValue)"
    }

    /// The expression of a date that Okta keeps current in place, such as that of the last login: NULL where it is later
    /// than the moment, for what it was then is not known.
    package func told(_ expression: String) -> String {
        asOf.time.map { "CASE WHEN \(expression) <= \($0.rawValue) THEN \(expression) END" } ?? expression
    }

    /// The same of a date that was read.
    package func told(_ date: Timestamp?) -> Timestamp? {
        guard let time = asOf.time, let date, date > time else { return date }
        return nil
    }

    /// The three months whose sign-ins lists of apps add up: this one and the two before it, of a date in the past the
    /// three whole ones before it, since sums by month know no days.
    public var signInMonths: ClosedRange<Int64> { asOf == .now ? month - 2...month : month - 3...month - 1 }

    /// The first of a month, counted as `usage_monthly` does.
    public static func begin(ofMonth month: Int64) -> Timestamp? { Timestamp(iso8601: "\(monthName(month))-01") }

    /// Whether the log tells of any day of a month.
    package func tells(ofMonth month: Int64) -> Bool { usageSince.map { Self.month(of: $0) <= month } ?? true }

    /// Since when the sign-ins in lists of apps are counted, where the log begins within their months.
    public var signInsBegin: Timestamp? {
        Self.begin(ofMonth: signInMonths.lowerBound).flatMap { usageBegins(after: $0) }
    }

    /// Since when sign-ins are counted that should be counted since a day, where the log begins later; nil where it
    /// reaches back so far.
    public func usageBegins(after day: Timestamp) -> Timestamp? {
        usageSince.flatMap { $0 > day ? $0 : nil }
    }

    /// The same of the days before the moment, its own included.
    public func usageBegins(within days: Int64) -> Timestamp? {
        usageBegins(after: Timestamp(day: Int32(today - days + 1)))
    }

    /// What has to be said beside any answer about usage; nil where it is whole.
    public var usageNote: String? {
        if !usageKnown { return usageMissing.map { "Sign-ins are not evaluated: \($0)" } }
        let begin = usageBegins(within: 90).map {
            "Sign-ins are known since \($0.date) only: what is counted further back counts from there."
        }
        let end = usageUntil.map { "Sign-ins are known up to \($0.date) only: the System Log was not read since." }
        return begin == nil && end == nil ? nil : [begin, end].compactMap(\.self).joined(separator: " ")
    }

    /// Why the log does not tell of the moment; nil where it could not be read at all.
    public var usageMissing: String? {
        if let usageSince, time <= usageSince {
            return "the System Log that Muster could read begins on \(usageSince.date)."
        }
        return usageUntil.map { "the System Log was read up to \($0.date), and not since." }
    }

    /// The month of the moment, counted as `usage_monthly` does.
    public var month: Int64 { Self.month(of: time) }

    /// `year * 12 + month - 1` of a time.
    public static func month(of time: Timestamp) -> Int64 {
        let parts = time.date.split(separator: "-").compactMap { Int64($0) }
        return parts.count == 3 ? parts[0] * 12 + parts[1] - 1 : 0
    }

    /// `2025-03` for a month counted as `usage_monthly` does.
    public static func monthName(_ month: Int64) -> String {
        let number = month % 12 + 1
        return "\(month / 12)-\(number < 10 ? "0" : "")\(number)"
    }
}

extension Moment {
    /// Refuses a date that has not come yet: nobody knows what will be true then.
    ///
    /// - Throws: `usage.asOf.future`.
    public static func refuseFuture(_ time: Timestamp, as text: String, now: Timestamp) throws(Problem) {
        guard time <= now else {
            throw Problem(
                id: "usage.asOf.future", kind: .usage, title: "“\(text.prefix(40))” has not come yet",
                remedy: "Give a date in the past.")
        }
    }
}

extension Store {
    /// The moment to ask about, with what Muster believed at another time: what the runs that had begun by then learnt.
    /// Without a moment of its own, the question is about the time of the belief.
    public func moment(_ asOf: AsOf, believed: Timestamp, now: Timestamp) async throws(Problem) -> Moment {
        let workspaceID = workspaceID
        let run = try await engine.read { connection in
            try connection.first(
                "SELECT coalesce(max(r.run_id), 0) FROM runs r WHERE r.workspace_id = $1 AND r.started_at <= $2",
                [.integer(workspaceID), .integer(believed.rawValue)], { $0.integer(0) })
        }
        return try await moment(.believed(asOf.time ?? believed, throughRun: run ?? 0), now: now)
    }

    /// The moment to ask about, with whether usage can be judged at all, and since when.
    public func moment(_ asOf: AsOf, now: Timestamp) async throws(Problem) -> Moment {
        let workspaceID = workspaceID
        let time = (asOf.time ?? now).rawValue
        return try await engine.read { connection in
            let known = try connection.first(
                """
                SELECT 1 WHERE EXISTS (SELECT 1 FROM usage_daily d WHERE d.workspace_id = $1)
                    OR EXISTS (SELECT 1 FROM coverage c
                        WHERE c.workspace_id = $1 AND c.resource = 'logs' AND c.state = 'readable')
                """, [.integer(workspaceID)], { _ in true })
            // Of several tenants the log that begins first, and behind the last gap of any.
            let since = try connection.first(
                "SELECT min(i.log_since) FROM integrations i WHERE i.workspace_id = $1", [.integer(workspaceID)],
                { $0.optionalInteger(0) })
            let gap = try connection.first(
                "SELECT max(g.gap_to) FROM log_gaps g WHERE g.workspace_id = $1 AND g.gap_to < $2",
                [.integer(workspaceID), .integer(time)], { $0.optionalInteger(0) })
            let begin = (since ?? nil).map { max($0, (gap ?? nil) ?? $0) }
            // Within a gap of any, and behind what was read of all, nobody knows.
            let end = try connection.first(
                """
                SELECT coalesce(
                    (SELECT min(g.gap_from) FROM log_gaps g
                        WHERE g.workspace_id = $1 AND g.gap_from < $2 AND g.gap_to >= $2),
                    (SELECT max(i.log_read_to) FROM integrations i WHERE i.workspace_id = $1))
                """, [.integer(workspaceID), .integer(time)], { $0.optionalInteger(0) })
            return Moment(
                asOf: asOf, now: now, usageKnown: known ?? false,
                usageSince: begin.map(Timestamp.init(rawValue:)),
                usageUntil: (end ?? nil).map(Timestamp.init(rawValue:)))
        }
    }
}

import DatabaseEngine
public import Directory
public import Problems

/// The date a question is asked about, and what Muster is able to know about it.
public struct Moment: Sendable {
    /// Now, or a date in the past.
    public let asOf: AsOf
    /// The time of asking: what "30 days" is counted back from when the question is about now.
    public let now: Timestamp
    /// Whether the System Log could be read, so that "no sign-ins" means none.
    public let usageKnown: Bool

    /// A moment; see the properties.
    public init(asOf: AsOf = .now, now: Timestamp, usageKnown: Bool = true) {
        self.asOf = asOf
        self.now = now
        self.usageKnown = usageKnown
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
    func counts(_ alias: String) -> String {
        guard let time = asOf.time else { return "\(alias).day <= \(today)" }
        return "\(alias).day <= \(today) AND \(alias).last_at <= \(time.rawValue)"
    }

    /// The expression of a date that Okta keeps current in place, such as that of the last login: NULL where it is later
    /// than the moment, for what it was then is not known.
    func told(_ expression: String) -> String {
        asOf.time.map { "CASE WHEN \(expression) <= \($0.rawValue) THEN \(expression) END" } ?? expression
    }

    /// The same of a date that was read.
    func told(_ date: Timestamp?) -> Timestamp? {
        guard let time = asOf.time, let date, date > time else { return date }
        return nil
    }

    /// The three months whose sign-ins lists of apps add up: this one and the two before it, of a date in the past the
    /// three whole ones before it, since sums by month know no days.
    public var signInMonths: ClosedRange<Int64> { asOf == .now ? month - 2...month : month - 3...month - 1 }

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

    /// The moment to ask about, with whether usage can be judged at all.
    public func moment(_ asOf: AsOf, now: Timestamp) async throws(Problem) -> Moment {
        let workspaceID = workspaceID
        let known = try await engine.read { connection in
            try connection.first(
                """
                SELECT 1 WHERE EXISTS (SELECT 1 FROM usage_daily d WHERE d.workspace_id = $1)
                    OR EXISTS (SELECT 1 FROM coverage c
                        WHERE c.workspace_id = $1 AND c.resource = 'logs' AND c.state = 'readable')
                """, [.integer(workspaceID)], { _ in true })
        }
        return Moment(asOf: asOf, now: now, usageKnown: known ?? false)
    }
}

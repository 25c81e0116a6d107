import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// What is known of the time after somebody left: what they did, and whether apps took their accounts away.
public struct LeaverDeeds: Sendable {
    /// One thing that happened.
    public struct Deed: Sendable, Equatable {
        /// When; of sign-ons to an app, the last of a day.
        public let at: Timestamp
        /// What, in words or as Okta names it.
        public let what: String
        /// To what.
        public let subject: String?
        /// `SUCCESS`, `FAILURE`, …; nil for sign-ons, which are counted only when they succeed.
        public let result: String?
        /// How many of it.
        public let count: Int
    }

    /// What they did after they should have, newest first; at most two hundred.
    public var own: [Deed] = []
    /// Accounts that Okta ended in apps, or failed to, newest first.
    public var provisioning: [Deed] = []

    /// How many accounts Okta failed to end.
    public var failures: Int { provisioning.count { $0.result == "FAILURE" } }
}

extension Store {
    /// What happened after somebody left.
    public func leaverDeeds(_ facts: LeaverFacts, _ moment: Moment) async throws(Problem) -> LeaverDeeds {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try LeaverDeeds(connection, workspaceID, facts, moment)
        }
    }
}

extension LeaverDeeds {
    private static let most = 200

    init(_ connection: Connection, _ workspaceID: Int64, _ facts: LeaverFacts, _ moment: Moment) throws {
        let end = facts.end.mayActUntil.rawValue
        let person: [Value] = [.integer(workspaceID), .integer(facts.person.key)]
        let until = " AND e.published_at <= \(moment.time.rawValue)"
        own = try connection.query(
            """
            SELECT e.published_at, e.event_type, e.summary, e.result
            FROM log_events e\(ReadHint.index("log_events_by_actor").sql)
            WHERE e.workspace_id = $1 AND e.actor_key = $2 AND e.actor_key IS NOT NULL AND e.result = 'SUCCESS'
                AND e.published_at > \(end)\(until) ORDER BY e.published_at DESC LIMIT \(Self.most)
            """, person, Self.deed)
        if let login = facts.person.lastLogin, login.rawValue > end {
            own.append(Deed(at: login, what: "Signed in to Okta", subject: nil, result: nil, count: 1))
        }
        // One step into the rollup for each app that anybody uses.
        try connection.each(
            """
            SELECT d.app_key, d.last_at, d.sign_ins,
                (SELECT p.label FROM apps p WHERE p.workspace_id = $1 AND p.app_key = d.app_key
                    ORDER BY p.valid_from DESC LIMIT 1)
            FROM (SELECT DISTINCT s.app_key FROM usage_monthly s WHERE s.workspace_id = $1) k CROSS JOIN usage_daily d
            WHERE d.workspace_id = $1 AND d.app_key = k.app_key AND d.user_key = $2
                AND d.day >= \(facts.end.mayActUntil.day) AND d.last_at > \(end) AND \(moment.counts("d"))
            ORDER BY d.last_at DESC LIMIT \(Self.most)
            """, person
        ) { row in
            own.append(
                Deed(
                    at: Timestamp(rawValue: row.integer(1)), what: "Signed on to an app", subject: row.optionalText(3),
                    result: nil, count: Int(row.integer(2))))
            return true
        }
        own.sort { $0.at > $1.at }
        provisioning = try Self.provisioning(connection, workspaceID, facts, moment)
    }

    /// What Okta wrote of ending the person's accounts in each of their apps.
    private static func provisioning(
        _ connection: Connection, _ workspaceID: Int64, _ facts: LeaverFacts, _ moment: Moment
    ) throws -> [Deed] {
        let since = facts.end.at.rawValue - LeaverRules.lead
        let find = try connection.prepare(
            """
            SELECT e.published_at, e.event_type, e.summary, e.result
            FROM log_events e\(ReadHint.index("log_events_by_app").sql)
            WHERE e.workspace_id = $1 AND e.app_key = $2 AND e.user_key = $3 AND e.app_key IS NOT NULL
                AND e.published_at > \(since) AND e.published_at <= \(moment.time.rawValue)
                AND e.event_type IN ('application.provision.user.deactivate', 'application.user_membership.deprovision')
            ORDER BY e.published_at DESC
            """)
        var found: [Deed] = []
        for app in facts.apps {
            find.bind([.integer(workspaceID), .integer(app.key), .integer(facts.person.key)])
            try find.each { row in
                found.append(Self.deed(row))
                return true
            }
        }
        return found.sorted { $0.at > $1.at }
    }

    private static func deed(_ row: Row) -> Deed {
        Deed(
            at: Timestamp(rawValue: row.integer(0)), what: row.text(1), subject: row.optionalText(2),
            result: row.optionalText(3), count: 1)
    }
}

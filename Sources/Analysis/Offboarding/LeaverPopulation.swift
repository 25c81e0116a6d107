package import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// Everybody who has left, as of a moment, each in a few numbers: what a list of thousands is made of.
public struct LeaverPopulation: Sendable {
    /// The leavers, those who left last first.
    public let leavers: [Leaver]
    /// When the last sync that saw everything began: what a person closed before it and it saw again is open again.
    public let seenAt: Timestamp?
}

/// One leaver in a few numbers.
public struct Leaver: Sendable {
    /// Who.
    public let person: LeaverPerson
    /// When they left.
    public let end: LeaverEnd
    /// How many apps they had when they left; nil where nobody knows.
    public let appsThen: Int?
    /// How many apps they still have; nil where nobody knows.
    public let appsNow: Int?
    /// How many of those apps somebody has to remove by hand; nil where nobody knows what they had.
    public let manualItems: Int?
    /// How many groups they are still in; nil where nobody knows.
    public let groups: Int?
    /// How many admin roles they still have; nil where nobody knows.
    public let roles: Int?
    /// How many API tokens of theirs still live; nil where nobody knows.
    public let tokens: Int?
    /// How many people have them as manager.
    public let reports: Int
    /// How many contracts they own.
    public let owned: Int
    /// When the last of their apps, roles and tokens was seen to end.
    public let lastRemovalAt: Timestamp?
    /// The last thing they did after they should have.
    public let activityAfter: Timestamp?
    /// What is left to do, unless a person has closed it.
    public let unsettled: [LeaverItem.Key]

    /// Whether they still hold apps, roles or tokens.
    public var hasAccess: Bool { (appsNow ?? 0) + (roles ?? 0) + (tokens ?? 0) > 0 }

    /// Whether somebody still holds apps, roles or tokens, as far as anybody could read.
    public static func holdsAccess(_ facts: LeaverFacts) -> Bool {
        facts.isPresentKnown && facts.apps.contains(where: \.isPresent)
            || facts.roles?.contains(where: \.isPresent) ?? false || facts.tokens?.contains(where: \.isPresent) ?? false
    }

    /// Hours from the deactivation to the last removal; nil where there was none.
    public var hoursToLastRemoval: Int64? {
        guard let lastRemovalAt else { return nil }
        return max(0, (lastRemovalAt.seconds - end.at.seconds + 1800) / 3600)
    }

    /// Whether the last removal came, or is still to come, later than so many hours after the end.
    public func isPast(sla hours: Int, at time: Timestamp) -> Bool {
        let deadline = end.at.seconds + Int64(hours) * 3600
        if hasAccess { return time.seconds > deadline }
        return lastRemovalAt.map { $0.seconds > deadline } ?? false
    }

    init(_ facts: LeaverFacts) {
        person = facts.person
        end = facts.end
        let then = facts.apps.filter(\.hadThen)
        let present = facts.apps.filter(\.isPresent)
        appsThen = facts.isPastKnown ? then.count : nil
        appsNow = facts.isPresentKnown ? present.count : nil
        manualItems = facts.isPastKnown ? facts.apps.count { $0.way == .manual } : nil
        groups = facts.groups?.count(where: \.isPresent)
        roles = facts.roles?.count(where: \.isPresent)
        tokens = facts.tokens?.count(where: \.isPresent)
        reports = facts.reports.count
        owned = facts.owned.count
        lastRemovalAt = facts.lastRemovalAt
        activityAfter = facts.activityAfter
        unsettled = facts.items.filter { !$0.isSettledByItself }.map(\.key)
    }
}

extension LeaverFacts {
    /// When the last of their apps, roles and tokens was seen to end; nil where none was.
    public var lastRemovalAt: Timestamp? {
        let ends =
            apps.compactMap(\.endedAt) + (roles ?? []).compactMap(\.endedAt) + (tokens ?? []).compactMap(\.endedAt)
        return ends.max()
    }
}

extension Store {
    /// Everybody who has left by a moment: deactivated, gone from Okta's list, or let go by the roster.
    public func leavers(_ moment: Moment) async throws(Problem) -> LeaverPopulation {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try LeaverPopulation.read(connection, workspaceID, moment)
        }
    }

    /// One person's case; nil for somebody who has not left, unless a case was opened by hand.
    ///
    /// - Throws: `offboarding.person.unknown`.
    public func leaver(
        _ name: String, _ moment: Moment, opened: Timestamp? = nil
    ) async throws(Problem) -> LeaverFacts? {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            let key =
                try Objects.key(connection, workspaceID, oktaID: name)
                ?? UserQueries.key(connection, workspaceID, name, moment.asOf)
            guard let key else {
                throw Problem(
                    id: "offboarding.person.unknown", kind: .notFound,
                    title: "There is no person “\(name.prefix(100))” here",
                    explanation: "Nobody has this Okta id, login or e-mail address.",
                    remedy: "Look for them in the list of people.")
            }
            return try LeaverReader(connection, workspaceID, moment).facts(of: key, opened: opened)
        }
    }
}

extension LeaverPopulation {
    static func read(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> LeaverPopulation {
        let keys = try keys(connection, workspaceID, moment)
        let reader = try LeaverReader(connection, workspaceID, moment)
        var leavers: [Leaver] = []
        leavers.reserveCapacity(keys.count)
        var start = keys.startIndex
        while start < keys.endIndex {
            let some = keys[start..<min(start + LeaverReader.together, keys.endIndex)]
            try reader.expect(some)
            for key in some {
                if let facts = try reader.facts(of: key) { leavers.append(Leaver(facts)) }
            }
            start = some.endIndex
        }
        leavers.sort { ($0.end.at, $0.person.key) > ($1.end.at, $1.person.key) }
        return LeaverPopulation(leavers: leavers, seenAt: try lastSync(connection, workspaceID, moment))
    }

    /// When the last sync that read every list began.
    package static func lastSync(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> Timestamp?
    {
        let until = moment.asOf.time.map { " AND r.started_at <= \($0.rawValue)" } ?? ""
        return try connection.first(
            """
            SELECT max(r.started_at) FROM runs r WHERE r.workspace_id = $1 AND r.kind <> 'tail'
                AND r.status IN ('complete', 'partial', 'held')\(until)
            """, [.integer(workspaceID)], { $0.time(0) }) ?? nil
    }

    /// The keys of everybody who may have left, in order.
    private static func keys(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> [Int64] {
        let workspace: [Value] = [.integer(workspaceID)]
        let asOf = moment.asOf
        var keys: Set<Int64> = []
        func add(_ sql: String) throws {
            try connection.each(sql, workspace) { row in
                keys.insert(row.integer(0))
                return true
            }
        }
        let hint = asOf == .now ? ReadHint.index("users_by_status").sql : ReadHint.whole.sql
        try add(
            """
            SELECT u.user_key FROM users u\(hint) WHERE u.workspace_id = $1 AND u.status = 'DEPROVISIONED'
                AND \(asOf.holds("u"))
            """)
        try add(
            """
            SELECT DISTINCT u.user_key FROM users u\(ReadHint.index("users_listed_past").sql)
            WHERE u.workspace_id = $1 AND u.valid_to IS NOT NULL AND \(asOf.ended("u")) AND NOT EXISTS (
                SELECT 1 FROM users o WHERE o.workspace_id = u.workspace_id AND o.user_key = u.user_key
                    AND \(asOf.holds("o")))
            """)
        let match = RosterMatch(try RosterQueries.all(connection, workspaceID, moment), by: moment.time)
        for one in try match.people(connection, workspaceID, moment)
        where match.entries[one.position].hasLeft(by: moment.time) { keys.insert(one.key) }
        return keys.sorted()
    }
}

enum RosterQueries {
    /// The whole roster, as it was imported by the moment.
    static func all(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> [RosterEntry] {
        try connection.query(
            """
            SELECT \(RosterEntry.columns) FROM roster_people p
            WHERE p.workspace_id = $1 AND \(RosterReader.holds("p", moment)) ORDER BY p.person_id
            """, [.integer(workspaceID)], { RosterEntry($0) })
    }

    /// Everybody whose last day lies ahead, within so many days.
    static func leaving(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment, days: Int64
    ) throws -> [RosterEntry] {
        try connection.query(
            """
            SELECT \(RosterEntry.columns) FROM roster_people p
            WHERE p.workspace_id = $1 AND \(RosterReader.holds("p", moment)) AND p.standing <> 'leave'
                AND p.ends_on >= \(moment.today) AND p.ends_on <= \(moment.today + days)
            ORDER BY p.ends_on, p.person_id
            """, [.integer(workspaceID)], { RosterEntry($0) })
    }
}

extension Leaver {
    /// The numbers of one case.
    package init(summing facts: LeaverFacts) { self.init(facts) }
}

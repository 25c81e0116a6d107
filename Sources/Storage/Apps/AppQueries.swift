import DatabaseEngine
public import Directory
public import Problems

/// One app with everything a page or `show app` tells besides its people.
public struct AppDetail: Sendable {
    /// The key in the store.
    public let key: Int64
    /// The app as Okta has it at the moment.
    public let app: App
    /// How many people have it; nil when that could not be read.
    public let users: Int?
    /// How many of them got it directly.
    public let direct: Int?
    /// How many of them got it by a path that nobody knows.
    public let unknownPath: Int?
    /// The groups that give it; nil when that could not be read.
    public let groups: [GivingGroup]?
    /// How many people signed in to it in the 30 days before the moment; nil when the System Log could not be read.
    public let active30: Int?
    /// How many people signed in to it in the 90 days before the moment; nil when the System Log could not be read.
    public let active90: Int?
    /// Sign-ins by month, oldest first: the last twelve.
    public let months: [MonthCount]
    /// What could not be read of all this, and why.
    public let unread: [Unread]
}

/// A group that gives an app to its members.
public struct GivingGroup: Sendable {
    /// Okta's id.
    public let id: String
    /// Its name.
    public let name: String
    /// `OKTA_GROUP`, `APP_GROUP` or `BUILT_IN`.
    public let type: String
    /// Lower wins.
    public let priority: Int?
    /// How many people are in it; nil when that could not be read.
    public let members: Int?
    /// Since when Muster knows of it.
    public let since: Timestamp
    /// How Muster knows.
    public let evidence: Evidence
}

/// What is known of an app without counting anybody.
public struct AppGlance: Sendable {
    /// The key in the store.
    public let key: Int64
    /// Whether everybody may use it and nobody is listed: Federation Broker Mode.
    public let isForAll: Bool
    /// How many people had it when they were counted last, whatever the moment; nil when nobody counted.
    public let users: Int?
}

extension Store {
    /// A glance at the app with this Okta id, label or name at a moment; nil where there is none.
    public func glance(atApp name: String, _ moment: Moment) async throws(Problem) -> AppGlance? {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            guard let key = try AppQueries.key(connection, workspaceID, name, moment.asOf) else { return nil }
            return try connection.first(
                """
                SELECT p.implicit_assignment, (SELECT max(c.users_count) FROM apps c
                    WHERE c.workspace_id = p.workspace_id AND c.app_key = p.app_key)
                FROM apps p WHERE p.workspace_id = $1 AND p.app_key = $2 AND \(moment.asOf.holds("p"))
                """, [.integer(workspaceID), .integer(key)]
            ) { AppGlance(key: key, isForAll: $0.flag(0), users: $0.optionalInteger(1).map(Int.init)) }
        }
    }

    /// The app with this Okta id, label or name at a moment.
    ///
    /// - Throws: `app.unknown`.
    public func app(_ name: String, _ moment: Moment) async throws(Problem) -> AppDetail {
        let workspaceID = workspaceID
        let (found, beginning) = try await engine.read { connection -> (AppDetail?, HistoryBeginning?) in
            guard let key = try AppQueries.key(connection, workspaceID, name, moment.asOf) else { return (nil, nil) }
            if let found = try AppQueries.detail(connection, workspaceID, key, moment) { return (found, nil) }
            return (
                nil, try HistoryBeginning.unsure(connection, workspaceID, "apps", "app_key", key, moment.asOf)
            )
        }
        guard let found else { throw AppQueries.unknown(name, beginning) }
        return found
    }
}

enum AppQueries {
    static func unknown(_ name: String, _ beginning: HistoryBeginning? = nil) -> Problem {
        Problem(
            id: "app.unknown", kind: .notFound, title: "There is no app “\(name.prefix(100))” here",
            explanation: beginning?.explanation("app") ?? "No app has this Okta id or label at that date.",
            remedy: "Search for part of the name, or choose another date.")
    }

    static func key(_ connection: Connection, _ workspaceID: Int64, _ name: String, _ asOf: AsOf) throws -> Int64? {
        if let key = try Objects.key(connection, workspaceID, oktaID: name) { return key }
        for column in ["label", "name"] {
            let key = try connection.first(
                """
                SELECT p.app_key FROM apps p WHERE p.workspace_id = $1 AND \(asOf.holds("p")) AND p.\(column) = $2
                ORDER BY p.app_key LIMIT 1
                """, [.integer(workspaceID), .text(name)], { $0.integer(0) })
            if let key { return key }
        }
        return nil
    }

    static func detail(
        _ connection: Connection, _ workspaceID: Int64, _ key: Int64, _ moment: Moment
    ) throws -> AppDetail? {
        let subject: [Value] = [.integer(workspaceID), .integer(key)]
        let row = try connection.first(
            """
            SELECT p.okta_id, p.name, p.label, p.status, p.sign_on_mode, p.created_at, p.last_updated_at, p.features,
                p.implicit_assignment, p.hidden, p.users_count, p.groups_count, p.valid_to,
                \(moment.asOf.has("app_groups", "p")), p.integration_id
            FROM apps p WHERE p.workspace_id = $1 AND p.app_key = $2 AND \(moment.asOf.holds("p"))
            """, subject
        ) { row in
            (
                app(from: row, moment), row.isNull(10) && row.isNull(12),
                (row.isNull(11) && row.isNull(12)) || !row.flag(13), row.integer(14)
            )
        }
        guard let (app, usersUnknown, groupsUnknown, integrationID) = row else { return nil }
        let uses = moment.usageKnown ? try uses(connection, subject, moment) : Uses()
        var people = usersUnknown ? nil : try people(connection, subject, uses.last, moment)
        // An app that everybody may use is assigned to nobody, and used by whoever signs in.
        if app.implicitAssignment { people = People(using: uses.last, moment) }
        let isUsageKnown = moment.usageKnown && people != nil
        return AppDetail(
            key: key, app: app, users: people?.all, direct: people?.direct, unknownPath: people?.unknownPath,
            groups: groupsUnknown ? nil : try groups(connection, subject, moment),
            active30: isUsageKnown ? people?.thirty : nil, active90: isUsageKnown ? people?.ninety : nil,
            months: try months(connection, workspaceID, subject, thisMonth: uses.thisMonth, moment),
            unread: try UnreadQueries.find(
                connection, workspaceID, [.assignments, .appGroups, .logs], moment.asOf, integrationID))
    }

    private static func app(from row: Row, _ moment: Moment) -> App {
        var app = App(id: row.text(0), name: row.text(1), label: row.text(2), status: row.text(3))
        app.signOnMode = row.optionalText(4)
        app.created = row.time(5)
        app.lastUpdated = moment.told(row.time(6))
        app.features = row.text(7).split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        app.implicitAssignment = row.flag(8)
        app.hidden = row.flag(9)
        return app
    }

    private struct People {
        var all = 0
        var direct = 0
        var unknownPath = 0
        var thirty = 0
        var ninety = 0

        init() {}

        /// Whoever used an app.
        init(using uses: [(user: Int64, day: Int64)], _ moment: Moment) {
            ninety = uses.count
            thirty = uses.count { $0.day > moment.today - 30 }
        }
    }

    /// Who has the app and who of them used it: the two lists side by side, both in order of people. A step into the
    /// index of use for each of 100,000 people would take several times as long.
    private static func people(
        _ connection: Connection, _ subject: [Value], _ uses: [(user: Int64, day: Int64)], _ moment: Moment
    ) throws -> People {
        var people = People()
        var next = uses.startIndex
        try connection.each(
            """
            SELECT a.user_key, a.scope FROM assignments a
            WHERE a.workspace_id = $1 AND a.app_key = $2 AND \(moment.asOf.holds("a")) ORDER BY a.user_key
            """, subject
        ) { row in
            let user = row.integer(0)
            people.all += 1
            if row.integer(1) == 1 { people.direct += 1 }
            if row.integer(1) == 0 { people.unknownPath += 1 }
            while next < uses.endIndex, uses[next].user < user { next += 1 }
            if next < uses.endIndex, uses[next].user == user {
                people.ninety += 1
                if uses[next].day > moment.today - 30 { people.thirty += 1 }
            }
            return true
        }
        return people
    }

    private struct Uses {
        /// The last day of use of each person within the 90 days before the moment, in order of people.
        var last: [(user: Int64, day: Int64)] = []
        /// Sign-ins from the first of the month to a moment in the past; nil of now, where the month is not cut.
        var thisMonth: Int?
    }

    private static func uses(_ connection: Connection, _ subject: [Value], _ moment: Moment) throws -> Uses {
        let firstOfMonth = Moment.begin(ofMonth: moment.month).map { Int64($0.day) } ?? .max
        let sql =
            moment.asOf == .now
            ? """
            SELECT l.user_key, l.last_at / \(ListCondition.day), 0 FROM last_uses l WHERE l.workspace_id = $1
                AND l.app_key = $2 AND l.last_at >= \((moment.today - 89) * ListCondition.day) ORDER BY l.user_key
            """
            : """
            SELECT d.user_key, max(d.day),
                CAST(sum(CASE WHEN d.day >= \(firstOfMonth) THEN d.sign_ins ELSE 0 END) AS BIGINT)
            FROM usage_daily d WHERE d.workspace_id = $1 AND d.app_key = $2 AND d.day > \(moment.today - 90)
                AND \(moment.counts("d"))
            GROUP BY d.user_key ORDER BY d.user_key
            """
        var uses = Uses()
        var thisMonth: Int64 = 0
        try connection.each(sql, subject) { row in
            uses.last.append((row.integer(0), row.integer(1)))
            thisMonth += row.integer(2)
            return true
        }
        if moment.asOf != .now { uses.thisMonth = Int(thisMonth) }
        return uses
    }

    private static func groups(
        _ connection: Connection, _ subject: [Value], _ moment: Moment
    ) throws -> [GivingGroup] {
        try connection.query(
            """
            SELECT g.okta_id, g.name, g.type, x.priority, \(ListDefinition.members(moment)), x.valid_from, x.from_how
            FROM app_groups x CROSS JOIN user_groups g
            WHERE x.workspace_id = $1 AND x.app_key = $2 AND \(moment.asOf.holds("x"))
                AND g.workspace_id = $1 AND g.group_key = x.group_key AND \(moment.asOf.holds("g"))
            ORDER BY coalesce(x.priority, 1000000), g.name, g.group_key
            """, subject
        ) { row in
            GivingGroup(
                id: row.text(0), name: row.text(1), type: row.text(2),
                priority: row.optionalInteger(3).map(Int.init), members: row.optionalInteger(4).map(Int.init),
                since: Timestamp(rawValue: row.integer(5)),
                evidence: Evidence(rawValue: row.integer(6)) ?? .firstSight)
        }
    }

    private static func months(
        _ connection: Connection, _ workspaceID: Int64, _ subject: [Value], thisMonth: Int?, _ moment: Moment
    ) throws -> [MonthCount] {
        var months = try MonthSeries(connection, workspaceID, endingAt: moment)
        if let thisMonth { months.add(thisMonth, month: moment.month) }
        let last = thisMonth == nil ? moment.month : moment.month - 1
        try connection.each(
            """
            SELECT s.month, s.sign_ins FROM usage_monthly s WHERE s.workspace_id = $1 AND s.app_key = $2
                AND s.month > \(moment.month - 12) AND s.month <= \(last)
            """, subject
        ) { row in
            months.add(Int(row.integer(1)), month: row.integer(0))
            return true
        }
        return months.counts
    }
}

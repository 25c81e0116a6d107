package import DatabaseEngine
package import Directory
public import Problems

extension Store {
    /// The person with this Okta id, login or e-mail address at a moment.
    ///
    /// - Throws: `user.unknown`.
    public func user(_ name: String, _ moment: Moment) async throws(Problem) -> UserDetail {
        let workspaceID = workspaceID
        let (found, beginning) = try await engine.read { connection -> (UserDetail?, HistoryBeginning?) in
            guard let key = try UserQueries.key(connection, workspaceID, name, moment.asOf) else { return (nil, nil) }
            if let found = try UserQueries.detail(connection, workspaceID, key, moment) { return (found, nil) }
            return (
                nil, try HistoryBeginning.unsure(connection, workspaceID, "users", "user_key", key, moment.asOf)
            )
        }
        guard let found else { throw UserQueries.unknown(name, beginning) }
        return found
    }
}

package enum UserQueries {
    static func unknown(_ name: String, _ beginning: HistoryBeginning? = nil) -> Problem {
        Problem(
            id: "user.unknown", kind: .notFound, title: "There is no person “\(name.prefix(100))” here",
            explanation: beginning?.explanation("person")
                ?? "Nobody has this Okta id, login or e-mail address at that date.",
            remedy: "Search for part of the name, or choose another date.")
    }

    package static func key(_ connection: Connection, _ workspaceID: Int64, _ name: String, _ asOf: AsOf) throws
        -> Int64?
    {
        if let key = try Objects.key(connection, workspaceID, oktaID: name) { return key }
        // Logins have an index; e-mail addresses, which seldom differ from them, are looked for in all rows.
        for part in asOf.personParts("u") {
            let key = try connection.first(
                """
                SELECT u.user_key FROM users u\(ReadHint.index(part.index).sql) WHERE u.workspace_id = $1
                    AND \(part.condition) AND lower(u.login) = lower($2) AND u.login = $2 ORDER BY u.user_key LIMIT 1
                """, [.integer(workspaceID), .text(name)], { $0.integer(0) })
            if let key { return key }
        }
        return try connection.first(
            """
            SELECT u.user_key FROM users u\(ReadHint.whole.sql) WHERE u.workspace_id = $1 AND u.email = $2
                AND \(asOf.holdsPerson("u")) ORDER BY u.user_key LIMIT 1
            """, [.integer(workspaceID), .text(name)], { $0.integer(0) })
    }

    static func detail(
        _ connection: Connection, _ workspaceID: Int64, _ key: Int64, _ moment: Moment
    ) throws -> UserDetail? {
        let subject: [Value] = [.integer(workspaceID), .integer(key)]
        let row = try connection.first(
            """
            SELECT u.okta_id, \(moment.asOf.personStatus("u")), u.login, u.email, u.first_name, u.last_name,
                u.display_name, u.department, u.title, u.manager, u.manager_id, u.employee_number, u.user_type, u.organization, u.division,
                u.cost_center, u.provider, u.type_id, p.profile, u.created_at, u.activated_at, u.status_changed_at,
                u.password_changed_at, u.last_login_at, u.last_updated_at, u.integration_id,
                \(moment.asOf.has("memberships", "u"))
            FROM users u
            LEFT JOIN user_profiles p
                ON p.workspace_id = u.workspace_id AND p.user_key = u.user_key AND p.valid_from = u.valid_from
            WHERE u.workspace_id = $1 AND u.user_key = $2 AND \(moment.asOf.holdsPerson("u"))
            """, subject, { (user(from: $0, moment), $0.integer(25), $0.flag(26)) })
        guard let (user, integrationID, groupsKnown) = row else { return nil }
        let usage = try usage(connection, workspaceID, subject, moment)
        let unread = try UnreadQueries.find(
            connection, workspaceID, [.memberships, .assignments, .roles, .factors, .logs], moment.asOf, integrationID)
        let roles = try RoleQueries.held(connection, workspaceID, byPerson: key, moment.asOf)
        let areRolesUnknown = roles.isEmpty && (unread.hides(.roles) || unread.hides(.memberships))
        let factors = try FactorQueries.enrolled(connection, subject, moment.asOf, integrationID)
        return UserDetail(
            key: key, integrationID: integrationID, user: user,
            appCount: try count(connection, "assignments", subject, moment.asOf, unread.hides(.assignments)),
            groupCount: groupsKnown
                ? try count(connection, "memberships", subject, moment.asOf, unread.hides(.memberships)) : nil,
            lastSignIn: usage.last,
            signIns30: moment.usageKnown ? usage.thirty : nil, signIns90: moment.usageKnown ? usage.ninety : nil,
            months: usage.months,
            roles: areRolesUnknown ? nil : roles,
            factors: factors.factors, factorsReadAt: factors.readAt, factorsReadSince: factors.since,
            history: try history(connection, subject, moment.asOf), unread: unread)
    }

    private static func user(from row: Row, _ moment: Moment) -> User {
        var attributes = UserAttributes()
        attributes.login = row.optionalText(2)
        attributes.email = row.optionalText(3)
        attributes.firstName = row.optionalText(4)
        attributes.lastName = row.optionalText(5)
        attributes.displayName = row.optionalText(6)
        attributes.department = row.optionalText(7)
        attributes.title = row.optionalText(8)
        attributes.manager = row.optionalText(9)
        attributes.managerID = row.optionalText(10)
        attributes.employeeNumber = row.optionalText(11)
        attributes.userType = row.optionalText(12)
        attributes.organization = row.optionalText(13)
        attributes.division = row.optionalText(14)
        attributes.costCenter = row.optionalText(15)
        var user = User(
            id: row.text(0), status: UserStatus(rawValue: row.text(1)), attributes: attributes, profile: row.text(18))
        user.credentialProvider = row.optionalText(16)
        user.typeID = row.optionalText(17)
        user.created = row.time(19)
        user.activated = moment.told(row.time(20))
        user.statusChanged = moment.told(row.time(21))
        user.passwordChanged = moment.told(row.time(22))
        user.lastLogin = moment.told(row.time(23))
        user.lastUpdated = moment.told(row.time(24))
        return user
    }

    /// How many there are; nil where there is none and nobody could read them.
    private static func count(
        _ connection: Connection, _ table: String, _ subject: [Value], _ asOf: AsOf, _ isUnread: Bool
    ) throws -> Int? {
        let count =
            try connection.first(
                """
                SELECT count(*) FROM \(table) x WHERE x.workspace_id = $1 AND x.user_key = $2 AND \(asOf.holds("x"))
                """, subject, { Int($0.integer(0)) }) ?? 0
        return count == 0 && isUnread ? nil : count
    }

    /// One person's days of use, some hundreds of rows a quarter: one step into the rollup for each app that anybody uses.
    private static func usage(
        _ connection: Connection, _ workspaceID: Int64, _ subject: [Value], _ moment: Moment
    ) throws -> (last: Timestamp?, thirty: Int, ninety: Int, months: [MonthCount]) {
        var months = try MonthSeries(connection, workspaceID, endingAt: moment)
        var last: Int64?
        var thirty = 0
        var ninety = 0
        try connection.each(
            """
            SELECT d.day, d.sign_ins, d.last_at
            FROM (SELECT DISTINCT s.app_key FROM usage_monthly s WHERE s.workspace_id = $1) k CROSS JOIN usage_daily d
            WHERE d.workspace_id = $1 AND d.app_key = k.app_key AND d.user_key = $2
                AND d.day > \(moment.today - 366) AND \(moment.counts("d"))
            """, subject
        ) { row in
            let day = row.integer(0)
            let signIns = Int(row.integer(1))
            if day > moment.today - 30 { thirty += signIns }
            if day > moment.today - 90 { ninety += signIns }
            last = max(last ?? 0, row.integer(2))
            months.add(signIns, month: Moment.month(of: Timestamp(day: Int32(day))))
            return true
        }
        return (last.map(Timestamp.init(rawValue:)), thirty, ninety, months.counts)
    }

    private static func history(
        _ connection: Connection, _ subject: [Value], _ asOf: AsOf
    ) throws -> [UserInterval] {
        try connection.query(
            """
            SELECT u.valid_from, \(asOf.endUntil("u")), u.from_how, u.status, u.department, u.title, u.manager
            FROM users u WHERE u.workspace_id = $1 AND u.user_key = $2 AND \(asOf.began("u"))
            ORDER BY u.valid_from DESC LIMIT 100
            """, subject
        ) { row in
            UserInterval(
                from: Timestamp(rawValue: row.integer(0)), to: row.time(1),
                evidence: Evidence(rawValue: row.integer(2)) ?? .firstSight, status: row.text(3),
                department: row.optionalText(4), title: row.optionalText(5), manager: row.optionalText(6))
        }
    }
}

extension Row {
    /// A moment, or nil when NULL.
    package func time(_ column: Int) -> Timestamp? { optionalInteger(column).map(Timestamp.init(rawValue:)) }
}

/// Twelve months of counts, ending at one month. Months without any are zero, or nil before the log begins.
struct MonthSeries {
    private let end: Int64
    private let first: Int64
    private var values = [Int](repeating: 0, count: 12)

    /// The series of one workspace up to a moment: where nobody noted when its log begins, it does with the first month
    /// any app was used in.
    init(_ connection: Connection, _ workspaceID: Int64, endingAt moment: Moment) throws {
        let end = moment.month
        self.end = end
        if let since = moment.usageSince {
            first = Moment.month(of: since)
            return
        }
        first =
            try connection.first(
                """
                SELECT min(s.month) FROM apps p CROSS JOIN usage_monthly s
                WHERE p.workspace_id = $1 AND p.valid_to IS NULL AND s.workspace_id = $1 AND s.app_key = p.app_key
                """, [.integer(workspaceID)], { $0.optionalInteger(0) ?? end }) ?? end
    }

    mutating func add(_ count: Int, month: Int64) {
        let position = Int(month - end) + 11
        if values.indices.contains(position) { values[position] += count }
    }

    var counts: [MonthCount] {
        values.enumerated().map { position, count in
            let month = end - 11 + Int64(position)
            return MonthCount(month: Moment.monthName(month), count: month < first && count == 0 ? nil : count)
        }
    }
}

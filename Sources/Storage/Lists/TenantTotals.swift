import DatabaseEngine
public import Problems

/// The few numbers that describe a tenant at a moment.
public struct TenantTotals: Sendable {
    /// People of any status.
    public let people: Int
    /// People who are `ACTIVE`.
    public let active: Int
    /// Apps.
    public let apps: Int
    /// Apps that are `ACTIVE`.
    public let activeApps: Int
    /// Assignments of people to apps.
    public let assignments: Int
    /// Apps whose assignments could not be read.
    public let appsNotEvaluated: Int
    /// Groups.
    public let groups: Int
    /// Sign-ins to apps in this month so far, of a date in the past in the whole month before it; no count when the
    /// System Log could not be read.
    public let signIns: MonthCount
    /// The same of the month before that.
    public let signInsBefore: MonthCount
}

extension Store {
    /// The numbers of the whole tenant.
    ///
    /// - Parameter apps: the list of apps at the moment; of a date in the past it tells the number of assignments
    ///   without counting them again.
    public func totals(_ moment: Moment, apps list: ListDefinition) async throws(Problem) -> TenantTotals {
        let workspaceID = workspaceID
        var pastAssignments: Int?
        if moment.asOf != .now {
            let page = try await page(list, ListRequest(limit: 5000))
            if page.next == nil { pastAssignments = page.rows.reduce(0) { $0 + Int($1.number("assigned_users") ?? 0) } }
        }
        let counted = pastAssignments
        return try await engine.read { connection in
            func count(_ sql: String) throws -> Int {
                try connection.first(sql, [.integer(workspaceID)]) { Int($0.integer(0)) } ?? 0
            }
            func signIns(_ month: Int64) throws -> MonthCount {
                let name = Moment.monthName(month)
                guard moment.usageKnown, moment.tells(ofMonth: month) else {
                    return MonthCount(month: name, count: nil)
                }
                let count = try count(
                    """
                    SELECT coalesce(sum(s.sign_ins), 0) FROM apps p CROSS JOIN usage_monthly s
                    WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p")) AND s.workspace_id = $1
                        AND s.app_key = p.app_key AND s.month = \(month)
                    """)
                return MonthCount(month: name, count: count)
            }
            let people = try Self.people(connection, workspaceID, moment.asOf)
            let apps = "FROM apps p WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p"))"
            let assignments =
                moment.asOf == .now
                ? "SELECT coalesce(sum(p.users_count), 0) \(apps)"
                : "SELECT count(*) FROM assignments a WHERE a.workspace_id = $1 AND \(moment.asOf.holds("a"))"
            return TenantTotals(
                people: people.all, active: people.active,
                apps: try count("SELECT count(*) \(apps)"),
                activeApps: try count("SELECT count(*) \(apps) AND p.status = 'ACTIVE'"),
                assignments: try counted ?? count(assignments),
                appsNotEvaluated: try count("SELECT count(*) \(apps) AND p.users_count IS NULL AND p.valid_to IS NULL"),
                groups: try count(
                    "SELECT count(*) FROM user_groups g WHERE g.workspace_id = $1 AND \(moment.asOf.holds("g"))"),
                signIns: try signIns(moment.signInMonths.upperBound),
                signInsBefore: try signIns(moment.signInMonths.upperBound - 1))
        }
    }

    /// How many people there are, and how many of them are `ACTIVE`. Now, each is counted in the smallest index that tells.
    private static func people(
        _ connection: Connection, _ workspaceID: Int64, _ asOf: AsOf
    ) throws -> (all: Int, active: Int) {
        func count(_ columns: String, _ part: ListPart, _ condition: String = "") throws -> (Int, Int) {
            try connection.first(
                """
                SELECT \(columns) FROM users u\(ReadHint.index(part.index).sql)
                WHERE u.workspace_id = $1 AND \(part.condition)\(condition)
                """, [.integer(workspaceID)], { (Int($0.integer(0)), Int($0.integer(1))) }) ?? (0, 0)
        }
        if asOf == .now {
            let condition = "u.valid_to IS NULL"
            let all = try count("count(*), 0", ListPart(condition: condition, index: "users_open"))
            let active = try count(
                "0, count(*)", ListPart(condition: condition, index: "users_by_status"), " AND u.status = 'ACTIVE'")
            return (all.0, active.1)
        }
        let columns = "count(*), count(*) FILTER (WHERE \(asOf.personStatus("u")) = 'ACTIVE')"
        return try asOf.personParts("u").reduce((0, 0)) { sum, part in
            let some = try count(columns, part)
            return (sum.0 + some.0, sum.1 + some.1)
        }
    }
}

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
    /// Sign-ins to apps in this month so far; nil when the System Log could not be read.
    public let signInsThisMonth: Int?
    /// Sign-ins to apps in the month before; nil when the System Log could not be read.
    public let signInsLastMonth: Int?
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
            func signIns(_ month: Int64) throws -> Int? {
                guard moment.usageKnown else { return nil }
                return try count(
                    """
                    SELECT coalesce(sum(s.sign_ins), 0) FROM apps p CROSS JOIN usage_monthly s
                    WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p")) AND s.workspace_id = $1
                        AND s.app_key = p.app_key AND s.month = \(month)
                    """)
            }
            let isNow = moment.asOf == .now
            func people(_ condition: String, open index: String) throws -> Int {
                let parts = moment.asOf.parts("u", open: isNow ? index : "users_listed", ended: "users_listed_past")
                return try parts.reduce(0) { sum, part in
                    try sum + count(
                        """
                        SELECT count(*) FROM users u\(ReadHint.index(part.index).sql)
                        WHERE u.workspace_id = $1 AND \(part.condition)\(condition)
                        """)
                }
            }
            let apps = "FROM apps p WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p"))"
            let assignments =
                moment.asOf == .now
                ? "SELECT coalesce(sum(p.users_count), 0) \(apps)"
                : "SELECT count(*) FROM assignments a WHERE a.workspace_id = $1 AND \(moment.asOf.holds("a"))"
            return TenantTotals(
                people: try people("", open: "users_open"),
                active: try people(" AND u.status = 'ACTIVE'", open: "users_by_status"),
                apps: try count("SELECT count(*) \(apps)"),
                activeApps: try count("SELECT count(*) \(apps) AND p.status = 'ACTIVE'"),
                assignments: try counted ?? count(assignments),
                appsNotEvaluated: try count("SELECT count(*) \(apps) AND p.users_count IS NULL AND p.valid_to IS NULL"),
                groups: try count(
                    "SELECT count(*) FROM user_groups g WHERE g.workspace_id = $1 AND \(moment.asOf.holds("g"))"),
                signInsThisMonth: try signIns(moment.month), signInsLastMonth: try signIns(moment.month - 1))
        }
    }
}

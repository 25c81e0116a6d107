import DatabaseEngine
public import Directory
public import Problems

/// How one person has one app at a moment: the way Okta used, and every group that would give it.
public struct AccessPathDetail: Sendable {
    /// The assignment itself.
    public struct Link: Sendable {
        /// By which way it came.
        public let way: Way
        /// Okta's status of it.
        public let status: String
        /// Since when, as Okta dates it; nil when nobody knows.
        public let assignedAt: Timestamp?
        /// Since when Muster knows of it.
        public let since: Timestamp
        /// How Muster knows.
        public let evidence: Evidence
        /// Okta's id of the group that it came through.
        public let groupID: String?
        /// Its name, where it is known.
        public let groupName: String?

        /// Whether it is the person's own, not a group's.
        public var isDirect: Bool { way == .direct }
    }

    /// The way by which an assignment came.
    public enum Way: Sendable {
        /// It is the person's own.
        case direct
        /// A group gave it.
        case group
        /// Only the System Log tells of it, which does not say.
        case unknown
    }

    /// What is said where nobody can tell the way.
    public static let unknownPath = "path not known: it ended before Muster first looked"

    /// A group of the person's that is assigned to the app.
    public struct Step: Sendable {
        /// Okta's id.
        public let id: String
        /// Its name.
        public let name: String
        /// Since when the person is in it; nil of Everyone.
        public let memberSince: Timestamp?
        /// How that is known.
        public let memberEvidence: Evidence
        /// Since when it gives the app.
        public let givesSince: Timestamp
        /// How that is known.
        public let givesEvidence: Evidence
        /// Okta's priority of the group on the app; lower wins.
        public let priority: Int?
        /// The rules that put people into it.
        public let rules: [GroupRule]
    }

    /// The assignment; nil when the person does not have the app at the moment.
    public let link: Link?
    /// The groups, the one that it came through first.
    public let steps: [Step]
}

extension Store {
    /// How a person has an app at a moment.
    public func accessPath(user: Int64, app: Int64, _ moment: Moment) async throws(Problem) -> AccessPathDetail {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            let subject: [Value] = [.integer(workspaceID), .integer(user), .integer(app)]
            let link = try connection.first(
                """
                SELECT a.scope, a.status, coalesce(a.assigned_at, CASE WHEN a.from_how IN (1, 2) THEN a.valid_from END),
                    a.valid_from, CASE WHEN a.assigned_at IS NOT NULL THEN 1 ELSE a.from_how END, o.okta_id,
                    (SELECT max(n.name) FROM user_groups n WHERE n.workspace_id = $1 AND n.group_key = a.group_key
                        AND (\(moment.asOf.holds("n"))))
                FROM assignments a
                LEFT JOIN objects o ON o.workspace_id = $1 AND o.object_key = a.group_key
                WHERE a.workspace_id = $1 AND a.user_key = $2 AND a.app_key = $3 AND \(moment.asOf.holds("a"))
                """, subject
            ) { row in
                AccessPathDetail.Link(
                    way: row.integer(0) == 1 ? .direct : row.integer(0) == 2 ? .group : .unknown,
                    status: row.text(1), assignedAt: row.time(2),
                    since: Timestamp(rawValue: row.integer(3)),
                    evidence: Evidence(rawValue: row.integer(4)) ?? .firstSight, groupID: row.optionalText(5),
                    groupName: row.optionalText(6))
            }
            let steps = try Self.steps(connection, subject, moment)
            let through = link?.groupID
            return AccessPathDetail(
                link: link,
                steps: steps.filter { $0.id == through } + steps.filter { $0.id != through })
        }
    }

    private static func steps(
        _ connection: Connection, _ subject: [Value], _ moment: Moment
    ) throws -> [AccessPathDetail.Step] {
        let asOf = moment.asOf
        let found = try connection.query(
            """
            SELECT g.okta_id, g.name, m.valid_from, m.from_how, x.valid_from, x.from_how, x.priority
            FROM memberships m CROSS JOIN app_groups x CROSS JOIN user_groups g
            WHERE m.workspace_id = $1 AND m.user_key = $2 AND (\(asOf.holds("m"))) AND x.workspace_id = $1
                AND x.app_key = $3 AND x.group_key = m.group_key AND (\(asOf.holds("x"))) AND g.workspace_id = $1
                AND g.group_key = m.group_key AND (\(asOf.holds("g")))
            UNION ALL
            SELECT g.okta_id, g.name, NULL, 4, x.valid_from, x.from_how, x.priority
            FROM app_groups x CROSS JOIN user_groups g
            WHERE x.workspace_id = $1 AND x.app_key = $3 AND (\(asOf.holds("x"))) AND g.workspace_id = $1
                AND g.group_key = x.group_key AND (\(asOf.holds("g"))) AND \(ListDefinition.isEveryone)
                AND $2 IS NOT NULL
            """, subject
        ) { row in
            (
                id: row.text(0), name: row.text(1), member: row.time(2), memberHow: row.integer(3),
                gives: row.integer(4), givesHow: row.integer(5), priority: row.optionalInteger(6).map(Int.init)
            )
        }
        guard case .integer(let workspaceID) = subject[0] else { return [] }
        let ordered = found.sorted { ($0.priority ?? .max, $0.name, $0.id) < ($1.priority ?? .max, $1.name, $1.id) }
        return try ordered.map { step in
            AccessPathDetail.Step(
                id: step.id, name: step.name, memberSince: step.member,
                memberEvidence: Evidence(rawValue: step.memberHow) ?? .firstSight,
                givesSince: Timestamp(rawValue: step.gives),
                givesEvidence: Evidence(rawValue: step.givesHow) ?? .firstSight, priority: step.priority,
                rules: try GroupQueries.rules(connection, workspaceID, filling: step.id, asOf))
        }
    }
}

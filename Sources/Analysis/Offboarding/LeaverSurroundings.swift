import DatabaseEngine
import Directory
import Storage

/// What leavers' cases are read against: the apps and groups by key, the tokens, the contracts with owners, what could not
/// be read, and since when the past is known. Small tables, read whole and once.
struct LeaverSurroundings {
    struct AppKind {
        let id: String
        let label: String
        let signOnMode: String?
        let way: RemovalWay
        let why: String
    }

    struct GroupKind {
        let id: String
        let name: String
        let isBuiltIn: Bool
        /// Whether an app fills it: nobody can be taken out of it in Okta.
        let isFilledByApp: Bool
    }

    struct GroupRole {
        let id: String
        let type: String
        let label: String
        let from: Int64
        let to: Int64?
    }

    private(set) var apps: [Int64: AppKind] = [:]
    private(set) var implicitApps: [Int64] = []
    /// Apps whose people nobody could read: whether anybody has them is not known.
    private(set) var unreadApps: [String] = []
    private(set) var groups: [Int64: GroupKind] = [:]
    /// The roles that groups give, by group.
    private(set) var groupRoles: [Int64: [GroupRole]] = [:]
    private(set) var tokens: [Int64: [LeaverHolding]] = [:]
    /// Contracts by what names their owner, in small letters.
    private(set) var owned: [String: [LeaverHolding]] = [:]
    /// By integration: since when assignments of the past are known.
    private(set) var knownSince: [Int64: Int64] = [:]
    /// By integration: when the first sync that finished began.
    private(set) var firstSync: [Int64: Int64] = [:]
    /// What could not be read, by integration: nothing of these is ever "none".
    private(set) var hidden: [Int64: Set<Resource>] = [:]

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        let workspace: [Value] = [.integer(workspaceID)]
        try readApps(connection, workspace)
        try readGroups(connection, workspace, moment)
        try readTokens(connection, workspace, moment)
        try readContracts(connection, workspace)
        try readKnown(connection, workspaceID, moment)
    }

    /// Apps as they were last known: what is gone from the list keeps its name and its way.
    private mutating func readApps(_ connection: Connection, _ workspace: [Value]) throws {
        try connection.each(
            """
            SELECT p.app_key, p.okta_id, p.label, p.sign_on_mode, p.name, p.features, p.implicit_assignment,
                p.valid_to IS NULL AND p.users_count IS NULL AND p.implicit_assignment = 0
            FROM apps p WHERE p.workspace_id = $1 ORDER BY p.app_key, p.valid_from
            """, workspace
        ) { row in
            let mode = row.optionalText(3)
            let (way, why) = RemovalWay.of(name: row.text(4), signOnMode: mode, features: row.text(5))
            apps[row.integer(0)] = AppKind(
                id: row.text(1), label: row.text(2), signOnMode: mode, way: way, why: why)
            if row.flag(7) { unreadApps.append(row.text(2)) }
            if row.flag(6), implicitApps.last != row.integer(0) { implicitApps.append(row.integer(0)) }
            return true
        }
    }

    private mutating func readGroups(_ connection: Connection, _ workspace: [Value], _ moment: Moment) throws {
        try connection.each(
            """
            SELECT g.group_key, g.okta_id, g.name, g.type FROM user_groups g WHERE g.workspace_id = $1
            ORDER BY g.group_key, g.valid_from
            """, workspace
        ) { row in
            groups[row.integer(0)] = GroupKind(
                id: row.text(1), name: row.text(2), isBuiltIn: row.text(3) == "BUILT_IN",
                isFilledByApp: row.text(3) == "APP_GROUP")
            return true
        }
        try connection.each(
            """
            SELECT r.holder_key, r.role_id, r.type, r.label, r.valid_from, \(moment.asOf.endUntil("r"))
            FROM user_groups g CROSS JOIN admin_roles r
            WHERE g.workspace_id = $1 AND g.valid_to IS NULL AND r.workspace_id = $1 AND r.holder_key = g.group_key
                AND \(moment.asOf.began("r"))
            ORDER BY r.holder_key, r.role_id, r.valid_from
            """, workspace
        ) { row in
            groupRoles[row.integer(0), default: []].append(
                GroupRole(
                    id: row.text(1), type: row.text(2), label: row.text(3), from: row.integer(4),
                    to: row.optionalInteger(5)))
            return true
        }
    }

    private mutating func readTokens(_ connection: Connection, _ workspace: [Value], _ moment: Moment) throws {
        try connection.each(
            """
            SELECT t.user_key, t.okta_id, t.name, coalesce(t.created_at, t.valid_from), \(moment.asOf.endUntil("t")),
                t.to_how, t.closed_run
            FROM api_tokens t WHERE t.workspace_id = $1 AND t.user_key IS NOT NULL AND \(moment.asOf.began("t"))
            ORDER BY t.user_key, t.okta_id, t.valid_from
            """, workspace
        ) { row in
            let end = row.time(4)
            let token = LeaverHolding(
                id: row.text(1), label: row.text(2), detail: nil, from: row.time(3), endedAt: end,
                endEvidence: end.flatMap { _ in Evidence(rawValue: row.integer(5)) },
                endRun: end.flatMap { _ in row.optionalInteger(6) })
            // Of several versions of one token the latest tells.
            var held = tokens[row.integer(0)] ?? []
            if held.last?.id == token.id { held.removeLast() }
            tokens[row.integer(0)] = held + [token]
            return true
        }
    }

    private mutating func readContracts(_ connection: Connection, _ workspace: [Value]) throws {
        try connection.each(
            """
            SELECT c.contract_id, c.vendor, c.title, c.owner, c.created_at FROM contracts c
            WHERE c.workspace_id = $1 AND c.owner IS NOT NULL AND c.status = 'active' ORDER BY c.contract_id
            """, workspace
        ) { row in
            owned[row.text(3).lowercased(), default: []].append(
                LeaverHolding(
                    id: String(row.integer(0)), label: "\(row.text(1)): \(row.text(2))", detail: nil, from: row.time(4),
                    endedAt: nil, endEvidence: nil, endRun: nil))
            return true
        }
    }

    private mutating func readKnown(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        let run = { (column: String) -> String in
            if case .believed(_, let last) = moment.asOf { " AND \(column) <= \(last)" } else { "" }
        }
        try connection.each(
            """
            SELECT i.integration_id,
                (SELECT min(r.started_at) FROM runs r WHERE r.workspace_id = i.workspace_id
                    AND r.integration_id = i.integration_id AND r.kind <> 'tail'
                    AND r.status IN ('complete', 'partial', 'held')\(run("r.run_id"))),
                (SELECT min(p.since) FROM replays p WHERE p.workspace_id = i.workspace_id
                    AND p.integration_id = i.integration_id AND p.list = 'assignments'\(run("p.run_id")))
            FROM integrations i WHERE i.workspace_id = $1
            """, [.integer(workspaceID)]
        ) { row in
            firstSync[row.integer(0)] = row.optionalInteger(1)
            knownSince[row.integer(0)] = [row.optionalInteger(1), row.optionalInteger(2)].compactMap(\.self).min()
            return true
        }
        for integration in knownSince.keys {
            let unread = try UnreadQueries.find(
                connection, workspaceID, [.assignments, .memberships, .roles, .apiTokens, .logs], moment.asOf,
                integration)
            hidden[integration] = Set(unread.filter(\.isHidden).map(\.resource))
        }
    }

    /// Whether assignments are known at a moment.
    func isKnown(at time: Int64, _ integration: Int64) -> Bool {
        !(hidden[integration]?.contains(.assignments) ?? true) && (knownSince[integration].map { $0 <= time } ?? false)
    }

    /// Whether a list that only syncs tell of is known at a moment: what ended before the first of them is not.
    func isSeen(at time: Int64, _ integration: Int64) -> Bool { firstSync[integration].map { $0 <= time } ?? false }

    /// Whether somebody could read a resource.
    func isRead(_ resource: Resource, _ integration: Int64) -> Bool {
        !(hidden[integration]?.contains(resource) ?? true)
    }
}

import DatabaseEngine
import Directory

/// The past of admin roles: for each holder, from lists of all that were held after each change.
enum RoleReplay {
    private struct Row {
        let id: String
        let type: String
        let from: Int64
        let to: Int64?
        let how: Evidence
    }

    /// Tells the past of one holder's own roles; those that come through a group follow from the group's.
    static func tell(_ story: Replay.Story, isGroup: Bool, _ replay: Replay) throws {
        let holder = story.key.subject
        guard try isRead(holder, replay) else { return }
        let rows = try replay.connection.query(
            """
            SELECT role_id, type, valid_from, valid_to, from_how FROM admin_roles
            WHERE workspace_id = $1 AND holder_key = $2 \(isGroup ? "" : "AND assignment_type <> 'GROUP'")
            ORDER BY valid_from, role_id
            """, [replay.workspace, .integer(holder)]
        ) { row in
            Row(
                id: row.text(0), type: row.text(1), from: row.integer(2), to: row.optionalInteger(3),
                how: Evidence(rawValue: row.integer(4)) ?? .firstSight)
        }
        // Ended before the first sync looked: this holder was told before.
        if rows.contains(where: { $0.to ?? .max <= replay.horizon }) { return }
        var present: [String: Row] = [:]
        for row in rows where row.from <= replay.until && present[row.type] == nil { present[row.type] = row }
        let events = story.events.filter { $0.at <= replay.until }.map { event in
            RoleEvent(
                at: event.at,
                held: event.type.hasSuffix("revoke") ? [] : event.detail.map(RoleHistory.types(in:)))
        }
        let noun = isGroup ? ("user_groups", "group_key") : ("users", "user_key")
        let dated = present.compactMapValues { $0.how == .oktaDate ? $0.from : nil }
        for (type, links) in RoleHistory.links(events, dated: dated).sorted(by: { $0.key < $1.key }) {
            let row = present[type]
            let history = LinkHistory(
                links, present: row.map { Beginning(at: $0.from, how: $0.how) },
                LinkHistory.Bounds(
                    since: replay.beginning(notBefore: try replay.made(holder, ("users", "user_key"))),
                    horizon: replay.horizon, deleted: row == nil ? try replay.deleted(holder, noun) : nil))
            if let row, let begin = history.present { try move(row, of: holder, to: begin, replay) }
            for span in history.earlier { try insert(type, of: holder, isGroup: isGroup, span, replay) }
        }
    }

    /// Whether the present roles of a holder are known: where Okta refused the list, nothing is told from it.
    private static func isRead(_ holder: Int64, _ replay: Replay) throws -> Bool {
        let refused = try replay.connection.first(
            """
            SELECT 1 FROM listings WHERE workspace_id = $1 AND run_id = $2 AND call_class IN ('user_roles', 'group_roles')
                AND subject_key = $3 AND state = \(ListingState.Progress.unreadable.rawValue)
            """, [replay.workspace, replay.run, .integer(holder)], { _ in true })
        return refused != true
    }

    private static func move(_ row: Row, of holder: Int64, to begin: Beginning, _ replay: Replay) throws {
        if begin.at == row.from, begin.how == row.how { return }
        try replay.connection.execute(
            """
            UPDATE admin_roles SET valid_from = $5, from_how = $6
            WHERE workspace_id = $1 AND holder_key = $2 AND role_id = $3 AND valid_from = $4
            """,
            [
                replay.workspace, .integer(holder), .text(row.id), .integer(row.from), .integer(begin.at),
                .integer(begin.how.rawValue),
            ])
    }

    /// The log names no id of what was given; one of ours, which Okta never gives, keeps it apart.
    private static func insert(
        _ type: String, of holder: Int64, isGroup: Bool, _ span: Span, _ replay: Replay
    ) throws {
        try replay.connection.execute(
            """
            INSERT INTO admin_roles (workspace_id, holder_key, role_id, valid_from, from_how, valid_to, to_how, opened_run,
                closed_run, integration_id, type, label, status, assignment_type)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, 'ACTIVE', $12)
            """,
            [
                replay.workspace, .integer(holder), .text("log:\(type)"), .integer(span.from),
                .integer(span.fromHow.rawValue), .integer(span.to), .integer(span.toHow.rawValue), replay.run,
                replay.integration, .text(type), .text(RoleHistory.label(type)),
                .text(isGroup ? "GROUP" : "USER"),
            ])
    }

    /// A role that comes through groups was held since the first of the memberships that give it, when that is later than
    /// what Okta dates: the group's own role.
    static func fitMembers(_ replay: Replay) throws {
        let rows = try replay.connection.query(
            """
            SELECT r.holder_key, r.role_id, r.valid_from, m.valid_from, m.from_how, gr.valid_from, gr.from_how
            FROM admin_roles r
            JOIN memberships m ON m.workspace_id = r.workspace_id AND m.user_key = r.holder_key
                AND m.valid_from <= $4 AND (m.valid_to IS NULL OR m.valid_to > $3)
            JOIN admin_roles gr ON gr.workspace_id = m.workspace_id AND gr.holder_key = m.group_key AND gr.type = r.type
                AND gr.valid_from <= $4 AND (gr.valid_to IS NULL OR gr.valid_to > $3)
            WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.assignment_type = 'GROUP'
                AND r.valid_from <= $4 AND (r.valid_to IS NULL OR r.valid_to > $3)
            ORDER BY r.holder_key, r.role_id, m.group_key
            """, [replay.workspace, replay.integration, .integer(replay.horizon), .integer(replay.until)]
        ) { row in
            let member = Beginning(at: row.integer(3), how: Evidence(rawValue: row.integer(4)) ?? .firstSight)
            let given = Beginning(at: row.integer(5), how: Evidence(rawValue: row.integer(6)) ?? .firstSight)
            return (row.integer(0), row.text(1), row.integer(2), member.at > given.at ? member : given)
        }
        var first: [String: (holder: Int64, role: String, from: Int64, begin: Beginning)] = [:]
        for (holder, role, from, begin) in rows {
            let key = "\(holder) \(role)"
            if let known = first[key], known.begin.at <= begin.at { continue }
            first[key] = (holder, role, from, begin)
        }
        for (_, one) in first.sorted(by: { $0.key < $1.key }) where one.begin.at > one.from {
            try replay.connection.execute(
                """
                UPDATE admin_roles SET valid_from = $5, from_how = $6
                WHERE workspace_id = $1 AND holder_key = $2 AND role_id = $3 AND valid_from = $4
                """,
                [
                    replay.workspace, .integer(one.holder), .text(one.role), .integer(one.from),
                    .integer(one.begin.at), .integer(one.begin.how.rawValue),
                ])
        }
    }

    /// A role without a date of Okta's that no event tells of was held since the log began.
    static func reachBack(_ replay: Replay) throws {
        try replay.connection.execute(
            """
            UPDATE admin_roles SET valid_from = $3, from_how = \(Evidence.beforeLog.rawValue)
            WHERE workspace_id = $1 AND integration_id = $2 AND from_how = \(Evidence.firstSight.rawValue)
                AND valid_from > $3 AND valid_from <= $4 AND NOT EXISTS (
                    SELECT 1 FROM admin_roles o WHERE o.workspace_id = $1 AND o.holder_key = admin_roles.holder_key
                        AND o.role_id = admin_roles.role_id AND o.valid_from < admin_roles.valid_from)
            """, [replay.workspace, replay.integration, .integer(replay.since), .integer(replay.until)])
    }
}

extension ReplayList {
    static let roles = ReplayList(
        name: "roles", resource: .roles, table: "admin_roles",
        steps: [
            .stories(
                ["user.account.privilege.grant", "user.account.privilege.revoke"], of: ("user_key", nil),
                among: "AND e.group_key IS NULL AND e.app_key IS NULL"
            ) { replay, story in try RoleReplay.tell(story, isGroup: false, replay) },
            .stories(["group.privilege.grant", "group.privilege.revoke"], of: ("group_key", nil)) { replay, story in
                try RoleReplay.tell(story, isGroup: true, replay)
            }, .once(RoleReplay.reachBack), .once(RoleReplay.fitMembers),
        ])
}

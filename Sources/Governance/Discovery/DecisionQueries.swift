import DatabaseEngine
import Directory
import Storage

/// Reads and writes what people decided about services.
struct DecisionQueries {
    let connection: Connection
    let workspaceID: Int64

    // MARK: asked

    /// What held at a moment, by service.
    func decisions(_ asOf: AsOf) throws -> [String: AppDecision] {
        let rows = try query(
            "SELECT \(Self.decision) FROM app_decisions d WHERE d.workspace_id = $1 AND \(asOf.decided("d"))", [])
        return Dictionary(rows.map { ($0.appID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Everything that was ever decided about a service, the latest first.
    func history(of appID: String, until time: Timestamp) throws -> [AppDecision] {
        try query(
            """
            SELECT \(Self.decision) FROM app_decisions d
            WHERE d.workspace_id = $1 AND d.app_id = $2 AND d.valid_from <= $3 ORDER BY d.decision_id DESC
            """, [.text(appID), .integer(time.rawValue)])
    }

    func owners(_ asOf: AsOf) throws -> [String: AppOwners] {
        let rows = try ownerRows(
            "SELECT \(Self.owned) FROM app_owners d WHERE d.workspace_id = $1 AND \(asOf.decided("d"))", [])
        return Dictionary(rows.map { ($0.appID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func ownerHistory(of appID: String, until time: Timestamp) throws -> [AppOwners] {
        try ownerRows(
            """
            SELECT \(Self.owned) FROM app_owners d
            WHERE d.workspace_id = $1 AND d.app_id = $2 AND d.valid_from <= $3 ORDER BY d.change_id DESC
            """, [.text(appID), .integer(time.rawValue)])
    }

    func facts() throws -> [String: AppFacts] {
        var facts: [String: AppFacts] = [:]
        try connection.each(
            "SELECT f.app_id, f.name, f.category, f.note FROM app_facts f WHERE f.workspace_id = $1",
            [.integer(workspaceID)]
        ) { row in
            facts[row.text(0)] = AppFacts(
                name: row.optionalText(1), category: row.optionalText(2), note: row.optionalText(3))
            return true
        }
        return facts
    }

    private static let decision =
        "d.app_id, d.state, d.reason, d.alternative, d.decided_by, d.valid_from, d.valid_to"
    private static let owned = """
        d.app_id, d.owner, d.owner_id, d.backup_owner, d.backup_owner_id, d.finance_owner, d.finance_owner_id,
            d.department, d.changed_by, d.valid_from, d.valid_to
        """

    private func query(_ sql: String, _ parameters: [Value]) throws -> [AppDecision] {
        try connection.query(sql, [.integer(workspaceID)] + parameters) { row in
            AppDecision(
                appID: row.text(0), state: AppState(rawValue: row.text(1)) ?? .discovered, reason: row.text(2),
                alternative: row.optionalText(3), actor: row.text(4), from: Timestamp(rawValue: row.integer(5)),
                to: row.optionalInteger(6).map(Timestamp.init(rawValue:)))
        }
    }

    private func ownerRows(_ sql: String, _ parameters: [Value]) throws -> [AppOwners] {
        try connection.query(sql, [.integer(workspaceID)] + parameters) { row in
            func owner(_ column: Int) -> AppOwners.Owner? {
                row.optionalText(column).map { AppOwners.Owner(name: $0, id: row.optionalText(column + 1)) }
            }
            return AppOwners(
                appID: row.text(0), owner: owner(1), backup: owner(3), finance: owner(5),
                department: row.optionalText(7), actor: row.text(8), from: Timestamp(rawValue: row.integer(9)),
                to: row.optionalInteger(10).map(Timestamp.init(rawValue:)))
        }
    }

    // MARK: written

    /// Ends what holds and begins the next; never at the same moment, so that each can be asked about.
    private func beginning(_ table: String, _ id: String, _ appID: String, _ now: Timestamp) throws -> (Int64, Int64) {
        let subject: [Value] = [.integer(workspaceID), .text(appID)]
        let last = try connection.first(
            """
            SELECT max(d.\(id)), max(d.valid_from) FROM \(table) d WHERE d.workspace_id = $1 AND d.app_id = $2
            """, subject, { ($0.optionalInteger(0), $0.optionalInteger(1)) })
        let from = max(now.rawValue, (last?.1 ?? .min).addingReportingOverflow(1).partialValue)
        try connection.execute(
            "UPDATE \(table) SET valid_to = $3 WHERE workspace_id = $1 AND app_id = $2 AND valid_to IS NULL",
            subject + [.integer(from)])
        return ((last?.0 ?? 0) + 1, from)
    }

    func decide(
        _ appID: String, _ state: AppState, reason: String, alternative: String?, actor: String, now: Timestamp
    ) throws {
        let (id, from) = try beginning("app_decisions", "decision_id", appID, now)
        try connection.execute(
            """
            INSERT INTO app_decisions (workspace_id, app_id, decision_id, state, reason, alternative, decided_by,
                valid_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .integer(workspaceID), .text(appID), .integer(id), .text(state.rawValue), .text(reason),
                .optional(alternative), .text(actor), .integer(from),
            ])
    }

    func own(_ appID: String, _ owners: AppOwners, now: Timestamp) throws {
        let (id, from) = try beginning("app_owners", "change_id", appID, now)
        try connection.execute(
            """
            INSERT INTO app_owners (workspace_id, app_id, change_id, owner, owner_id, backup_owner, backup_owner_id,
                finance_owner, finance_owner_id, department, changed_by, valid_from)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            [
                .integer(workspaceID), .text(appID), .integer(id), .optional(owners.owner?.name),
                .optional(owners.owner?.id), .optional(owners.backup?.name), .optional(owners.backup?.id),
                .optional(owners.finance?.name), .optional(owners.finance?.id), .optional(owners.department),
                .text(owners.actor), .integer(from),
            ])
    }

    func note(_ appID: String, _ facts: AppFacts, actor: String, now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO app_facts (workspace_id, app_id, name, category, note, changed_at, changed_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (workspace_id, app_id) DO UPDATE SET name = excluded.name, category = excluded.category,
                note = excluded.note, changed_at = excluded.changed_at, changed_by = excluded.changed_by
            """,
            [
                .integer(workspaceID), .text(appID), .optional(facts.name), .optional(facts.category),
                .optional(facts.note), .integer(now.rawValue), .text(actor),
            ])
    }

    // MARK: names

    /// Okta's id of the service that is meant: by its id, else by its label or name, now or the last it had.
    func serviceID(_ name: String) throws -> [String] {
        if let key = try Objects.key(connection, workspaceID, oktaID: name), try isApp(key) { return [name] }
        let parameters: [Value] = [.integer(workspaceID), .text(name)]
        for (column, condition) in [
            ("label", "p.valid_to IS NULL AND "), ("name", "p.valid_to IS NULL AND "), ("label", ""),
        ] {
            let ids = try connection.query(
                """
                SELECT DISTINCT p.okta_id FROM apps p
                WHERE p.workspace_id = $1 AND \(condition)lower(p.\(column)) = lower($2) ORDER BY p.okta_id LIMIT 2
                """, parameters, { $0.text(0) })
            if !ids.isEmpty { return ids }
        }
        return try connection.query(
            """
            SELECT o.okta_id FROM log_names n
            JOIN objects o ON o.workspace_id = n.workspace_id AND o.object_key = n.object_key
            WHERE n.workspace_id = $1 AND n.type = 'AppInstance' AND n.name = $2 ORDER BY o.okta_id LIMIT 2
            """, parameters, { $0.text(0) })
    }

    private func isApp(_ key: Int64) throws -> Bool {
        try connection.first(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM apps p WHERE p.workspace_id = $1 AND p.app_key = $2)
                OR EXISTS (SELECT 1 FROM usage_daily d WHERE d.workspace_id = $1 AND d.app_key = $2)
                OR EXISTS (SELECT 1 FROM log_events e WHERE e.workspace_id = $1 AND e.app_key = $2)
                OR EXISTS (SELECT 1 FROM log_names n WHERE n.workspace_id = $1 AND n.object_key = $2
                    AND n.type = 'AppInstance')
            """, [.integer(workspaceID), .integer(key)], { _ in true }) ?? false
    }

    /// The person that a login or an id means, or the text as it is.
    func person(_ text: String) throws -> AppOwners.Owner {
        let workspace = Value.integer(workspaceID)
        if let key = try Objects.key(connection, workspaceID, oktaID: text) {
            let login = try connection.first(
                """
                SELECT u.login FROM users u WHERE u.workspace_id = $1 AND u.user_key = $2
                ORDER BY u.valid_from DESC LIMIT 1
                """, [workspace, .integer(key)], { $0.optionalText(0) })
            if let login { return AppOwners.Owner(name: login ?? text, id: text) }
        }
        let found = try connection.first(
            """
            SELECT u.login, u.okta_id FROM users u
            WHERE u.workspace_id = $1 AND u.valid_to IS NULL AND lower(u.login) = lower($2) ORDER BY u.user_key LIMIT 1
            """, [workspace, .text(text)], { (login: $0.text(0), id: $0.text(1)) })
        return found.map { AppOwners.Owner(name: $0.login, id: $0.id) } ?? AppOwners.Owner(name: text, id: nil)
    }
}

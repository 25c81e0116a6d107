public import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// Writes changes of matches so that each can be taken back.
enum SpendHistory {
    static func change(
        _ line: Int64, to match: SpendMatch, by person: String?, _ connection: Connection, _ workspaceID: Int64,
        actor: String, at now: Timestamp
    ) throws {
        try keep("l.line_id = $2", [.integer(line)], connection, workspaceID, actor: actor, at: now)
        try connection.execute(
            """
            UPDATE spend_lines SET state = $3, vendor_id = $4, app_id = $5, method = $6, score = $7, rule_id = $8,
                matched_by = $9, matched_at = $10
            WHERE workspace_id = $1 AND line_id = $2
            """,
            [
                .integer(workspaceID), .integer(line), .text(match.state.rawValue), .optional(match.vendorID),
                .optional(match.appID), .optional(match.method), .optional(match.score), .optional(match.ruleID),
                .optional(person), match.method == nil ? .null : .integer(now.rawValue),
            ])
    }

    /// Keeps what lines are matched to now, before it changes.
    static func keep(
        _ condition: String, _ parameters: [Value], _ connection: Connection, _ workspaceID: Int64, actor: String,
        at now: Timestamp
    ) throws {
        let (time, name) = ("$\(parameters.count + 2)", "$\(parameters.count + 3)")
        try connection.execute(
            """
            INSERT INTO spend_matches (workspace_id, line_id, step, state, vendor_id, app_id, method, score, rule_id,
                matched_by, matched_at, ended_at, ended_by)
            SELECT l.workspace_id, l.line_id, (SELECT coalesce(max(m.step), 0) + 1 FROM spend_matches m
                    WHERE m.workspace_id = $1 AND m.line_id = l.line_id),
                l.state, l.vendor_id, l.app_id, l.method, l.score, l.rule_id, l.matched_by, l.matched_at, \(time), \(name)
            FROM spend_lines l WHERE l.workspace_id = $1 AND \(condition)
            """, [.integer(workspaceID)] + parameters + [.integer(now.rawValue), .text(actor)])
    }
}

/// What a person says of payments.
public enum SpendDecision: Sendable, Equatable {
    /// They belong to this vendor and, where one is named, to this app.
    case vendor(name: String, appID: String?)
    /// They are not counted.
    case ignored
}

extension Store {
    /// Teaches that every payment to a name, now and later, belongs to a vendor. What a person decided of a single line stays.
    ///
    /// - Parameter descriptor: the normalised name, as the queue shows it.
    /// - Returns: how many lines changed.
    @discardableResult
    public func teachSpend(
        _ descriptor: String, _ vendor: String, appID: String?, actor: String, now: Timestamp
    ) async throws(Problem) -> Int {
        let slug = VendorName(vendor).slug
        guard !slug.isEmpty, !descriptor.isEmpty, vendor.utf8.count <= 200 else { throw Self.namelessVendor }
        let workspaceID = workspaceID
        return try await write { connection in
            try VendorNames.keep([slug: vendor], connection, workspaceID, actor: actor, at: now)
            // From now on it is a vendor that people know, with names of its own.
            try connection.execute(
                """
                UPDATE spend_vendors SET created_by = $3
                WHERE workspace_id = $1 AND vendor_id = $2 AND created_by = ''
                """, [.integer(workspaceID), .text(slug), .text(actor)])
            try connection.execute(
                """
                INSERT INTO spend_aliases (workspace_id, alias, vendor_id, app_id, created_at, created_by)
                VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, alias) DO UPDATE SET
                    vendor_id = excluded.vendor_id, app_id = excluded.app_id, created_at = excluded.created_at,
                    created_by = excluded.created_by
                """,
                [
                    .integer(workspaceID), .text(descriptor), .text(slug), .optional(appID), .integer(now.rawValue),
                    .text(actor),
                ])
            let these =
                "l.descriptor = $2 AND l.state <> 'repeated' AND (l.method IS NULL OR l.method <> 'person')"
            try SpendHistory.keep(these, [.text(descriptor)], connection, workspaceID, actor: actor, at: now)
            try connection.execute(
                """
                UPDATE spend_lines AS l SET state = 'matched', vendor_id = $3, app_id = $4, method = 'alias', score = 1000,
                    rule_id = NULL, matched_by = $5, matched_at = $6
                WHERE l.workspace_id = $1 AND \(these)
                """,
                [
                    .integer(workspaceID), .text(descriptor), .text(slug), .optional(appID), .text(actor),
                    .integer(now.rawValue),
                ])
            let changed = connection.changes
            try AuditNote(
                actor: actor, action: "spend.alias.teach", subject: vendor,
                detail: "“\(descriptor)”, \(changed) lines"
            ).write(on: connection, workspaceID: workspaceID, at: now)
            return changed
        }
    }

    /// Takes back what was taught of a name, and sorts its lines again.
    @discardableResult
    public func forgetSpend(_ descriptor: String, actor: String, now: Timestamp) async throws(Problem) -> Int {
        let workspaceID = workspaceID
        try await write { connection in
            try connection.execute(
                "DELETE FROM spend_aliases WHERE workspace_id = $1 AND alias = $2",
                [.integer(workspaceID), .text(descriptor)])
            // A vendor that no name leads to any more is not looked for either.
            try connection.execute(
                """
                UPDATE spend_vendors AS v SET created_by = '' WHERE v.workspace_id = $1 AND v.created_by <> ''
                    AND NOT EXISTS (SELECT 1 FROM spend_aliases a WHERE a.workspace_id = $1 AND a.vendor_id = v.vendor_id)
                """, [.integer(workspaceID)])
            try AuditNote(actor: actor, action: "spend.alias.forget", subject: descriptor)
                .write(on: connection, workspaceID: workspaceID, at: now)
        }
        return try await matchSpendAgain(actor: actor, now: now)
    }

    /// Decides of single lines whose they are. No rule changes it any more.
    ///
    /// - Throws: `spend.line.unknown`.
    public func decideSpend(
        _ lines: [Int64], _ decision: SpendDecision, actor: String, now: Timestamp
    ) async throws(Problem) {
        var match = SpendMatch(state: .ignored, method: "person", score: 1000)
        var names: [String: String] = [:]
        if case .vendor(let name, let appID) = decision {
            let slug = VendorName(name).slug
            guard !slug.isEmpty, name.utf8.count <= 200 else { throw Self.namelessVendor }
            names[slug] = name
            match = SpendMatch(state: .matched, vendorID: slug, appID: appID, method: "person", score: 1000)
        }
        let (workspaceID, decided, vendors) = (workspaceID, match, names)
        try await write { connection in
            // What is said of one payment teaches nothing of others.
            try VendorNames.keep(vendors, connection, workspaceID, actor: "", at: now)
            for line in lines {
                try Self.find(line, connection, workspaceID)
                try SpendHistory.change(line, to: decided, by: actor, connection, workspaceID, actor: actor, at: now)
            }
            try AuditNote(
                actor: actor, action: "spend.decide", subject: vendors.values.first ?? "ignored",
                detail: "\(lines.count) lines: \(lines.prefix(20).map(String.init).joined(separator: ", "))"
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// Takes the last change of a line's match back.
    ///
    /// - Throws: `spend.line.unknown`.
    public func takeBackSpend(_ line: Int64, actor: String, now: Timestamp) async throws(Problem) {
        let workspaceID = workspaceID
        try await write { connection in
            let key: [Value] = [.integer(workspaceID), .integer(line)]
            let step = try connection.first(
                "SELECT max(m.step) FROM spend_matches m WHERE m.workspace_id = $1 AND m.line_id = $2", key,
                { $0.optionalInteger(0) })
            guard let step = step ?? nil else { throw SpendProblem.noLine }
            try connection.execute(
                """
                UPDATE spend_lines AS l SET state = m.state, vendor_id = m.vendor_id, app_id = m.app_id, method = m.method,
                    score = m.score, rule_id = m.rule_id, matched_by = m.matched_by, matched_at = m.matched_at
                FROM spend_matches m WHERE l.workspace_id = $1 AND l.line_id = $2 AND m.workspace_id = $1
                    AND m.line_id = $2 AND m.step = $3
                """, key + [.integer(step)])
            try connection.execute(
                "DELETE FROM spend_matches WHERE workspace_id = $1 AND line_id = $2 AND step = $3",
                key + [.integer(step)])
            try AuditNote(actor: actor, action: "spend.takeBack", subject: "line \(line)")
                .write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// Says that a line is no duplicate: the flag goes, and does not come back.
    ///
    /// - Throws: `spend.line.unknown`.
    public func dismissSpendDuplicate(_ line: Int64, actor: String, now: Timestamp) async throws(Problem) {
        let workspaceID = workspaceID
        try await write { connection in
            try Self.find(line, connection, workspaceID)
            try connection.execute(
                """
                UPDATE spend_lines SET duplicate_of = NULL, duplicate_how = 'dismissed'
                WHERE workspace_id = $1 AND line_id = $2 AND state <> 'repeated'
                """, [.integer(workspaceID), .integer(line)])
            try AuditNote(actor: actor, action: "spend.duplicate.dismiss", subject: "line \(line)")
                .write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    private static func find(_ line: Int64, _ connection: Connection, _ workspaceID: Int64) throws {
        let found = try connection.first(
            "SELECT 1 FROM spend_lines l WHERE l.workspace_id = $1 AND l.line_id = $2 AND l.state <> 'repeated'",
            [.integer(workspaceID), .integer(line)], { _ in true })
        guard found == true else { throw SpendProblem.noLine }
    }

    private static let namelessVendor = Problem(
        id: "spend.vendor.nameless", kind: .usage, title: "The vendor has no name",
        remedy: "Write whose payments these are, in at most 200 characters.")

    /// The vendors that come nearest to a name, for the queue.
    public func spendSuggestions(_ descriptors: [String], most: Int = 3) async throws(Problem) -> [String: [VendorIndex
        .Found]]
    {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            let index = try VendorNames.index(connection, workspaceID)
            return Dictionary(
                descriptors.map { ($0, index.suggestions(VendorName($0), most: most)) },
                uniquingKeysWith: { first, _ in first })
        }
    }
}

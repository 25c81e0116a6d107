import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// Where rules are kept.
enum SpendRules {
    static func all(_ connection: Connection, _ workspaceID: Int64) throws -> [SpendRule] {
        try connection.query(
            """
            SELECT r.rule_id, r.position, r.name, r.action, r.condition, r.vendor_name, r.app_id FROM spend_rules r
            WHERE r.workspace_id = $1 ORDER BY r.position, r.rule_id
            """, [.integer(workspaceID)]
        ) { row in
            let (joining, conditions) = SpendRule.read(row.text(4))
            return SpendRule(
                id: row.integer(0), position: row.integer(1), name: row.text(2),
                action: row.text(3) == "ignore"
                    ? .ignore : .match(vendor: row.text(5), appID: row.optionalText(6)),
                joining: joining, conditions: conditions)
        }
    }
}

/// What a rule would do if it were kept.
public struct SpendRulePreview: Sendable {
    /// How many lines it would decide.
    public var takes = 0
    /// How many of them nobody has a vendor for now.
    public var fromUnmatched = 0
    /// How many its conditions hold on that a person decided, or an alias, a domain or an earlier rule decides first.
    public var decidedBefore = 0
    /// What the lines it would decide add up to.
    public var sums: [Currency: Int64] = [:]
    /// The first of them: date, payee, amount.
    public var samples: [(date: String, payee: String, amount: Money)] = []
}

extension Store {
    /// The rules in their order.
    public func spendRules() async throws(Problem) -> [SpendRule] {
        let workspaceID = workspaceID
        return try await engine.read { try SpendRules.all($0, workspaceID) }
    }

    /// Keeps a rule, a new one at the end, and sorts all lines again.
    ///
    /// - Returns: its number and how many lines changed.
    /// - Throws: `spend.rule.unsound`, `spend.rule.unknown`.
    @discardableResult
    public func keepSpendRule(
        _ rule: SpendRule, actor: String, now: Timestamp
    ) async throws(Problem) -> (id: Int64, changed: Int) {
        try rule.check()
        let workspaceID = workspaceID
        let id = try await write { connection in
            var rule = rule
            let rules = try SpendRules.all(connection, workspaceID)
            if rule.id == 0 {
                rule.id = (rules.map(\.id).max() ?? 0) + 1
                rule.position = (rules.map(\.position).max() ?? 0) + 1
            } else {
                guard let old = rules.first(where: { $0.id == rule.id }) else { throw SpendProblem.noRule }
                rule.position = old.position
            }
            try Self.write(rule, connection, workspaceID, actor, now)
            try AuditNote(
                actor: actor, action: "spend.rule.keep", subject: rule.name, detail: rule.words
            ).write(on: connection, workspaceID: workspaceID, at: now)
            return rule.id
        }
        return (id, try await matchSpendAgain(actor: actor, now: now))
    }

    private static func write(
        _ rule: SpendRule, _ connection: Connection, _ workspaceID: Int64, _ actor: String, _ now: Timestamp
    ) throws {
        var (action, vendor, app) = ("ignore", nil as String?, nil as String?)
        if case .match(let name, let id) = rule.action {
            (action, vendor, app) = ("match", name, id)
            try VendorNames.keep([VendorName(name).slug: name], connection, workspaceID, actor: "", at: now)
        }
        try connection.execute(
            """
            INSERT INTO spend_rules (workspace_id, rule_id, position, name, action, condition, vendor_name, app_id,
                created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (workspace_id, rule_id) DO UPDATE SET position = excluded.position, name = excluded.name,
                action = excluded.action, condition = excluded.condition, vendor_name = excluded.vendor_name,
                app_id = excluded.app_id
            """,
            [
                .integer(workspaceID), .integer(rule.id), .integer(rule.position), .text(rule.name), .text(action),
                .text(rule.condition), .optional(vendor), .optional(app), .integer(now.rawValue), .text(actor),
            ])
    }

    /// Removes a rule and sorts all lines again.
    @discardableResult
    public func removeSpendRule(_ id: Int64, actor: String, now: Timestamp) async throws(Problem) -> Int {
        let workspaceID = workspaceID
        try await write { connection in
            guard let rule = try SpendRules.all(connection, workspaceID).first(where: { $0.id == id }) else {
                throw SpendProblem.noRule
            }
            try connection.execute(
                "DELETE FROM spend_rules WHERE workspace_id = $1 AND rule_id = $2",
                [.integer(workspaceID), .integer(id)])
            try AuditNote(
                actor: actor, action: "spend.rule.remove", subject: rule.name, detail: rule.words
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
        return try await matchSpendAgain(actor: actor, now: now)
    }

    /// Moves a rule before the one above it, and sorts all lines again.
    @discardableResult
    public func raiseSpendRule(_ id: Int64, actor: String, now: Timestamp) async throws(Problem) -> Int {
        let workspaceID = workspaceID
        try await write { connection in
            let rules = try SpendRules.all(connection, workspaceID)
            guard let place = rules.firstIndex(where: { $0.id == id }) else { throw SpendProblem.noRule }
            guard place > 0 else { return }
            for (rule, position) in [
                (rules[place], rules[place - 1].position), (rules[place - 1], rules[place].position),
            ] {
                try connection.execute(
                    "UPDATE spend_rules SET position = $3 WHERE workspace_id = $1 AND rule_id = $2",
                    [.integer(workspaceID), .integer(rule.id), .integer(position)])
            }
            try AuditNote(actor: actor, action: "spend.rule.raise", subject: rules[place].name)
                .write(on: connection, workspaceID: workspaceID, at: now)
        }
        return try await matchSpendAgain(actor: actor, now: now)
    }

    /// What a rule would do if it were kept, at the end of the order or in the place of the one it replaces.
    ///
    /// - Throws: `spend.rule.unsound`.
    public func previewSpendRule(_ rule: SpendRule) async throws(Problem) -> SpendRulePreview {
        try rule.check()
        let workspaceID = workspaceID
        return try await engine.read { connection in
            var tried = rule
            var rules = try SpendRules.all(connection, workspaceID)
            if let place = rules.firstIndex(where: { $0.id == rule.id }) {
                tried.position = rules[place].position
                rules.remove(at: place)
            } else {
                tried.id = .max
                tried.position = .max
            }
            var matcher = SpendMatcher(
                index: try VendorNames.index(connection, workspaceID), rules: rules + [tried])
            var preview = SpendRulePreview()
            try SpendRematching.each(connection, workspaceID, after: 0, most: .max) { line in
                guard tried.holds(on: line.facts) else { return }
                guard line.match.method != "person",
                    matcher.match(payee: line.payee, line.facts).match.ruleID == tried.id
                else {
                    preview.decidedBefore += 1
                    return
                }
                preview.takes += 1
                if line.match.state == .unmatched { preview.fromUnmatched += 1 }
                guard let currency = Currency(line.facts.currency) else { return }
                preview.sums[currency, default: 0] += line.facts.amount
                if preview.samples.count < 10 {
                    preview.samples.append((line.date, line.payee, Money(minor: line.facts.amount, currency)))
                }
            }
            return preview
        }
    }

    /// Sorts all lines again by what is known now. What a person decided stays; what changes keeps its history.
    ///
    /// - Returns: how many lines changed.
    @discardableResult
    public func matchSpendAgain(actor: String, now: Timestamp) async throws(Problem) -> Int {
        let workspaceID = workspaceID
        var last: Int64 = 0
        var changed = 0
        while true {
            let after = last
            let done = try await write { connection in
                var rematching = SpendRematching(connection, workspaceID, actor, now)
                return try rematching.run(after: after)
            }
            changed += done.changed
            guard let end = done.last else { break }
            last = end
        }
        if changed > 0 {
            let count = changed
            try await write { connection in
                try VendorNames.sweep(connection, workspaceID)
                try AuditNote(actor: actor, action: "spend.match", detail: "\(count) lines changed")
                    .write(on: connection, workspaceID: workspaceID, at: now)
            }
        }
        return changed
    }
}

/// Sorts some lines again, inside a transaction.
struct SpendRematching {
    /// How many lines one transaction looks at: others need not wait long.
    private static let batch = 20_000

    /// A line with what rules look at.
    struct Line {
        let id: Int64
        let date: String
        let payee: String
        let facts: SpendFacts
        let match: SpendMatch
    }

    private let connection: Connection
    private let workspaceID: Int64
    private let actor: String
    private let now: Timestamp

    init(_ connection: Connection, _ workspaceID: Int64, _ actor: String, _ now: Timestamp) {
        self.connection = connection
        self.workspaceID = workspaceID
        self.actor = actor
        self.now = now
    }

    /// Looks at the next lines.
    ///
    /// - Returns: how many changed, and the last one; no last one where none are left.
    mutating func run(after: Int64) throws -> (changed: Int, last: Int64?) {
        var matcher = SpendMatcher(
            index: try VendorNames.index(connection, workspaceID), rules: try SpendRules.all(connection, workspaceID))
        var changes: [(Int64, SpendMatch)] = []
        var last: Int64?
        var seen = 0
        try Self.each(connection, workspaceID, after: after, most: Self.batch) { line in
            seen += 1
            last = line.id
            guard line.match.method != "person" else { return }
            let match = matcher.match(payee: line.payee, line.facts).match
            if match != line.match { changes.append((line.id, match)) }
        }
        try VendorNames.keep(matcher.used, connection, workspaceID, actor: "", at: now)
        for (line, match) in changes {
            try SpendHistory.change(line, to: match, by: nil, connection, workspaceID, actor: actor, at: now)
        }
        return (changes.count, seen < Self.batch ? nil : last)
    }

    /// Lines that are no repetition of others, in order.
    static func each(
        _ connection: Connection, _ workspaceID: Int64, after: Int64, most: Int, _ body: (Line) throws -> Void
    ) throws {
        try connection.each(
            """
            SELECT l.line_id, l.booked, l.vendor_text, l.description, l.amount, l.currency, l.source, l.state, l.vendor_id,
                l.app_id, l.method, l.score, l.rule_id
            FROM spend_lines l WHERE l.workspace_id = $1 AND l.line_id > $2 AND l.state <> 'repeated'
            ORDER BY l.line_id LIMIT $3
            """, [.integer(workspaceID), .integer(after), .integer(Int64(most))]
        ) { row in
            let vendor = row.text(2)
            try body(
                Line(
                    id: row.integer(0), date: row.text(1), payee: vendor.isEmpty ? row.text(3) : vendor,
                    facts: SpendFacts(
                        vendor: vendor, description: row.text(3), amount: row.integer(4), currency: row.text(5),
                        source: row.text(6)),
                    match: SpendMatch(
                        state: SpendMatch.State(rawValue: row.text(7)) ?? .unmatched, vendorID: row.optionalText(8),
                        appID: row.optionalText(9), method: row.optionalText(10), score: row.optionalInteger(11),
                        ruleID: row.optionalInteger(12))))
            return true
        }
    }
}

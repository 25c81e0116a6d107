import DatabaseEngine
import Directory

/// The SQL that compares one noun at two dates, subject by subject in the order of an index. `$1` is the workspace.
///
/// Intervals of one thing never overlap, so that at most one row holds at each date; both are folded into one by
/// `GROUP BY`. A row that holds at both dates is a thing that was kept as it is: without those, only what differs is
/// folded at all.
struct DifferenceStatement {
    let difference: Difference
    let noun: Difference.Noun

    /// What rows are ordered, folded and paged by: the keys that the subject does not fix.
    var order: [String] { noun == .roles ? ["holder_key", "type", "label", "set_id"] : links.keys.map { "x.\($0)" } }

    /// What each of them is.
    var keyKinds: [ListColumn.Kind] { noun == .roles ? [.number, .text, .text, .text] : order.map { _ in .number } }

    /// How many things were kept as they are, in one pass; nil where all are folded.
    var keptCount: String? {
        guard noun != .roles else { return nil }
        return "SELECT count(*) FROM \(links.source) WHERE \(links.condition) AND \(both("AND"))"
    }

    /// `change, count` of the things that are folded.
    var counts: String {
        """
        SELECT d.change, count(*) FROM (
            SELECT \(changeColumn) AS change FROM \(source(kept: noun == .roles)) GROUP BY \(order.joined(separator: ", "))
        ) AS d GROUP BY d.change
        """
    }

    /// One batch of things in order, after the keys bound to `$2`, `$3`, …; the last parameter is the limit.
    func rows(_ changes: Set<Difference.Change>, isFirst: Bool) -> String {
        let keys = order
        let places = keys.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        let start = isFirst ? "" : " AND (\(keys.joined(separator: ", "))) > (\(places))"
        let kinds = Difference.Change.allCases.filter(changes.contains)
        let wanted = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return """
            SELECT \(changeColumn), \((noun == .roles ? keys : links.selected).joined(separator: ", ")), \(columns.joined(separator: ", "))
            FROM \(source(kept: changes.contains(.kept)))\(start)
            GROUP BY \(keys.joined(separator: ", ")) HAVING \(changeColumn) IN (\(wanted))
            ORDER BY \(keys.joined(separator: ", ")) LIMIT $\(isFirst ? 2 : keys.count + 2)
            """
    }

    // MARK: dates

    private var early: AsOf { difference.early }
    private var late: AsOf { difference.late }

    private func both(_ comparison: String) -> String { "(\(early.holds("x"))) \(comparison) (\(late.holds("x")))" }

    private func was(_ expression: String) -> String { "max(CASE WHEN \(early.holds("x")) THEN \(expression) END)" }
    private func isNow(_ expression: String) -> String { "max(CASE WHEN \(late.holds("x")) THEN \(expression) END)" }

    // MARK: what is folded

    private struct Links {
        /// The table, with its hint.
        let source: String
        let condition: String
        /// The keys that vary.
        let keys: [String]
        /// Both keys, those that the subject fixes as numbers.
        let selected: [String]
    }

    private var links: Links {
        switch noun {
        case .users: Self.links("users", ["user_key"], fixed: difference.subject.user.map { ["user_key": $0] } ?? [:])
        case .memberships:
            Self.links(
                "memberships", ["group_key", "user_key"], fixed: difference.subject.fixed,
                hints: ["user_key": "memberships_by_user"])
        case .appGroups:
            Self.links(
                "app_groups", ["app_key", "group_key"], fixed: difference.subject.fixed,
                hints: ["group_key": "app_groups_by_group"])
        case .assignments, .roles:
            Self.links(
                "assignments", ["app_key", "user_key"], fixed: difference.subject.fixed,
                hints: ["user_key": "assignments_by_user"])
        }
    }

    private static func links(
        _ table: String, _ keys: [String], fixed: [String: Int64], hints: [String: String] = [:]
    ) -> Links {
        let held = keys.filter { fixed[$0] != nil }
        let hint = held.first.flatMap { hints[$0] }.map { ReadHint.index($0).sql } ?? ""
        let varying = keys.filter { fixed[$0] == nil }
        return Links(
            source: "\(table) x\(hint)",
            condition: (["x.workspace_id = $1"] + held.map { "x.\($0) = \(fixed[$0] ?? 0)" }).joined(
                separator: " AND "),
            keys: varying.isEmpty ? keys : varying,
            selected: keys.map { key in fixed[key].map(String.init) ?? "x.\(key)" })
    }

    private func source(kept: Bool) -> String {
        guard noun == .roles else {
            return "\(links.source) WHERE \(links.condition) AND (\(both(kept ? "OR" : "<>")))"
        }
        return "(\(RoleDifference(subject: difference.subject, early: early, late: late).sides)) AS h WHERE h.side > 0"
    }

    /// What follows the keys of a row: where it stood at each date, and when that began or ended.
    private var columns: [String] {
        if noun == .roles { return RoleDifference.columns }
        let ends = [was("x.valid_to"), was("x.to_how"), isNow("x.valid_from"), isNow("x.from_how")]
        switch noun {
        case .users: return ends + [was("x.status"), isNow("x.status")]
        case .assignments:
            return ends + [
                was("x.status"), isNow("x.status"), was("x.scope"), isNow("x.scope"), was("x.group_key"),
                isNow("x.group_key"),
            ]
        default: return ends
        }
    }

    private var changeColumn: String {
        if noun == .roles { return RoleDifference.change }
        let had = was("x.valid_from")
        let has = isNow("x.valid_from")
        let isFirstSight = "\(isNow("x.from_how")) >= \(Evidence.firstSight.rawValue)"
        let differs = differing.map { "\(was($0)) IS DISTINCT FROM \(isNow($0))" }.joined(separator: " OR ")
        // A person who was there before the first date, whose status of that time nobody knows, is no new person.
        let older =
            noun == .users
            ? "WHEN \(had) IS NULL AND \(isNow("x.created_at")) <= \(difference.from.rawValue) THEN 'changed'" : ""
        let firstSeen =
            noun == .users
            ? "\(isFirstSight) AND coalesce(\(isNow("x.created_at")), 0) <= \(difference.from.rawValue)" : isFirstSight
        return """
            CASE WHEN \(has) IS NULL THEN 'lost'
                WHEN \(had) IS NULL AND \(firstSeen) THEN 'first_seen' \(older)
                WHEN \(had) IS NULL THEN 'gained' \(differs.isEmpty ? "" : "WHEN \(differs) THEN 'changed'") ELSE 'kept' END
            """
    }

    private var differing: [String] {
        switch noun {
        case .users: ["x.status"]
        case .assignments: ["x.scope", "x.group_key", "x.status"]
        default: []
        }
    }
}

extension Difference.Subject {
    var user: Int64? { if case .user(let key) = self { key } else { nil } }
    var group: Int64? { if case .group(let key) = self { key } else { nil } }

    /// The key column that the subject fixes.
    fileprivate var fixed: [String: Int64] {
        switch self {
        case .tenant: [:]
        case .user(let key): ["user_key": key]
        case .group(let key): ["group_key": key]
        case .app(let key): ["app_key": key]
        }
    }
}

import DatabaseEngine
import Directory

/// The SQL that compares the admin roles of people at two dates. Somebody may hold one role by several paths, directly and
/// through groups: all of them together are one thing.
struct RoleDifference {
    let subject: Difference.Subject
    let early: AsOf
    let late: AsOf

    /// Every path of every role at each date: `side` 1 is the earlier one. A direct path has no group; 0 stands for a group
    /// that Okta did not name. Times carry how they are known in their last digit.
    var sides: String {
        [(1, early), (2, late)].flatMap { side, asOf in paths(side, asOf) }.joined(separator: "\nUNION ALL ")
    }

    private func paths(_ side: Int, _ asOf: AsOf) -> [String] {
        switch subject {
        case .tenant:
            [
                own(
                    side, asOf,
                    "EXISTS (SELECT 1 FROM users hu WHERE hu.workspace_id = $1 AND hu.user_key = r.holder_key)"),
                given(side, asOf, "admin_roles r CROSS JOIN memberships m", "TRUE"),
            ]
        case .user(let key):
            [
                own(side, asOf, "r.holder_key = \(key)"),
                given(
                    side, asOf, "memberships m\(ReadHint.index("memberships_by_user").sql) CROSS JOIN admin_roles r",
                    "m.user_key = \(key)"),
            ]
        case .group(let key):
            [given(side, asOf, "admin_roles r CROSS JOIN memberships m", "r.holder_key = \(key)")]
        case .app: []
        }
    }

    private func own(_ side: Int, _ asOf: AsOf, _ condition: String) -> String {
        """
        SELECT \(side) AS side, r.holder_key, r.type, r.label, coalesce(r.resource_set_id, '') AS set_id,
            CASE WHEN r.assignment_type = 'GROUP' THEN 0 END AS group_key, r.valid_from * 8 + r.from_how AS began,
            r.valid_to * 8 + coalesce(r.to_how, 0) AS ended
        FROM admin_roles r WHERE r.workspace_id = $1 AND \(asOf.holds("r")) AND \(condition)
        """
    }

    private func given(_ side: Int, _ asOf: AsOf, _ tables: String, _ condition: String) -> String {
        """
        SELECT \(side) AS side, m.user_key AS holder_key, r.type, r.label, coalesce(r.resource_set_id, '') AS set_id,
            r.holder_key AS group_key,
            CASE WHEN m.valid_from > r.valid_from THEN m.valid_from * 8 + m.from_how
                ELSE r.valid_from * 8 + r.from_how END AS began,
            CASE WHEN r.valid_to IS NULL OR m.valid_to < r.valid_to THEN m.valid_to * 8 + coalesce(m.to_how, 0)
                ELSE r.valid_to * 8 + coalesce(r.to_how, 0) END AS ended
        FROM \(tables) WHERE r.workspace_id = $1 AND m.workspace_id = $1 AND m.group_key = r.holder_key
            AND (\(asOf.holds("r"))) AND (\(asOf.holds("m"))) AND \(condition)
        """
    }

    private static let had = "count(CASE WHEN h.side = 1 THEN 1 END)"
    private static let has = "count(CASE WHEN h.side = 2 THEN 1 END)"
    private static let began = "min(CASE WHEN h.side = 2 THEN h.began END)"

    private static func direct(_ side: Int) -> String {
        "max(CASE WHEN h.side = \(side) AND h.group_key IS NULL THEN 1 ELSE 0 END)"
    }

    private static func group(_ side: Int) -> String { "max(CASE WHEN h.side = \(side) THEN h.group_key END)" }

    /// All groups of a side in one number: two sides with the same groups agree in it.
    private static func groups(_ side: Int) -> String {
        "coalesce(sum(CASE WHEN h.side = \(side) THEN h.group_key END), 0)"
    }

    /// What follows the keys of a row. A group that was not known at one date and is at the other is no change.
    static let columns = [
        "max(CASE WHEN h.side = 1 THEN h.ended END)", began, direct(1), direct(2), group(1), group(2),
    ]

    static let change = """
        CASE WHEN \(has) = 0 THEN 'lost'
            WHEN \(had) = 0 AND \(began) % 8 >= \(Evidence.firstSight.rawValue) THEN 'first_seen'
            WHEN \(had) = 0 THEN 'gained'
            WHEN \(direct(1)) <> \(direct(2)) OR (\(group(1)) IS NULL) <> (\(group(2)) IS NULL)
                OR (\(group(1)) <> 0 AND \(group(2)) <> 0 AND \(groups(1)) <> \(groups(2))) THEN 'changed'
            ELSE 'kept' END
        """
}

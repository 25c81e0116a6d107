import DatabaseEngine
import Storage

/// Everything a sync is about, by Okta's own ids, so that two stores can be compared whatever keys they gave out.
///
/// Left out is what depends on when it was read: when a thing without a date of Okta's was first seen, and by which run.
func contents(of store: Store) async throws -> [String] { try await rows(of: store, openOnly: false) }

/// The same, without what has ended and without the events that tell of it: a store that lived through more than another
/// still holds the same present.
func openContents(of store: Store) async throws -> [String] {
    try await rows(of: store, openOnly: true).filter { !$0.hasPrefix("event|") }
}

/// What one store holds and the other does not, shortened for reading.
func differences(_ left: [String], _ right: [String]) -> [String] {
    let (one, other) = (Set(left), Set(right))
    return
        (one.subtracting(other).map { "only left: \($0.prefix(160))" }
        + other.subtracting(one).map { "only right: \($0.prefix(160))" }).sorted().prefix(20).map { $0 }
}

private func rows(of store: Store, openOnly: Bool) async throws -> [String] {
    try await store.engine.read { connection in
        func id(_ column: String) -> String {
            "coalesce((SELECT okta_id FROM objects o WHERE o.workspace_id = t.workspace_id AND o.object_key = t.\(column)), '')"
        }
        let dated =
            openOnly
            ? "'open' FROM"
            : "CASE WHEN t.from_how = 1 THEN t.valid_from ELSE 0 END, t.from_how, t.valid_to IS NULL FROM"
        let still = openOnly ? " WHERE t.valid_to IS NULL" : ""
        let questions: [String] = [
            """
            SELECT 'user', okta_id, status, login, department, (
                SELECT p.profile FROM user_profiles p WHERE p.workspace_id = t.workspace_id
                    AND p.user_key = t.user_key AND p.valid_from = t.valid_from), last_login_at, \(dated) users t\(still)
            """,
            """
            SELECT 'group', okta_id, name, type, members_count, okta_users_count, has_admin_privilege, \(dated) user_groups t\(still)
            """,
            "SELECT 'app', okta_id, label, status, sign_on_mode, users_count, groups_count, \(dated) apps t\(still)",
            "SELECT 'rule', okta_id, name, status, expression, group_ids, \(dated) group_rules t\(still)",
            "SELECT 'token', okta_id, name, \(id("user_key")), \(dated) api_tokens t\(still)",
            "SELECT 'role', \(id("holder_key")), role_id, type, assignment_type, \(dated) admin_roles t\(still)",
            "SELECT 'factor', \(id("user_key")), factor_id, type, status, \(dated) factors t\(still)",
            "SELECT 'membership', \(id("group_key")), \(id("user_key")), \(dated) memberships t\(still)",
            """
            SELECT 'assignment', \(id("app_key")), \(id("user_key")), scope, \(id("group_key")), status, assigned_at,
                \(dated) assignments t\(still)
            """,
            "SELECT 'app group', \(id("app_key")), \(id("group_key")), priority, \(dated) app_groups t\(still)",
            "SELECT 'usage', \(id("app_key")), \(id("user_key")), day, sign_ins, last_at FROM usage_daily t",
            "SELECT 'hours', \(id("app_key")), day, \((0..<24).map { "h\($0)" }.joined(separator: ", ")) FROM usage_hours t",
            "SELECT 'first', \(id("app_key")), \(id("user_key")), first_day, last_at FROM last_uses t",
            "SELECT 'month', \(id("app_key")), month, sign_ins FROM usage_monthly t",
            "SELECT 'event', uuid, event_type, result, \(id("user_key")), \(id("app_key")), summary FROM log_events t",
        ]
        return try questions.flatMap { question in
            try connection.query(question) { row in
                (0..<row.count).map { column in
                    switch row.value(column) {
                    case .null: "-"
                    case .integer(let number): String(number)
                    case .real(let number): String(number)
                    case .text(let text): text
                    case .blob(let bytes): bytes.description
                    }
                }.joined(separator: "|")
            }
        }.sorted()
    }
}

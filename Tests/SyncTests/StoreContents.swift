import DatabaseEngine
import Storage

/// Everything a sync is about, by Okta's own ids, so that two stores can be compared whatever keys they gave out.
///
/// Left out is what depends on when it was read: when a thing without a date of Okta's was first seen, and by which run.
func contents(of store: Store) async throws -> [String] {
    try await store.engine.read { connection in
        func id(_ column: String) -> String {
            "coalesce((SELECT okta_id FROM objects o WHERE o.workspace_id = t.workspace_id AND o.object_key = t.\(column)), '')"
        }
        let dated = "CASE WHEN t.from_how = 1 THEN t.valid_from ELSE 0 END, t.from_how, t.valid_to IS NULL"
        let questions: [String] = [
            "SELECT 'user', okta_id, status, login, department, profile, last_login_at, \(dated) FROM users t",
            """
            SELECT 'group', okta_id, name, type, members_count, okta_users_count, has_admin_privilege, \(dated)
            FROM user_groups t
            """,
            "SELECT 'app', okta_id, label, status, sign_on_mode, users_count, groups_count, \(dated) FROM apps t",
            "SELECT 'rule', okta_id, name, status, expression, group_ids, \(dated) FROM group_rules t",
            "SELECT 'token', okta_id, name, \(id("user_key")), \(dated) FROM api_tokens t",
            "SELECT 'role', \(id("holder_key")), role_id, type, assignment_type, \(dated) FROM admin_roles t",
            "SELECT 'factor', \(id("user_key")), factor_id, type, status, \(dated) FROM factors t",
            "SELECT 'membership', \(id("group_key")), \(id("user_key")), \(dated) FROM memberships t",
            """
            SELECT 'assignment', \(id("app_key")), \(id("user_key")), scope, \(id("group_key")), status, assigned_at,
                \(dated) FROM assignments t
            """,
            "SELECT 'app group', \(id("app_key")), \(id("group_key")), priority, \(dated) FROM app_groups t",
            "SELECT 'usage', \(id("app_key")), \(id("user_key")), day, sign_ins, last_at FROM usage_daily t",
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

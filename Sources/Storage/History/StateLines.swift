import DatabaseEngine
import Directory

/// The state at a moment as lines of text.
///
/// A line is the kind of a thing and its fields, with a tab between them. `\N` stands for what there is not; in texts a
/// backslash, tab, line feed and carriage return are written `\\`, `\t`, `\n`, `\r`. Tenants come in the order of their
/// Okta org ids; within one, kind after kind, and within a kind in the order of Okta's ids, byte by byte. Times are ISO
/// 8601. Only Okta's ids and values are in it: no key, run or date of Muster's own, and nothing that depends on from
/// which side a list was read.
struct StateLines {
    let connection: Connection
    let workspaceID: Int64
    let asOf: AsOf

    /// One kind of thing: its word on a line, its plural, and how it is read. `$1` is the workspace, `$2` the integration.
    struct Section {
        let word: String
        let noun: String
        /// Columns that are times.
        var times: Set<Int> = []
        let sql: @Sendable (AsOf) -> String
    }

    func each(_ body: (_ section: Int?, _ line: String) throws -> Bool) throws {
        guard try body(nil, "muster-state\t1") else { return }
        let tenants = try connection.query(
            """
            SELECT i.integration_id, i.org_id FROM integrations i WHERE i.workspace_id = $1
            ORDER BY i.org_id, i.integration_id
            """, [.integer(workspaceID)]
        ) { ($0.integer(0), $0.text(1)) }
        for (integration, org) in tenants {
            guard try body(nil, "tenant\t" + Self.escaped(org)) else { return }
            for (position, section) in Self.sections.enumerated() {
                var goesOn = true
                try connection.each(section.sql(asOf), [.integer(workspaceID), .integer(integration)]) { row in
                    goesOn = try body(position, Self.line(section, row))
                    return goesOn
                }
                guard goesOn else { return }
            }
        }
    }

    private static func line(_ section: Section, _ row: Row) -> String {
        var line = section.word
        for column in 0..<row.count {
            line += "\t"
            switch row.value(column) {
            case .null, .blob: line += "\\N"
            case .integer(let number):
                line += section.times.contains(column) ? Timestamp(rawValue: number).iso8601 : String(number)
            case .real(let number): line += String(number)
            case .text(let text): line += escaped(text)
            }
        }
        return line
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 92 || $0 == 9 || $0 == 10 || $0 == 13 }) else { return text }
        return text.replacing("\\", with: "\\\\").replacing("\t", with: "\\t").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r")
    }

    /// The kinds of things, in the order of their lines.
    static let sections = [
        object(
            "user", "users", table: "users", key: "user_key",
            [
                "status", "login", "email", "first_name", "last_name", "display_name", "department", "title", "manager",
                "manager_id", "employee_number", "user_type", "organization", "division", "cost_center",
            ]),
        object("group", "groups", table: "user_groups", key: "group_key", ["name", "type", "description"]),
        object("app", "apps", table: "apps", key: "app_key", ["name", "label", "status", "sign_on_mode"]),
        object(
            "rule", "rules", table: "group_rules", key: "rule_key",
            ["name", "status", "expression", "group_ids", "excluded_user_ids"]),
        link("membership", "memberships", table: "memberships", from: "user_key", to: "group_key"),
        link("app_group", "app_groups", table: "app_groups", from: "app_key", to: "group_key"),
        Section(word: "assignment", noun: "assignments", times: [5]) { asOf in
            """
            SELECT o.okta_id, p.okta_id, a.scope, g.okta_id, a.status, a.assigned_at
            FROM objects o CROSS JOIN assignments a\(ReadHint.index("assignments_by_user").sql) CROSS JOIN objects p
            LEFT JOIN objects g ON g.workspace_id = $1 AND g.object_key = a.group_key
            WHERE o.workspace_id = $1 AND o.integration_id = $2 AND a.workspace_id = $1
                AND a.user_key = o.object_key AND (\(asOf.holds("a"))) AND p.workspace_id = $1
                AND p.object_key = a.app_key
            ORDER BY o.okta_id, p.okta_id
            """
        },
        Section(word: "role", noun: "roles") { asOf in
            """
            SELECT o.okta_id, r.role_id, r.type, r.label, r.status, r.assignment_type, r.custom_role_id, r.resource_set_id
            FROM objects o CROSS JOIN admin_roles r
            WHERE o.workspace_id = $1 AND o.integration_id = $2 AND r.workspace_id = $1
                AND r.holder_key = o.object_key AND (\(asOf.holds("r")))
            ORDER BY o.okta_id, r.role_id
            """
        },
    ]

    private static func object(
        _ word: String, _ noun: String, table: String, key: String, _ columns: [String]
    ) -> Section {
        let selected = columns.map { "x.\($0)" }.joined(separator: ", ")
        return Section(word: word, noun: noun) { asOf in
            """
            SELECT o.okta_id, \(selected) FROM objects o CROSS JOIN \(table) x
            WHERE o.workspace_id = $1 AND o.integration_id = $2 AND x.workspace_id = $1 AND x.\(key) = o.object_key
                AND (\(asOf.holds("x")))
            ORDER BY o.okta_id
            """
        }
    }

    private static func link(
        _ word: String, _ noun: String, table: String, from: String, to: String
    ) -> Section {
        Section(word: word, noun: noun) { asOf in
            """
            SELECT o.okta_id, p.okta_id FROM objects o CROSS JOIN \(table) x CROSS JOIN objects p
            WHERE o.workspace_id = $1 AND o.integration_id = $2 AND x.workspace_id = $1 AND x.\(from) = o.object_key
                AND (\(asOf.holds("x"))) AND p.workspace_id = $1 AND p.object_key = x.\(to)
            ORDER BY o.okta_id, p.okta_id
            """
        }
    }
}

import DatabaseEngine
import Directory
public import Storage

extension ListDefinition {
    /// Accounts that seem to be nobody's own: of services, or shared by several people. Each with the evidence.
    public static func sharedAccounts(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "shared-accounts",
            columns: [
                ListColumn("user_id", "user_id"), ListColumn("login", "login", isName: true),
                ListColumn("kind", "kind"), ListColumn("evidence", "evidence"), ListColumn("status", "status"),
                ListColumn("user_type", "user_type"), ListColumn("department", "department", isName: true),
                ListColumn("manager", "manager", isName: true),
                ListColumn("apps", .number, "apps", nullIsUnknown: true),
                ListColumn("roles", .number, "roles"), ListColumn("last_login_at", .time, "last_login_at"),
            ],
            extras: [ListColumn("name", "name", isName: true)],
            defaultSort: "login",
            source: .memory(searched: ["login", "name", "evidence"]) { connection, workspaceID in
                try SharedAccounts.rows(connection, workspaceID, moment)
            })
    }
}

/// Tells accounts of machines and of several people from those of one person, by what their profile says.
public enum SharedAccounts {
    /// Words that say so when they are a part of a login's name, split at anything that is no letter.
    private static let service: Set<String> = [
        "svc", "service", "services", "srv", "api", "bot", "robot", "daemon", "integration", "integrations",
        "automation",
        "sync", "scim", "sa", "serviceaccount", "system", "ci", "deploy",
    ]
    private static let shared: Set<String> = [
        "shared", "team", "info", "noreply", "reception", "kiosk", "desk", "helpdesk", "support", "office", "sales",
        "accounts", "accounting", "billing", "finance", "marketing", "contact", "hello", "jobs", "press", "admin",
        "test", "demo", "training", "frontdesk", "warehouse", "scanner", "printer", "meetingroom", "room",
    ]

    /// What an account seems to be, and why; nil for one of a single person.
    public static func judge(
        login: String, name: String, userType: String?, sharesAddress: Int
    ) -> (kind: String, evidence: String)? {
        var evidence: [String] = []
        var kind: String?
        if let type = userType?.lowercased() {
            for (words, found) in [(service, "service"), (shared, "shared")]
            where !words.isDisjoint(with: type.split { !$0.isLetter }.map(String.init)) {
                evidence.append("its user type is “\(userType ?? "")”")
                kind = kind ?? found
            }
        }
        let local = login.prefix { $0 != "@" }.lowercased().split { !$0.isLetter }.map(String.init)
        // A person's login has their names in it: a word there says nothing.
        let own = Set(name.lowercased().split { !$0.isLetter }.map(String.init))
        for (words, found) in [(service, "service"), (shared, "shared")] {
            guard let word = local.first(where: { words.contains($0) && ($0 == "svc" || !own.contains($0)) }) else {
                continue
            }
            evidence.append("its login has “\(word)” in it")
            kind = kind ?? found
        }
        if sharesAddress > 1 {
            evidence.append("\(sharesAddress) accounts have its e-mail address")
            kind = kind ?? "shared"
        }
        return kind.map { ($0, evidence.joined(separator: "; ")) }
    }

    private struct Account {
        let key: Int64
        let cells: [Value]
        let login: String
        let name: String
        let userType: String?
        let email: String
    }

    static func rows(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> [[Value]] {
        var addresses: [String: Int] = [:]
        try connection.each(
            """
            SELECT lower(u.email), count(*) FROM users u WHERE u.workspace_id = $1 AND \(moment.asOf.holds("u"))
                AND u.email <> '' AND u.status <> 'DEPROVISIONED' GROUP BY lower(u.email) HAVING count(*) > 1
            """, [.integer(workspaceID)]
        ) { row in
            addresses[row.text(0)] = Int(row.integer(1))
            return true
        }
        let holdings = try Holdings(connection, workspaceID, moment)
        var found: [(account: Account, kind: String, evidence: String)] = []
        try connection.each(
            """
            SELECT u.user_key, u.okta_id, u.login, u.email, u.first_name, u.last_name, u.user_type, u.status,
                u.department, u.manager, \(moment.told("u.last_login_at"))
            FROM users u WHERE u.workspace_id = $1 AND \(moment.asOf.holds("u")) AND u.status <> 'DEPROVISIONED'
            """, [.integer(workspaceID)]
        ) { row in
            let name = [row.optionalText(4), row.optionalText(5)].compactMap(\.self).joined(separator: " ")
            let email = row.text(3)
            let shares = addresses.isEmpty ? 0 : addresses[email.lowercased()] ?? 0
            guard
                let (kind, evidence) = judge(
                    login: row.text(2), name: name, userType: row.optionalText(6), sharesAddress: shares)
            else { return true }
            let account = Account(
                key: row.integer(0), cells: (0..<11).map { row.value($0) }, login: row.text(2), name: name,
                userType: row.optionalText(6), email: email)
            found.append((account, kind, evidence))
            return true
        }
        return try found.map { account, kind, evidence in
            let cells = account.cells
            return [
                cells[1], cells[2], .text(kind), .text(evidence), cells[7], cells[6], cells[8], cells[9],
                .optional(try holdings.apps(of: account.key)), .optional(try holdings.roles(of: account.key)),
                cells[10],
                .text(account.name),
            ]
        }
    }
}

import DatabaseEngine
import Directory

/// The rows of the made-up company. Keys: people from 1, then groups, then apps.
struct SampleCompany: Sendable {
    let people: Int
    let workspace: Int64
    let now: Timestamp
    var groups: Int { max(12, people / 40) }
    var apps: Int { min(400, max(14, people / 20)) }
    var firstGroup: Int { people + 1 }
    var firstApp: Int { firstGroup + groups }
    private static let day: Int64 = 86_400_000_000

    static let departments = [
        "Engineering", "Finance", "Sales", "Marketing", "Customer Support", "Legal & Compliance", "People", "IT",
        "R&D / Labs",
    ]
    static let firstNames = [
        "Ada", "Björn", "Chidi", "Dolores", "Eun-ji", "Fatima", "Giulia", "Hiro", "Ines", "Jamal", "Katarzyna", "Liam",
        "Mei", "Noor", "Oluwaseun", "Priya", "Quentin", "Rosa", "Sven", "Tomás",
    ]
    static let lastNames = [
        "Abbott", "Brandt", "Castillo", "Dubois", "Eriksen", "Fischer", "García", "Hughes", "Ito", "Jansen", "Kowalski",
        "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quinn", "Rossi", "Silva", "Tanaka", "O'Brien",
    ]
    static let appNames = [
        ("salesforce", "Salesforce"), ("slack", "Slack"), ("github_enterprise", "GitHub"), ("workday", "Workday"),
        ("zoomus", "Zoom"), ("jira_onprem", "Jira"), ("netsuite", "NetSuite"), ("figma", "Figma"),
        ("office365", "Microsoft Office 365"), ("box", "Box"), ("datadog", "Datadog"), ("servicenow", "ServiceNow"),
        ("tableau", "Tableau"), ("notion", "Notion"),
    ]

    func fill(_ connection: Connection) throws {
        try integration(connection)
        try users(connection)
        try groupRows(connection)
        try appRows(connection)
        try links(connection)
        try usage(connection)
        try counts(connection)
        try security(connection)
        try SampleRuns(company: self).fill(connection)
    }

    func ago(days: Int) -> Int64 { now.rawValue - Int64(days) * Self.day }

    static func id(_ prefix: String, _ key: Int) -> String {
        let digits = String(key, radix: 36)
        return prefix + String(repeating: "0", count: 17 - digits.count) + digits
    }

    private func integration(_ connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO integrations (workspace_id, integration_id, name, base_url, org_id, pipeline, contact,
                credential_kind, created_at, last_call_at, log_since)
            VALUES ($1, 1, 'acme', 'https://acme.okta.com', '00oacme', 'idx', 'it@acme.example', 'apiToken', $2, $3, $4)
            """,
            [
                .integer(workspace), .integer(ago(days: 120)), .integer(now.rawValue - 40_000_000),
                .integer(ago(days: 90)),
            ])
        try connection.execute(
            "UPDATE workspace_counters SET next_key = $2 WHERE workspace_id = $1",
            [.integer(workspace), .integer(Int64(firstApp + apps))])
    }

    private func object(_ connection: Connection, _ key: Int, _ id: String) throws {
        try connection.execute(
            "INSERT INTO objects (workspace_id, object_key, integration_id, okta_id) VALUES ($1, $2, 1, $3)",
            [.integer(workspace), .integer(Int64(key)), .text(id)])
    }

    func status(_ person: Int) -> String {
        switch person % 40 {
        case 7: "DEPROVISIONED"
        case 13: "SUSPENDED"
        case 21: "STAGED"
        case 29: "LOCKED_OUT"
        case 33: "PASSWORD_EXPIRED"
        default: "ACTIVE"
        }
    }

    private func name(_ person: Int) -> (first: String, last: String) {
        switch person {
        case 3: ("<script>alert(1)</script>", "Bobby \"Tables\" & Sons")
        case 5: ("=HYPERLINK(\"http://evil\")", "+Formula")
        default:
            (
                Self.firstNames[person % Self.firstNames.count],
                Self.lastNames[person / 3 % Self.lastNames.count]
            )
        }
    }

    private func users(_ connection: Connection) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO users (workspace_id, user_key, valid_from, valid_to, from_how, to_how, opened_run, content_hash,
                integration_id, okta_id, status, login, email, first_name, last_name, display_name, department, title,
                manager, employee_number, user_type, organization, division, cost_center, provider,
                created_at, activated_at, last_login_at, last_updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, 1, 0, 1, $7, $8, $9, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'Acme',
                $18, $19, 'OKTA', $20, $20, $21, $20)
            """)
        let profile = try connection.prepare(
            "INSERT INTO user_profiles (workspace_id, user_key, valid_from, profile) VALUES ($1, $2, $3, $4)")
        for person in 1...people {
            let id = Self.id("00u", person)
            try object(connection, person, id)
            let (first, last) = name(person)
            let department = Self.departments[person % Self.departments.count]
            let ascii = first.lowercased().filter { $0.isASCII && $0.isLetter }
            let created = ago(days: 90 + person % 900)
            let values: [Value] = [
                .integer(workspace), .integer(Int64(person)), .integer(ago(days: 60)), .null, .integer(4), .null,
                .text(id), .text(status(person)), .text("\(ascii).\(person)@acme.example"), .text(first), .text(last),
                .text("\(first) \(last)"), person % 50 == 49 ? .null : .text(department), .text("Specialist"),
                .text("Manager \(person % 30)"), .text("E\(10_000 + person)"),
                .text(person % 11 == 0 ? "Contractor" : "Employee"), .text("Europe"), .text("CC\(person % 9)"),
                .integer(created), status(person) == "STAGED" ? .null : .integer(ago(days: person % 97)),
            ]
            insert.bind(values)
            try insert.run()
            profile.bind(
                Array(values[0...2]) + [
                    .text(
                        #"{"login":"\#(ascii).\#(person)@acme.example","badge":"\#(person)","desk":"3-\#(person % 90)"}"#
                    )
                ])
            try profile.run()
            guard person % 10 == 0 else { continue }
            // One in ten moved department sixty days ago.
            var former = values
            former[2] = .integer(ago(days: 90))
            former[3] = .integer(ago(days: 60))
            former[5] = .integer(3)
            former[12] = .text("Sales")
            insert.bind(former)
            try insert.run()
        }
    }

    private func groupRows(_ connection: Connection) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO user_groups (workspace_id, group_key, valid_from, from_how, opened_run, content_hash,
                integration_id, okta_id, name, description, type, created_at, last_updated_at,
                last_membership_updated_at, okta_users_count, okta_apps_count)
            VALUES ($1, $2, $3, 4, 1, 0, 1, $4, $5, $6, $7, $3, $3, $8, $9, 0)
            """)
        for group in 0..<groups {
            let key = firstGroup + group
            let id = Self.id("00g", key)
            try object(connection, key, id)
            let name = group == 0 ? "Everyone" : "\(Self.departments[group % 9]) team \(group)"
            insert.bind([
                .integer(workspace), .integer(Int64(key)), .integer(ago(days: 90)), .text(id), .text(name),
                group % 3 == 0 ? .null : .text("People of \(name)"),
                .text(group == 0 ? "BUILT_IN" : group % 4 == 3 ? "APP_GROUP" : "OKTA_GROUP"),
                .integer(ago(days: group % 30)), .integer(Int64(group == 0 ? people : 0)),
            ])
            try insert.run()
        }
        try connection.execute(
            """
            INSERT INTO group_rules (workspace_id, rule_key, valid_from, from_how, opened_run, content_hash,
                integration_id, okta_id, name, status, expression, group_ids, excluded_user_ids, created_at)
            VALUES ($1, 9000001, $2, 4, 1, 0, 1, '0pr1', 'Engineers to team 1', 'ACTIVE',
                'user.department=="Engineering"', $3, '', $2)
            """, [.integer(workspace), .integer(ago(days: 80)), .text(Self.id("00g", firstGroup + 1))])
    }

    private func appRows(_ connection: Connection) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO apps (workspace_id, app_key, valid_from, from_how, opened_run, content_hash, integration_id,
                okta_id, name, label, status, sign_on_mode, features, implicit_assignment, hidden, created_at,
                last_updated_at)
            VALUES ($1, $2, $3, 4, 1, 0, 1, $4, $5, $6, $7, $8, '', 0, 0, $9, $9)
            """)
        let modes = ["SAML_2_0", "OPENID_CONNECT", "BOOKMARK", "BROWSER_PLUGIN"]
        for app in 0..<apps {
            let key = firstApp + app
            let id = Self.id("0oa", key)
            try object(connection, key, id)
            let (name, label) = Self.appNames[app % Self.appNames.count]
            insert.bind([
                .integer(workspace), .integer(Int64(key)), .integer(ago(days: 90)), .text(id), .text(name),
                .text(app < Self.appNames.count ? label : "\(label) \(app)"),
                .text(app % 9 == 8 ? "INACTIVE" : "ACTIVE"),
                .text(modes[app % 4]), .integer(ago(days: 100 + app)),
            ])
            try insert.run()
        }
    }
}

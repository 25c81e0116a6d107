import DatabaseEngine
import Directory
import Storage

extension SampleCompany {
    /// Memberships, app groups and assignments: about eight groups and twenty apps a person.
    func links(_ connection: Connection) throws {
        let membership = try connection.prepare(
            """
            INSERT INTO memberships (workspace_id, group_key, user_key, valid_from, valid_to, from_how, opened_run)
            VALUES ($1, $2, $3, $4, $5, $6, 1)
            """)
        for group in 1..<groups {
            for person in members(of: group) {
                let ended = (person + group) % 37 == 0
                membership.bind([
                    .integer(workspace), .integer(Int64(firstGroup + group)), .integer(Int64(person)),
                    .integer(ago(days: 30 + (person + group) % 60)), ended ? .integer(ago(days: 10)) : .null,
                    .integer(Int64(1 + person % 4)),
                ])
                try membership.run()
            }
        }
        for app in 0..<apps {
            for group in granting(app) {
                try connection.execute(
                    """
                    INSERT INTO app_groups (workspace_id, app_key, group_key, valid_from, from_how, opened_run, priority)
                    VALUES ($1, $2, $3, $4, 4, 1, $5)
                    """,
                    [
                        .integer(workspace), .integer(Int64(firstApp + app)), .integer(Int64(firstGroup + group)),
                        .integer(ago(days: 90)), .integer(Int64(group % 5)),
                    ])
            }
            try assign(connection, app)
        }
    }

    private func assign(_ connection: Connection, _ app: Int) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO assignments (workspace_id, app_key, user_key, valid_from, valid_to, from_how, opened_run, scope,
                group_key, status, assigned_at)
            VALUES ($1, $2, $3, $4, $5, 1, 1, $6, $7, 'ACTIVE', $8)
            """)
        let groups = granting(app)
        for person in holders(of: app) {
            let direct = (person + app) % 5 == 0
            let ended = (person + app) % 41 == 0
            let from = ago(days: 20 + (person * 7 + app) % 70)
            insert.bind([
                .integer(workspace), .integer(Int64(firstApp + app)), .integer(Int64(person)), .integer(from),
                ended ? .integer(ago(days: 5)) : .null, .integer(direct ? 1 : 2),
                direct ? .null : .integer(Int64(firstGroup + (groups.first ?? 1))), .integer(from),
            ])
            try insert.run()
        }
    }

    /// Sign-ins on a few days of the last 85 for two people in three; the last app but one is used by nobody.
    func usage(_ connection: Connection) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO usage_daily (workspace_id, app_key, user_key, day, sign_ins, last_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """)
        let today = Int64(now.day)
        for app in 0..<apps where app % 6 != 4 {
            for person in holders(of: app) where (person + app) % 3 != 0 && status(person) == "ACTIVE" {
                for step in stride(from: 84 - (person + app) % 20, through: 0, by: -17) {
                    let day = today - Int64(step)
                    insert.bind([
                        .integer(workspace), .integer(Int64(firstApp + app)), .integer(Int64(person)), .integer(day),
                        .integer(Int64(1 + (person + step) % 3)), .integer(day * 86_400_000_000 + 32_400_000_000),
                    ])
                    try insert.run()
                }
            }
        }
        var months: [Int64: (first: Int64, end: Int64)] = [:]
        for day in (today - 90)...today {
            let month = Moment.month(of: Timestamp(day: Int32(day)))
            months[month] = (months[month]?.first ?? day, day + 1)
        }
        try connection.execute(
            """
            INSERT INTO last_uses (workspace_id, app_key, user_key, last_at, first_day)
            SELECT workspace_id, app_key, user_key, max(last_at), min(day) FROM usage_daily WHERE workspace_id = $1
            GROUP BY workspace_id, app_key, user_key
            """, [.integer(workspace)])
        // Everybody signs in at nine.
        let hours = (0..<24).map { $0 == 9 ? "sum(sign_ins)" : "0" }.joined(separator: ", ")
        try connection.execute(
            """
            INSERT INTO usage_hours (workspace_id, app_key, day, \((0..<24).map { "h\($0)" }.joined(separator: ", ")))
            SELECT workspace_id, app_key, day, \(hours) FROM usage_daily WHERE workspace_id = $1
            GROUP BY workspace_id, app_key, day
            """, [.integer(workspace)])
        for (month, days) in months {
            try connection.execute(
                """
                INSERT INTO usage_monthly (workspace_id, app_key, month, sign_ins)
                SELECT workspace_id, app_key, $2, sum(sign_ins) FROM usage_daily
                WHERE workspace_id = $1 AND day >= $3 AND day < $4 GROUP BY workspace_id, app_key
                """, [.integer(workspace), .integer(month), .integer(days.first), .integer(days.end)])
        }
    }

    /// The counts that a sync keeps on open rows; the last app's assignments could not be read.
    func counts(_ connection: Connection) throws {
        for statement in [
            """
            UPDATE user_groups SET members_count = (SELECT count(*) FROM memberships m WHERE m.workspace_id = $1
                AND m.group_key = user_groups.group_key AND m.valid_to IS NULL) WHERE workspace_id = $1
            """,
            """
            UPDATE apps SET users_count = (SELECT count(*) FROM assignments a WHERE a.workspace_id = $1
                AND a.app_key = apps.app_key AND a.valid_to IS NULL),
                groups_count = (SELECT count(*) FROM app_groups x WHERE x.workspace_id = $1
                AND x.app_key = apps.app_key AND x.valid_to IS NULL) WHERE workspace_id = $1
            """,
            "UPDATE apps SET users_count = NULL WHERE workspace_id = $1 AND app_key = \(firstApp + apps - 1)",
            "DELETE FROM assignments WHERE workspace_id = $1 AND app_key = \(firstApp + apps - 1)",
        ] {
            try connection.execute(statement, [.integer(workspace)])
        }
    }

    /// Admin roles, factors and tokens of a few people.
    func security(_ connection: Connection) throws {
        let roles = ["SUPER_ADMIN", "READ_ONLY_ADMIN", "HELP_DESK_ADMIN", "APP_ADMIN"]
        for person in stride(from: 2, through: min(people, 400), by: 23) {
            try connection.execute(
                """
                INSERT INTO admin_roles (workspace_id, holder_key, role_id, valid_from, from_how, opened_run,
                    integration_id, type, label, status, assignment_type, created_at)
                VALUES ($1, $2, 'role1', $3, 4, 1, 1, $4, $4, 'ACTIVE', 'USER', $3)
                """,
                [.integer(workspace), .integer(Int64(person)), .integer(ago(days: 50)), .text(roles[person % 4])])
            try connection.execute(
                "INSERT INTO factor_reads (workspace_id, user_key, read_at) VALUES ($1, $2, $3)",
                [.integer(workspace), .integer(Int64(person)), .integer(now.rawValue)])
            try connection.execute(
                """
                INSERT INTO factors (workspace_id, user_key, factor_id, valid_from, from_how, opened_run,
                    integration_id, type, provider, status, created_at)
                VALUES ($1, $2, 'f1', $3, 4, 1, 1, 'push', 'OKTA', 'ACTIVE', $3)
                """, [.integer(workspace), .integer(Int64(person)), .integer(ago(days: 50))])
        }
    }

    /// The groups that give an app.
    func granting(_ app: Int) -> [Int] { Set([1 + app % (groups - 1), 1 + (app * 3 + 2) % (groups - 1)]).sorted() }

    private func members(of group: Int) -> StrideThrough<Int> {
        // Group 1 holds a third of the company, so that lists of a large group are tried too.
        group == 1
            ? stride(from: 1, through: people, by: 3)
            : stride(from: 1 + group % max(1, groups / 8), through: people, by: max(1, groups / 8))
    }

    private func holders(of app: Int) -> StrideThrough<Int> {
        app == 0
            ? stride(from: 1, through: people, by: 1)
            : stride(from: 1 + app % max(1, apps / 20), through: people, by: max(1, apps / 20))
    }
}

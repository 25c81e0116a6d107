import DatabaseEngine
import Directory

/// Two finished runs with calls, gauges, coverage, a held closure and a quarantined record.
struct SampleRuns {
    let company: SampleCompany

    func fill(_ connection: Connection) throws {
        let workspace = Value.integer(company.workspace)
        for (run, status, days) in [(1, "complete", 2), (2, "partial", 0)] {
            let start = company.now.rawValue - Int64(days) * 86_400_000_000 - 90_000_000
            try connection.execute(
                """
                INSERT INTO runs (workspace_id, run_id, integration_id, kind, status, started_at, heartbeat_at,
                    finished_at, predicted_calls, retries, coverage)
                VALUES ($1, $2, 1, 'full', $3, $4, $5, $5, 330, 1, $6)
                """,
                [
                    workspace, .integer(Int64(run)), .text(status), .integer(start), .integer(start + 50_000_000),
                    .text("users=readable\nroles=forbidden: E0000006\nlogs=readable"),
                ])
            for (noun, seen, added, changed, closed) in [
                ("users", company.people, 12, 7, 1), ("memberships", company.people * 8, 31, 0, 9),
                ("assignments", company.people * 20, 44, 2, 6), ("apps", company.apps, 1, 0, 0),
            ] {
                try connection.execute(
                    "INSERT INTO run_counts VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    [
                        workspace, .integer(Int64(run)), .text(noun), .integer(Int64(seen)), .integer(Int64(added)),
                        .integer(Int64(changed)), .integer(Int64(closed)),
                    ])
            }
            for (callClass, predicted, calls) in [
                ("users", 10, 10), ("group_users", 140, 141), ("app_users", 150, 150),
            ] {
                try connection.execute(
                    "INSERT INTO run_calls VALUES ($1, $2, $3, $4, $5)",
                    [
                        workspace, .integer(Int64(run)), .text(callClass), .integer(Int64(predicted)),
                        .integer(Int64(calls)),
                    ])
            }
        }
        try details(connection, workspace)
    }

    private func details(_ connection: Connection, _ workspace: Value) throws {
        for (resource, state) in [
            ("users", "readable"), ("groups", "readable"), ("memberships", "readable"), ("apps", "readable"),
            ("assignments", "readable"), ("app_groups", "readable"), ("group_rules", "readable"),
            ("logs", "readable"), ("roles", "forbidden: E0000006"), ("factors", "not tried"),
            ("api_tokens", "unavailable: E0000015"),
        ] {
            try connection.execute(
                "INSERT INTO coverage VALUES ($1, 1, $2, $3, $4)",
                [workspace, .text(resource), .text(state), .integer(company.now.rawValue)])
        }
        for position in 1...120 {
            try connection.execute(
                """
                INSERT INTO calls (workspace_id, integration_id, position, run_id, called_at, method, path, call_class,
                    bucket, status, items, bytes, request_id, duration_us, retry, chain_sha256)
                VALUES ($1, 1, $2, 2, $3, 'GET', '/api/v1/users?limit=200', 'users', '/api/v1/users', $4, 200, 449000,
                    'aXreq1', 81000, 0, $5)
                """,
                [
                    workspace, .integer(Int64(position)), .integer(company.now.rawValue - 90_000_000),
                    .integer(position % 40 == 0 ? 429 : 200), .blob([0]),
                ])
        }
        for (bucket, used) in [("/api/v1/users", 280), ("/api/v1/apps", 12), ("/api/v1/logs", 58)] {
            try connection.execute(
                "INSERT INTO rate_gauges VALUES ($1, 1, $2, 600, $3, 300, $4, $5, $6)",
                [
                    workspace, .text(bucket), .integer(Int64(600 - used)), .integer(Int64(used)),
                    .integer(company.now.rawValue + 30_000_000), .integer(company.now.rawValue),
                ])
        }
        try connection.execute(
            "INSERT INTO held_closures VALUES ($1, 2, 'group_users', $2, 400, 180, NULL)",
            [workspace, .integer(Int64(company.firstGroup + 1))])
        try connection.execute(
            "INSERT INTO quarantine VALUES ($1, 2, 1, 'users', 0, 'id is missing', '{\"status\":\"ACTIVE\"}', $2)",
            [workspace, .integer(company.now.rawValue)])
        for key in 1...5 {
            try connection.execute(
                "INSERT INTO changes VALUES ($1, 2, 'assignments', 'added', $2, $3)",
                [workspace, .integer(Int64(company.firstApp)), .integer(Int64(key))])
        }
    }
}

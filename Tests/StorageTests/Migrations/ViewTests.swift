import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite struct ViewTests {
    @Test("v_roles names the group a role comes through, as the list of roles does", arguments: TestEngine.available)
    func rolesByGroup(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let workspace = sample.store.workspaceID
            let group = try #require(
                try await sample.store.list(
                    .groups(Moment(now: SampleStore.now)), ListRequest(sort: "members", descending: true)
                ).rows.first { $0.text("type") != "BUILT_IN" })
            try await sample.store.engine.write { connection in
                let member = try connection.first(
                    """
                    SELECT m.user_key, m.group_key FROM memberships m
                    JOIN user_groups g ON g.workspace_id = m.workspace_id AND g.group_key = m.group_key
                    WHERE m.workspace_id = $1 AND m.valid_to IS NULL AND g.okta_id = $2 ORDER BY m.user_key LIMIT 1
                    """, [.integer(workspace), .text(group.text("id"))], { ($0.integer(0), $0.integer(1)) })
                guard let member else { return }
                for (holder, kind) in [(member.1, "USER"), (member.0, "GROUP")] {
                    try connection.execute(
                        """
                        INSERT INTO admin_roles (workspace_id, holder_key, role_id, valid_from, from_how, opened_run,
                            integration_id, type, label, status, assignment_type)
                        VALUES ($1, $2, 'ra1', 1, 4, 1, 1, 'ORG_ADMIN', 'Organization Administrator', 'ACTIVE', $3)
                        """, [.integer(workspace), .integer(holder), .text(kind)])
                }
            }
            let viewed = try await sample.store.engine.read { connection in
                try connection.query(
                    """
                    SELECT user_id, login, role, assignment_type, via_group, valid_from FROM v_roles
                    WHERE workspace_id = $1 AND via_group IS NOT NULL
                    """, [.integer(workspace)]
                ) { row in (row.text(0), row.text(4)) }
            }
            let roles = try await sample.store.list(.roles(Moment(now: SampleStore.now)), ListRequest(limit: 500)).rows
            var listed: [String] = []
            for role in roles where role.text("assignment_type") == "GROUP" { listed.append(role.text("user_id")) }
            // Everybody in the group is an admin through it, once, whoever Okta lists as one.
            #expect(viewed.count > 1 && Set(viewed.map(\.0)).count == viewed.count)
            #expect(Int64(viewed.count) == group.number("members"))
            #expect(viewed.map(\.0).sorted() == listed.sorted())
            #expect(Set(viewed.map(\.1)) == [group.text("name")])
        }
    }

    @Test(
        "v_groups counts the apps of a group as its list does, and leaves out what could not be read",
        arguments: TestEngine.available)
    func appsOfGroups(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let moment = Moment(now: SampleStore.now)
            let workspace = sample.store.workspaceID
            for state in ["readable", "forbidden: E0000006"] {
                try await sample.store.engine.write { connection in
                    try connection.execute(
                        """
                        INSERT INTO coverage (workspace_id, integration_id, resource, state, checked_at)
                        VALUES ($1, 1, 'app_groups', $2, 0)
                        ON CONFLICT (workspace_id, integration_id, resource) DO UPDATE SET state = excluded.state
                        """, [.integer(workspace), .text(state)])
                }
                let viewed = try await sample.store.engine.read { connection in
                    try connection.query(
                        "SELECT id, apps FROM v_groups WHERE workspace_id = $1 ORDER BY id", [.integer(workspace)]
                    ) { row in [row.value(0), row.value(1)] }
                }
                let listed = try await sample.store.list(.groups(moment), ListRequest(sort: "id", limit: 500)).rows
                #expect(viewed == listed.map { [$0["id"], $0["apps"]] })
                #expect(viewed.contains { $0[1] != .null } == (state == "readable"))
            }
        }
    }
}

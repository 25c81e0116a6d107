import DatabaseEngine
import Directory
import Foundation
import Storage
import Support
import Sync
import Testing

/// The main job on real input: a recorded org, replayed over HTTP, against counts made from the file itself.
@Suite(
    "A recorded org is synced",
    .enabled(if: Recorded.folder != nil, "the recorded answers are not beside this checkout"))
struct ReplaySyncTests {
    @Test(
        "users, groups, apps and assignments with their dates equal what the file holds",
        arguments: TestEngine.available)
    func replay(_ engine: TestEngine) async throws {
        let file = try #require(Recorded.folder).appendingPathComponent("tenant_replay/org_2023_139_requests.jsonl")
        let server = try ReplayServer(jsonLines: file)
        let truth = try RecordedTruth(server.recordings)
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        let run = try await server.serve { port in
            let integration = try await fixture.connect(port: port)
            return try await fixture.integrations.sync(integration).run
        }
        #expect(run.status == .partial)
        #expect(run.quarantined == 0)
        #expect(
            run.coverage == [
                .users: .readable, .groups: .readable, .memberships: .forbidden(code: "E0000006"), .apps: .readable,
                .assignments: .readable, .appGroups: .readable, .groupRules: .readable,
                .roles: .forbidden(code: "E0000006"), .factors: .notTried,
                .apiTokens: .forbidden(code: "E0000006"), .logs: .readable,
            ])
        let users = try await fixture.rows("SELECT okta_id, status FROM users WHERE valid_to IS NULL ORDER BY okta_id")
        #expect(users == truth.users)
        let groups = try await fixture.rows(
            "SELECT okta_id, name FROM user_groups WHERE valid_to IS NULL ORDER BY okta_id")
        #expect(groups == truth.groups)
        let apps = try await fixture.rows("SELECT okta_id, label FROM apps WHERE valid_to IS NULL ORDER BY okta_id")
        #expect(apps == truth.apps)
        let assignments = try await fixture.rows(
            """
            SELECT a.okta_id, u.okta_id, x.scope, x.valid_from, x.assigned_at, coalesce(g.okta_id, '')
            FROM assignments x
            JOIN objects a ON a.workspace_id = x.workspace_id AND a.object_key = x.app_key
            JOIN objects u ON u.workspace_id = x.workspace_id AND u.object_key = x.user_key
            LEFT JOIN objects g ON g.workspace_id = x.workspace_id AND g.object_key = x.group_key
            WHERE x.valid_to IS NULL ORDER BY a.okta_id, u.okta_id
            """)
        #expect(assignments == truth.assignments)
        #expect(!truth.assignments.isEmpty)
    }
}

/// What the recorded file holds, counted by Foundation's JSON reader alone.
struct RecordedTruth {
    let users: [[Value]]
    let groups: [[Value]]
    let apps: [[Value]]
    let assignments: [[Value]]

    init(_ recordings: [ReplayServer.Recording]) throws {
        func records(_ match: (String) -> Bool) throws -> [(path: String, record: [String: Any])] {
            try recordings.filter { match($0.path) && $0.status == 200 }.flatMap { recording in
                let list = try JSONSerialization.jsonObject(with: Data(recording.body.utf8)) as? [[String: Any]] ?? []
                return list.map { (recording.path, $0) }
            }
        }
        func text(_ value: Any?) -> Value { .text(value as? String ?? "") }
        users = try records { $0 == "/api/v1/users" }.map { [text($1["id"]), text($1["status"])] }.sorted(
            by: Self.before)
        groups = try records { $0 == "/api/v1/groups" }.map { _, group in
            [text(group["id"]), text((group["profile"] as? [String: Any])?["name"])]
        }.sorted(by: Self.before)
        apps = try records { $0 == "/api/v1/apps" }.map { [text($1["id"]), text($1["label"])] }.sorted(by: Self.before)
        let format = ISO8601DateFormatter()
        format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        assignments = try records { $0.hasPrefix("/api/v1/apps/") && $0.hasSuffix("/users") }.map { path, user in
            let app = path.split(separator: "/")[3]
            let created = format.date(from: user["created"] as? String ?? "") ?? .distantPast
            let micros = Value.integer(Int64((created.timeIntervalSince1970 * 1000).rounded()) * 1000)
            let link = (user["_links"] as? [String: Any])?["group"] as? [String: Any]
            let group = (link?["href"] as? String)?.split(separator: "/").last.map(String.init) ?? ""
            let scope: Int64 = user["scope"] as? String == "GROUP" ? 2 : 1
            return [.text(String(app)), text(user["id"]), .integer(scope), micros, micros, .text(group)]
        }.sorted(by: Self.before)
    }

    private static func before(_ left: [Value], _ right: [Value]) -> Bool {
        func key(_ row: [Value]) -> String {
            row.prefix(2).map { if case .text(let text) = $0 { text } else { "" } }.joined(separator: "|")
        }
        return key(left) < key(right)
    }
}

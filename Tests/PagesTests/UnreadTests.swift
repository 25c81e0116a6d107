import DatabaseEngine
import Directory
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@Suite struct UnreadTests {
    private static let way = "<a href=\"/integrations/acme/coverage\">What to grant</a>"

    /// A company whose memberships and roles nobody ever read.
    private func forget(_ fixture: PagesFixture) async throws {
        try await fixture.sample.store.engine.write { connection in
            for statement in [
                """
                UPDATE runs SET coverage = 'users=readable\ngroups=readable\nmemberships=forbidden: E0000006\n' ||
                    'roles=forbidden: E0000006\ngroup_rules=forbidden: E0000006\nlogs=readable'
                """,
                "UPDATE coverage SET state = 'forbidden: E0000006' WHERE resource IN ('memberships', 'group_rules')",
                "DELETE FROM memberships", "DELETE FROM admin_roles", "DELETE FROM group_rules",
            ] { try connection.execute(statement) }
        }
    }

    @Test(
        "what was not read is not evaluated on every page, with the reason and the way to the coverage",
        arguments: TestEngine.available)
    func notEvaluated(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            try await forget(fixture)
            let moment = Moment(now: SampleStore.now)
            let person = try #require(
                try await fixture.sample.store.list(.users(moment), ListRequest(limit: 1)).rows.first
            ).text("id")
            let group = try #require(
                try await fixture.sample.store.list(
                    .groups(moment),
                    ListRequest(filters: [ListFilter(parsing: "type=OKTA_GROUP", for: .groups(moment))])
                ).rows.first
            ).text("id")
            let memberships = "Memberships were not read: Okta refused them (403 E0000006)."
            let roles = "Admin roles were not read: Okta refused them (403 E0000006)."
            let rules = "Group rules were not read: Okta refused them (403 E0000006)."
            for (path, reasons) in [
                ("/users/\(person)/groups", [memberships]), ("/users/\(person)/security", [memberships, roles]),
                ("/roles", [roles]), ("/groups", [memberships]), ("/groups/\(group)/roles", [roles]),
                ("/groups/\(group)/rules", [rules]), ("/changes", [memberships, roles]),
                ("/changes?part=roles", [roles]), ("/changes?user=\(person)", [memberships, roles]),
            ] {
                let page = try await fixture.get(path).text
                for reason in reasons { #expect(page.contains(reason), "\(path)") }
                #expect(page.contains(Self.way) && page.contains("not evaluated"), "\(path)")
                for none in ["No groups", "No admin roles", "No rules", "administers nothing", "Everyone alone"] {
                    #expect(!page.contains(none), "\(path): \(none)")
                }
            }
            let sheet = try await fixture.get("/users/\(person)/groups").text
            #expect(!sheet.contains("<dt>Groups</dt><dd><strong><a href=\"/users/\(person)/groups\">0</a>"))
            let changes = try await fixture.get("/changes").text
            #expect(
                changes.firstMatch(of: #/<dt>Memberships<\/dt><dd><strong><a[^>]*><span class="not-evaluated"/#) != nil)
            for (file, name) in [
                ("/roles.csv", "roles-not-evaluated.csv"), ("/memberships.json", "memberships-not-evaluated.json"),
                ("/users.csv", "users.csv"),
            ] {
                let headers = try await fixture.get(file).headers
                #expect(headers[.contentDisposition]?.contains("\"\(name)\"") == true, "\(file)")
            }
        }
    }

    @Test("a person who was read to have no group and no role has none")
    func none() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            try await forget(fixture)
            try await fixture.sample.store.engine.write { connection in
                try connection.execute("UPDATE runs SET coverage = 'memberships=readable\nroles=readable'")
            }
            let moment = Moment(now: SampleStore.now)
            let person = try #require(
                try await fixture.sample.store.list(.users(moment), ListRequest(limit: 1)).rows.first
            ).text("id")
            #expect(try await fixture.get("/users/\(person)/groups").text.contains("Everyone alone"))
            #expect(try await fixture.get("/users/\(person)/security").text.contains("administers nothing"))
        }
    }

    @Test("a tenant that was never synced has no figures yet")
    func neverSynced() async throws {
        try await PagesFixture.with(people: 20) { fixture in
            try await fixture.sample.store.engine.write { connection in
                for table in ["runs", "users", "apps", "assignments"] {
                    try connection.execute("DELETE FROM \(table)")
                }
            }
            let home = try await fixture.get("/").text
            #expect(home.contains("Nothing was read yet.") && !home.contains("Everything Muster asks for was read"))
            #expect(home.contains("<dt>People</dt><dd><strong><a href=\"/users\"><span class=\"not-evaluated\""))
            let people = try await fixture.get("/users").text
            #expect(people.contains("acme was never synced.") && people.contains("Not evaluated"))
        }
    }

    @Test("what to grant is the same wherever it is told, and never Super Administrator")
    func remedies() async throws {
        try await PagesFixture.with(people: 20) { fixture in
            for path in ["/integrations/acme/coverage", "/connect", "/roles"] {
                let page = try await fixture.get(path).text
                #expect(!page.contains("Super Admin"), "\(path)")
                if path != "/roles" {
                    #expect(page.contains("View roles, resources, and admin assignments"), "\(path)")
                }
            }
        }
    }

    @Test("a path that nobody knows is said to be unknown in the sentence, the picture and the words")
    func unknownPath() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let moment = Moment(now: SampleStore.now)
            let row = try #require(
                try await fixture.sample.store.list(.assignments(moment), ListRequest(limit: 1)).rows.first)
            try await fixture.sample.store.engine.write { connection in
                try connection.execute(
                    "UPDATE assignments SET scope = 0, group_key = NULL, status = '', assigned_at = NULL")
            }
            let path = "/users/\(row.text("user_id"))/apps/\(row.text("app_id"))"
            let page = try await fixture.get(path).text
            #expect(page.ranges(of: "ath not known: it ended before Muster first looked").count == 3)
            #expect(!page.contains("hrough a group that is not known") && !page.contains("Assigned through"))
            for list in ["/users/\(row.text("user_id"))", "/apps/\(row.text("app_id"))"] {
                #expect(try await fixture.get(list).text.contains("path not known"), "\(list)")
            }
        }
    }
}

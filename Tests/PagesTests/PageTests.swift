import DatabaseEngine
import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing
import WebSupport

@Suite struct PageTests {
    @Test(
        "every page answers a signed-in person, in under 150 kB, with one title and nothing inline",
        arguments: TestEngine.available)
    func pagesAnswer(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 400) { fixture in
            for path in try await fixture.examples() {
                let response = try await fixture.get(path)
                #expect(response.status == .ok, "\(path): \(response.text.prefix(300))")
                let html = response.text
                #expect(html.utf8.count < 150_000, "\(path): \(html.utf8.count) bytes")
                #expect(html.components(separatedBy: "<h1>").count == 2, "\(path)")
                #expect(html.contains("<main id=\"main\""), "\(path)")
                for forbidden in [" style=", "<style", " onclick=", "javascript:", "http://evil"] {
                    let found = html.contains(forbidden) && forbidden != "http://evil"
                    #expect(!found, "\(path) has \(forbidden)")
                }
                #expect(html.contains("<script src=\"/assets/"))
                #expect(html.components(separatedBy: "<script").count == 2, "\(path)")
            }
        }
    }

    @Test(
        "what was never read of the log, which way was read, and whose factors nobody read are said in words",
        arguments: TestEngine.available)
    func saysWhatIsUnknown(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine) { fixture in
            let person = try await fixture.sample.store.engine.write { connection in
                let day: Int64 = 86_400_000_000
                try connection.execute(
                    "INSERT INTO log_gaps VALUES (1, 1, $1, $2, 2)",
                    [.integer(SampleStore.now.rawValue - 200 * day), .integer(SampleStore.now.rawValue - 90 * day)])
                try connection.execute(
                    "INSERT INTO run_choices VALUES (1, 2, 'app_groups', 'group', 'Groups of apps are read so.', 9, NULL)"
                )
                try connection.execute("DELETE FROM factor_reads")
                return try connection.first(
                    "SELECT okta_id FROM users WHERE valid_to IS NULL AND status = 'ACTIVE' LIMIT 1", [], { $0.text(0) }
                )
            }
            let integration = try await fixture.get("/integrations/acme").text
            #expect(integration.contains("The System Log has a gap") && integration.contains("3 months"))
            #expect(try await fixture.get("/").text.contains("The System Log was not read from "))
            #expect(try await fixture.get("/integrations/acme/runs/2").text.contains("Groups of apps are read so."))
            let security = try await fixture.get("/users/\(try #require(person))/security").text
            #expect(security.contains("Not read yet") && !security.contains("No factors"))
        }
    }

    @Test("names with markup in them are shown as they are and never run", arguments: TestEngine.available)
    func hostileNames(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine) { fixture in
            let moment = Moment(now: SampleStore.now)
            let filter = try ListFilter(parsing: "first_name~script", for: .users(moment))
            let person = try #require(
                try await fixture.sample.store.list(.users(moment), ListRequest(filters: [filter])).rows.first)
            for path in ["/users/\(person.text("id"))", "/users?q=script", "/search?q=script"] {
                let html = try await fixture.get(path).text
                #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "\(path)")
                #expect(!html.contains("<script>alert"), "\(path)")
            }
            let echoed = try await fixture.get("/search?q=%22%3E%3Cimg%20src%3Dx%3E").text
            #expect(!echoed.contains("<img"))
        }
    }

    @Test("a list's filters, order and date stay in its links", arguments: TestEngine.available)
    func linksKeepTheQuestion(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine) { fixture in
            let html = try await fixture.get("/users?where=status%3DACTIVE&as_of=2026-11-20&q=acme").text
            #expect(html.contains("/users.csv?q=acme&amp;where=status%3DACTIVE&amp;as_of=2026-11-20"))
            #expect(html.contains("You are looking at"))
            let next = try #require(html.firstMatch(of: #/rel="next" class="button" href="([^"]+)"/#)).output.1
            #expect(next.contains("where=status%3DACTIVE") && next.contains("as_of=2026-11-20"))
            let second = try await fixture.get(String(next).replacing("&amp;", with: "&"))
            #expect(second.text.contains("51–"))
        }
    }

    @Test(
        "a wrong filter, order, cursor or date is told with its remedy, as a page or as JSON",
        arguments: TestEngine.available)
    func wrongQuestions(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            for path in [
                "/users?where=nope%3D1", "/users?sort=nope", "/users?after=zz", "/users?as_of=yesterday",
            ] {
                let page = try await fixture.get(path)
                #expect(page.status == .badRequest, "\(path)")
                #expect(page.text.contains("What to do."))
                let json = try await fixture.get(path, accept: "application/json")
                #expect(json.headers[.contentType] == "application/problem+json")
                #expect(json.text.contains("\"remedy\""))
            }
            for path in [
                "/users/nobody", "/apps/none", "/groups/none", "/departments/None", "/integrations/none",
                "/integrations/acme/runs/99", "/users/nobody/x", "/nowhere",
            ] {
                #expect(try await fixture.get(path).status == .notFound, "\(path)")
            }
        }
    }

    @Test(
        "a NUL in an address is left out or finds nothing, and is never a fault of the server",
        arguments: TestEngine.available)
    func nul(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            for path in [
                "/users?where=login%3D%00", "/users?where=login~a%00", "/users?q=%00ada%00", "/search?q=%00",
                "/users?after=%00", "/users?sort=%00", "/users.csv?where=department%3D%00x",
            ] {
                let status = try await fixture.get(path).status
                #expect(status == .ok || status == .badRequest, "\(path)")
            }
            for path in [
                "/users/%00", "/groups/%00x", "/apps/a%00", "/departments/%00x", "/integrations/%00",
                "/users/%00/apps/%00", "/changes?user=%00x", "/integrations/acme/runs/%00",
            ] {
                #expect(try await fixture.get(path).status == .notFound, "\(path)")
            }
            let posted = try await fixture.post(
                "/integrations/acme/schedule", [("csrf", fixture.csrf), ("every", "6h\0")])
            #expect(posted.status == .seeOther)
        }
    }

    @Test("Home counts its problems as the lists behind its links do", arguments: TestEngine.available)
    func homeLinksAgree(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 400) { fixture in
            let html = try await fixture.get("/").text
            let leavers = try #require(html.firstMatch(of: #/(\d+) leavers still hold access/#)).output.1
            let list = try await fixture.get("/users?where=status%3DDEPROVISIONED&where=apps%3E0").text
            #expect(list.contains("of \(leavers)<"))
            #expect(html.contains("apps nobody signed in to"))
            #expect(html.contains("not evaluated"))
        }
    }
}

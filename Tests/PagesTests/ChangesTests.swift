import DatabaseEngine
import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Storage
import Support
import Testing

@Suite struct ChangesTests {
    @Test(
        "the page counts what its tables and its files hold, and its links lead through all of it",
        arguments: TestEngine.available)
    func countsAgree(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 240) { fixture in
            let dates = "from=2026-10-01&to=2026-11-20"
            let csv = try await fixture.get("/changes.csv?\(dates)").text
            let lines = csv.components(separatedBy: "\r\n").dropLast()
            #expect(
                lines.first
                    == """
                    noun,change,user_id,login,app_id,app_label,group_id,group_name,role,from_path,to_path,from_status,\
                    to_status,changed_at,changed_at_source
                    """)
            let gained = lines.count { $0.hasPrefix("assignments,gained,") }
            let lost = lines.count { $0.hasPrefix("assignments,lost,") }
            let kept = try await fixture.get("/changes.csv?\(dates)&kept=1").text.components(separatedBy: "\r\n")
                .count { $0.hasPrefix("assignments,kept,") }
            #expect(gained > 10 && lost > 10 && kept > 10)
            let html = try await fixture.get("/changes?\(dates)").text
            let plain = html.replacing(",", with: "")
            #expect(plain.contains(">+\(gained)<") && plain.contains(">−\(lost)<") && plain.contains("\(kept) kept"))

            let json = try await fixture.get("/changes.json?\(dates)").body
            let rows = try #require(
                try JSONSerialization.jsonObject(with: Data(json.readableBytesView)) as? [[String: Any]])
            #expect(rows.count == lines.count - 1)

            var seen = 0
            var next: String? = "/changes?\(dates)&part=assignments&change=lost"
            while let address = next {
                let page = try await fixture.get(address).text
                seen += page.ranges(of: "− lost").count
                next = page.firstMatch(of: #/rel="next" class="button" href="([^"]+)"/#).map {
                    String($0.output.1).replacing("&amp;", with: "&")
                }
            }
            #expect(seen == lost)
        }
    }

    @Test(
        "a comparison of what was believed leaves out what later runs learnt, on the page and in its files",
        arguments: TestEngine.available)
    func believed(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            let workspace = fixture.sample.store.workspaceID
            // Run 2, of this morning, learnt that somebody was suspended and lost an app a week ago.
            try await fixture.sample.store.engine.write { connection in
                let week = SampleStore.now.advanced(bySeconds: -7 * 86_400).rawValue
                try connection.execute(
                    "UPDATE users SET valid_to = $2, to_how = 1, closed_run = 2 WHERE workspace_id = $1 AND user_key = 1 AND valid_to IS NULL",
                    [.integer(workspace), .integer(week)])
            }
            let dates = "from=2026-11-10&to=2026-11-20"
            func lost(_ more: String) async throws -> Int {
                try await fixture.get("/changes.csv?\(dates)\(more)").text.components(separatedBy: "\r\n")
                    .count { $0.hasPrefix("users,lost,") }
            }
            #expect(try await lost("") == 1)
            #expect(try await lost("&believed=2026-11-20") == 0)
            #expect(try await lost("&believed=2026-11-21T11:59:59Z") == 1)
            let page = try await fixture.get("/changes?\(dates)&believed=2026-11-20").text
            let figure = try #require(page.components(separatedBy: "<dt>People").dropFirst().first).prefix(300)
            #expect(figure.contains(">−0<"))
            #expect(page.contains("what Muster believed on <strong>2026-11-20</strong>"))
            #expect(page.contains("Sign-ins and events of the log are told as they are known today."))
            let now = try await fixture.get("/changes?\(dates)").text
            let known = try #require(now.components(separatedBy: "<dt>People").dropFirst().first).prefix(300)
            #expect(known.contains(">−1<"))
        }
    }

    @Test("wrong dates and unknown things are told with their remedy", arguments: TestEngine.available)
    func wrongQuestions(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            for query in [
                "from=2026-11-01&to=2026-10-01", "from=yesterday", "to=2031-01-01", "part=users&after=zz",
            ] {
                let page = try await fixture.get("/changes?\(query)")
                #expect(page.status == .badRequest && page.text.contains("What to do."), "\(query)")
                if !query.contains("after") {
                    #expect(try await fixture.get("/changes.csv?\(query)").status == .badRequest, "\(query)")
                }
            }
            for query in ["user=nobody", "group=none", "app=none"] {
                #expect(try await fixture.get("/changes?\(query)").status == .notFound, "\(query)")
            }
            #expect(try await fixture.get("/users/nobody/apps/none").status == .notFound)
        }
    }

    @Test(
        "the access path is drawn and told in words, and hostile names do no harm in it",
        arguments: TestEngine.available)
    func accessPath(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 240) { fixture in
            let moment = Moment(now: SampleStore.now)
            let rows = try await fixture.sample.store.list(.assignments(moment), ListRequest(limit: 400)).rows
            let through = try #require(rows.first { $0.text("scope") == "GROUP" })
            let page = try await fixture.get("/users/\(through.text("user_id"))/apps/\(through.text("app_id"))").text
            #expect(
                page.contains("<svg") && page.contains("the path Okta used") && page.contains("class=\"edge used\""))
            #expect(page.contains("Assigned through"))
            let hostile = try #require(rows.first { $0.text("login").hasPrefix("scriptalertscript") })
            let evil = try await fixture.get("/users/\(hostile.text("user_id"))/apps/\(hostile.text("app_id"))").text
            #expect(evil.contains("&lt;script&gt;alert(1)") && !evil.contains("<script>alert"))
        }
    }

    @Test(
        "a history tab names what began and ended, how that is known, and the run that learned it",
        arguments: TestEngine.available)
    func history(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 240) { fixture in
            let moment = Moment(now: SampleStore.now)
            let app = try #require(try await fixture.sample.store.list(.apps(moment), ListRequest(limit: 1)).rows.first)
            let page = try await fixture.get("/apps/\(app.text("id"))/history").text
            #expect(page.contains("Taken away: ") && page.contains("Assigned: ") && page.contains(">run 1</a>"))
            let older = try #require(page.firstMatch(of: #/rel="next" class="button" href="([^"]+)"/#)).output.1
            let second = try await fixture.get(String(older).replacing("&amp;", with: "&"))
            #expect(second.status == .ok && second.text.contains("Newest</a>"))
        }
    }

    @Test("every link and form of every page keeps the date that is looked at", arguments: TestEngine.available)
    func asOfStays(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 240) { fixture in
            let date = "as_of=2026-11-20"
            for path in try await fixture.examples() where !path.contains("as_of") {
                let html = try await fixture.get(path + (path.contains("?") ? "&" : "?") + date).text
                for match in html.matches(of: #/<a ([^>]*)href="([^"]*)"/#) {
                    let link = String(match.output.2)
                    let isElsewhere =
                        link.hasPrefix("#") || link.hasPrefix("http") || match.output.1.contains("nofollow")
                    #expect(isElsewhere || link.contains(date), "\(path): \(link)")
                }
                for match in html.matches(of: #/<form [^>]*method="get"[^>]*>(.*?)</form>/#.dotMatchesNewlines()) {
                    #expect(match.output.1.contains("name=\"as_of\""), "\(path): \(match.output.0.prefix(200))")
                }
            }
            let picker = try await fixture.get("/users?where=status%3DACTIVE&q=acme&\(date)").text
            #expect(picker.contains("action=\"\"><input type=\"hidden\" name=\"where\" value=\"status=ACTIVE\">"))
            #expect(picker.contains("href=\"/users?where=status%3DACTIVE&amp;q=acme\">Back to now"))
        }
    }
}

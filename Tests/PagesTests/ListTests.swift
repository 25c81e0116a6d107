import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@Suite struct ListTests {
    private func link(_ rel: String, in html: String) throws -> String {
        let found = try #require(html.firstMatch(of: try Regex("rel=\"\(rel)\"[^>]*href=\"([^\"]+)\"")))
        return String(found.output[1].substring ?? "").replacing("&amp;", with: "&")
    }

    private func rows(_ html: String) -> [String] {
        html.matches(of: #/class="row-link" href="([^"]+)"/#).map { String($0.output.1) }
    }

    @Test(
        "the page before is reached by a link of its own, which keeps filters and order",
        arguments: TestEngine.available)
    func pagesBack(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 300) { fixture in
            let first = try await fixture.get("/users?where=status%3DACTIVE&sort=-last_login_at").text
            #expect(!first.contains("rel=\"prev\""))
            let second = try await fixture.get(try link("next", in: first)).text
            let third = try await fixture.get(try link("next", in: second)).text
            let address = try link("prev", in: third)
            #expect(address.contains("where=status%3DACTIVE") && address.contains("sort=-last_login_at"))
            #expect(address.contains("before=") && !address.contains("after="))
            let back = try await fixture.get(address).text
            #expect(rows(back) == rows(second))
            #expect(back.contains(">51–100 of"))
            let start = try await fixture.get(try link("prev", in: back)).text
            #expect(rows(start) == rows(first))
            #expect(start.contains(">1–50 of") && !start.contains("rel=\"prev\""))
        }
    }

    @Test(
        "chosen columns show, stay in the links and are remembered; the usual ones come back",
        arguments: TestEngine.available)
    func columns(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            let usual = try await fixture.get("/users").text
            #expect(usual.contains(">Department<") && !usual.contains(">Cost center<"))
            #expect(usual.contains("name=\"columns\" value=\"cost_center\""))
            let chosen = try await fixture.get(
                "/users?columns=login&columns=manager&columns=cost_center&where=status%3DACTIVE&remember=users")
            #expect(chosen.status == .seeOther)
            #expect(
                chosen.headers[.location] == "/users?where=status%3DACTIVE&columns=login%2Cmanager%2Ccost_center")
            let cookie = try #require(chosen.headers[.setCookie])
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
            let shared = try await fixture.get(try #require(chosen.headers[.location])).text
            #expect(shared.contains(">Cost center<") && shared.contains(">Manager<"))
            #expect(!shared.contains(">Last Okta sign-in<") && shared.contains("row-link"))
            #expect(shared.contains("columns=login%2Cmanager%2Ccost_center"))
            let kept = String(try #require(cookie.split(separator: ";").first))
            let later = try await fixture.client.executeRequest(
                uri: "/users", method: .get, headers: [.accept: "text/html", .cookie: "\(fixture.cookie); \(kept)"],
                body: nil)
            #expect(later.text.contains(">Cost center<") && !later.text.contains(">Last Okta sign-in<"))
            let reset = try await fixture.get("/users?columns=usual&remember=users")
            #expect(reset.headers[.location] == "/users")
            #expect(reset.headers[.setCookie]?.contains("Max-Age=0") == true)
        }
    }

    @Test(
        "every list can choose its columns, and names of columns that do not exist do no harm",
        arguments: TestEngine.available)
    func columnsEverywhere(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            let app = try #require(
                try await fixture.sample.store.list(.apps(Moment(now: SampleStore.now)), ListRequest()).rows.first)
            for path in ["/users", "/groups", "/apps", "/departments", "/roles", "/apps/\(app.text("id"))"] {
                let html = try await fixture.get(path).text
                #expect(html.contains("columns-menu"), "\(path)")
                let odd = try await fixture.get("\(path)?columns=%22%3E%3Cb%3E,nope,,users")
                #expect(odd.status == .ok)
                #expect(odd.text.contains("row-link") && !odd.text.contains("\"><b>"), "\(path)")
            }
            let foreign = try await fixture.get("/users?columns=login&remember=..%2Fx%3Bdomain")
            #expect(foreign.headers[.setCookie] == nil)
            // Two slashes would be an address on another host.
            let doubled = try await fixture.get("//users?columns=login&remember=users")
            #expect(doubled.headers[.location]?.hasPrefix("//") != true, "\(doubled.headers[.location] ?? "")")
        }
    }

    @Test(
        "a file of one app's people has them in the order of the page, with its filters",
        arguments: TestEngine.available)
    func exportInShownOrder(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 400) { fixture in
            let moment = Moment(now: SampleStore.now)
            let request = ListRequest(sort: "assigned_users", descending: true)
            let app = try #require(try await fixture.sample.store.list(.apps(moment), request).rows.first).text("id")
            for query in ["", "sort=-assigned_at", "where=scope%3DUSER"] {
                let page = try await fixture.get("/apps/\(app)?\(query)").text
                let csv = try #require(page.firstMatch(of: #/href="(\/assignments\.csv[^"]*)"/#)).output.1
                let file = try await fixture.get(String(csv).replacing("&amp;", with: "&")).text
                let lines = file.components(separatedBy: "\r\n").dropFirst().dropLast()
                let ids = lines.prefix(50).map { "/users/\($0.prefix { $0 != "," })" }
                #expect(ids == Array(rows(page).filter { $0.hasPrefix("/users/") }.prefix(50)), "\(query)")
                #expect(page.contains("of \(lines.count)<"), "\(query)")
                #expect(lines.allSatisfy { $0.contains(app) })
            }
            let none = try await fixture.get("/assignments.csv?where=app_id%3Dnobody")
            #expect(none.status == .ok && none.text.components(separatedBy: "\r\n").count == 2)
        }
    }

    @Test("lists of the past say the same the second time, when they are remembered", arguments: TestEngine.available)
    func rememberedLists(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 300) { fixture in
            for path in [
                "/apps?as_of=2026-11-01&sort=-assigned_users", "/groups?as_of=2026-11-01&sort=-members",
                "/departments?as_of=2026-11-01", "/apps?as_of=2026-11-01&q=sales", "/?as_of=2026-11-01",
            ] {
                let first = try await fixture.get(path)
                #expect(first.status == .ok)
                let second = try await fixture.get(path)
                #expect(first.text == second.text, "\(path)")
            }
            let past = Moment(asOf: .at(try #require(Timestamp(iso8601: "2026-11-01"))), now: SampleStore.now)
            let kept = try await ListDefinition.apps(past).remembered(fixture.sample.store)
            for sort in ["label", "assigned_users", "created_at", "sign_ins_3m"] {
                for filter in ["", "assigned_users>200", "label~s", "status=INACTIVE"] {
                    var request = ListRequest(sort: sort, descending: sort == "label", limit: 4)
                    request.filters = filter.isEmpty ? [] : [try ListFilter(parsing: filter, for: kept)]
                    let counted = try await fixture.sample.store.list(.apps(past), request)
                    let remembered = try await fixture.sample.store.list(kept, request)
                    #expect(remembered.total == counted.total)
                    let values = { (page: ListPage) in page.rows.map { "\($0[sort])" } }
                    #expect(values(remembered) == values(counted), "\(sort) \(filter)")
                }
            }
        }
    }
}

import DatabaseEngine
import Directory
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@testable import Governance

@Suite("The pages of discovery")
struct DiscoveryPageTests {
    @Test("several services are decided about at once, without a script: chosen on the board, decided on the next page")
    func bulk() async throws {
        try await PagesFixture.with { fixture in
            let board = try await fixture.get("/discovery").text
            #expect(board.contains("form=\"chosen\"") && board.contains("Okta shows only what passes through it"))
            let ids = board.matches(of: /name="app" value="([^"]+)" form="chosen"/).map { String($0.output.1) }
            #expect(ids.count == 14)
            let form = try await fixture.get("/discovery/decide?app=\(ids[0])&app=\(ids[1])").text
            #expect(form.contains("2 services") && form.contains("name=\"reason\""))
            let answer = try await fixture.post(
                "/discovery/decide",
                [
                    ("csrf", fixture.csrf), ("app", ids[0]), ("app", ids[1]), ("state", "tolerated"),
                    ("reason", "While we look for something better"),
                ])
            #expect(answer.status == .seeOther && answer.headers[.location] == "/discovery")
            let tolerated = try await fixture.get("/discovery?where=state%3Dtolerated").text
            #expect(tolerated.contains("1–2 of 2"))
            let one = try await fixture.get("/apps/\(ids[0])/governance").text
            #expect(one.contains("While we look for something better") && one.contains("Tolerated"))
            let csv = try await fixture.get("/services.csv?where=state%3Dtolerated").text
            #expect(csv.split(separator: "\r\n").count == 3 && csv.hasPrefix("id,name,label,vendor,category,status,"))
        }
    }

    @Test("a decision without a reason is refused beside its form, and what was typed stays")
    func refused() async throws {
        try await PagesFixture.with { fixture in
            let id = try await fixture.sample.store.serviceID("Slack")
            let answer = try await fixture.post(
                "/discovery/decide",
                [
                    ("csrf", fixture.csrf), ("app", id), ("state", "blocked"), ("reason", " "),
                    ("alternative", "<Zoom> \"x\""),
                ])
            let html = answer.text
            #expect(answer.status == .unprocessableContent)
            #expect(html.contains("discovery.reason.missing") && html.contains("&lt;Zoom&gt; &quot;x&quot;"))
            #expect(html.contains("<option value=\"blocked\" selected>"))
            let cool = try await fixture.post(
                "/discovery/decide", [("csrf", fixture.csrf), ("app", id), ("state", "cool"), ("reason", "r")])
            #expect(cool.status == .unprocessableContent && cool.text.contains("discovery.state.unknown"))
            let none = try await fixture.post(
                "/discovery/decide", [("csrf", fixture.csrf), ("state", "blocked"), ("reason", "r")])
            #expect(none.status == .unprocessableContent && none.text.contains("discovery.services.none"))
            let long = try await fixture.post(
                "/discovery/owners",
                [("csrf", fixture.csrf), ("app", id), ("owner", String(repeating: "x", count: 300))])
            #expect(long.status == .unprocessableContent && long.text.contains("discovery.text.tooLong"))
            let foreign = try await fixture.post("/discovery/decide", [("app", id), ("state", "blocked")])
            #expect(foreign.status == .forbidden)
            let moment = Moment(now: SampleStore.now.advanced(bySeconds: 60))
            let answer1 = try await fixture.sample.store.decisions(about: id, moment).isEmpty
            #expect(answer1)
        }
    }

    @Test(
        "owners, a name and a category are saved on the app's own page, and a contradiction shows there with its rows")
    func owners() async throws {
        try await PagesFixture.with { fixture in
            let store = fixture.sample.store
            let id = try await store.serviceID("Slack")
            for (path, fields) in [
                ("/discovery/decide", [("state", "sanctioned"), ("reason", "Our chat")]),
                ("/discovery/owners", [("owner", "hiro.7@acme.example"), ("department", "IT")]),
                ("/discovery/describe", [("name", "Company chat"), ("category", "meetings"), ("note", "Ask IT")]),
            ] {
                let answer = try await fixture.post(path, [("csrf", fixture.csrf), ("app", id)] + fields)
                #expect(answer.status == .seeOther && answer.headers[.location] == "/apps/\(id)/governance")
            }
            let html = try await fixture.get("/apps/\(id)/governance").text
            #expect(html.contains("Its owner hiro.7@acme.example left the company."))
            #expect(html.contains("href=\"/users/\(SampleStore.id(ofPerson: 7))\">See the rows</a>"))
            #expect(html.contains("Meetings") && html.contains("Ask IT") && html.contains("Company chat"))
            let board = try await fixture.get("/discovery?where=contradictions%3E0").text
            #expect(board.contains("Company chat") && board.contains("1–1 of 1"))
        }
    }

    @Test("at a date in the past the board tells what had been decided by then, and offers no form")
    func past() async throws {
        try await PagesFixture.with { fixture in
            let store = fixture.sample.store
            let then = try #require(Timestamp(iso8601: "2026-11-01T08:00:00Z"))
            try await store.decide(["Slack"], state: "blocked", reason: "first", actor: "Ada", now: then)
            try await store.decide(
                ["Slack"], state: "sanctioned", reason: "second", actor: "Ada",
                now: then.advanced(bySeconds: 86_400 * 5))
            let old = try await fixture.get("/discovery?as_of=2026-11-03&where=state%3Dblocked").text
            #expect(old.contains("1–1 of 1") && !old.contains("form=\"chosen\""))
            let older = try await fixture.get("/discovery?as_of=2026-10-30&where=state%3Dblocked").text
            #expect(older.contains("No services match"))
            let id = try await store.serviceID("Slack")
            let page = try await fixture.get("/apps/\(id)/governance?as_of=2026-11-03").text
            #expect(page.contains("first") && !page.contains("second") && !page.contains("name=\"reason\""))
        }
    }

    @Test("services that overlap are compared, up to five of them, and names of a tenant never become markup")
    func compare() async throws {
        try await PagesFixture.with { fixture in
            let store = fixture.sample.store
            for (label, name) in [("Slack", "<i>A</i>"), ("Zoom", "B"), ("Salesforce", "C")] {
                try await store.describe(label, name: name, category: "chat", actor: "Ada", now: SampleStore.now)
            }
            let overlap = try await fixture.get("/discovery/overlap").text
            #expect(overlap.contains("&lt;i&gt;A&lt;/i&gt; and C") || overlap.contains("Use both"))
            #expect(!overlap.contains("<i>A</i>"))
            let ids = [try await store.serviceID("Slack"), try await store.serviceID("Salesforce")]
            let html = try await fixture.get("/discovery/compare?app=\(ids[0])&app=\(ids[1])&app=\(ids[0])").text
            #expect(html.contains("Use none of the others") && html.contains("Sign-ins by month"))
            let alone = try await fixture.get("/discovery/compare?app=\(ids[0])")
            #expect(alone.status == .ok && alone.text.contains("Two services are needed"))
            let missing = try await fixture.get("/discovery/services/nothing")
            #expect(missing.status == .notFound && missing.text.contains("discovery.service.unknown"))
        }
    }

    @Test("of an empty store the pages say what will be there")
    func empty() async throws {
        try await PagesFixture.with(people: 0) { fixture in
            for path in ["/discovery", "/discovery/overlap", "/discovery/compare", "/discovery/decide"] {
                let answer = try await fixture.get(path)
                #expect(answer.status == .ok, "\(path)")
            }
            let answer2 = try await fixture.get("/discovery").text.contains("They appear by themselves")
            #expect(answer2)
        }
    }
}

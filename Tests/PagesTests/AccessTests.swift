import Accounts
import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Pages
import Storage
import Support
import Testing
import WebSupport

@Suite struct AccessTests {
    @Test("every route refuses whoever is not signed in, unless its rule says it is for everyone")
    func routesAreClosed() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            #expect(fixture.pages.rules.count > 40)
            for rule in fixture.pages.rules where rule.access == .signedIn {
                let path = rule.path.replacing(#/:[a-z]+/#, with: "x")
                for accept in ["text/html", "application/json"] {
                    let response = try await fixture.client.executeRequest(
                        uri: path, method: rule.method, headers: [.accept: accept], body: nil)
                    if accept == "text/html", !path.hasSuffix(".json") {
                        #expect(response.status == .seeOther, "\(rule.method) \(path)")
                        #expect(response.headers[.location] == "/login")
                    } else {
                        #expect(response.status == .unauthorized, "\(rule.method) \(path)")
                    }
                    #expect(!response.text.contains("acme"))
                }
            }
            let open = fixture.pages.rules.filter { $0.access == .everyone }.map { "\($0.method.rawValue) \($0.path)" }
            #expect(open.sorted() == ["GET /assets/:name", "GET /login", "POST /login"])
        }
    }

    @Test("every route has a title and every address appears once")
    func rulesAreWhole() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let rules = fixture.pages.rules
            #expect(rules.allSatisfy { !$0.title.isEmpty })
            #expect(Set(rules.map { "\($0.method.rawValue) \($0.path)" }).count == rules.count)
        }
    }

    @Test("a post without the session's token, with a wrong one, or from another site changes nothing")
    func foreignForms() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let posts = fixture.pages.rules.filter {
                $0.method == .post && $0.access == .signedIn && !$0.takesFile
            }
            #expect(posts.count >= 8)
            for rule in posts {
                let path = rule.path.replacing(":name", with: "acme").replacing(":run", with: "2")
                #expect(try await fixture.post(path, []).status == .forbidden, "\(path)")
                #expect(try await fixture.post(path, [("csrf", "wrong")]).status == .forbidden, "\(path)")
                let foreign = try await fixture.post(
                    path, [("csrf", fixture.csrf)], headers: [.init("Sec-Fetch-Site") ?? .origin: "cross-site"])
                #expect(foreign.status == .forbidden, "\(path)")
            }
            #expect(try await fixture.get("/integrations/acme").status == .ok)
        }
    }

    @Test("a sign-in link is only used up by pressing its button, and only once")
    func signInLink() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let page = try await fixture.get("/login?link=abc%22%3E", signedIn: false)
            #expect(page.status == .ok)
            #expect(page.text.contains("value=\"abc&quot;&gt;\""))
            #expect(page.headers[.setCookie] == nil)
            let refused = try await fixture.client.executeRequest(
                uri: "/login", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
                body: .init(string: "link=abc"))
            #expect(refused.status != .seeOther)
            #expect(refused.headers[.setCookie] == nil)
        }
    }

    @Test("a schedule is set on the settings of a tenant, and only one that can be kept")
    func schedule() async throws {
        try await PagesFixture.with(people: 20) { fixture in
            let token = [("csrf", fixture.csrf)]
            let wrong = try await fixture.post("/integrations/acme/schedule", token + [("every", "3m")])
            #expect(wrong.text.contains("“3m” is no schedule"))
            _ = try await fixture.post("/integrations/acme/schedule", token + [("every", "6h")])
            let settings = try await fixture.get("/integrations/acme/settings").text
            #expect(settings.contains("<option value=\"6h\" selected>Every 6 hours</option>"))
            let kept = try await fixture.sample.store.integration(named: "acme").schedule
            #expect(kept == .every(minutes: 360))
        }
    }

    @Test("disconnecting asks for the name, and signing out ends the session")
    func destructivePosts() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let token = [("csrf", fixture.csrf)]
            let wrong = try await fixture.post("/integrations/acme/disconnect", token + [("confirm", "acm")])
            #expect(wrong.status == .badRequest)
            let right = try await fixture.post(
                "/integrations/acme/disconnect", token + [("confirm", "acme"), ("data", "keep")])
            #expect(right.status == .seeOther)
            #expect(try await fixture.get("/integrations").text.contains("disconnected"))
            #expect(try await fixture.get("/users").text.contains("of 60"))
            #expect(try await fixture.post("/logout", token).headers[.location] == "/login")
            #expect(try await fixture.get("/").status == .seeOther)
        }
    }

    @Test("a form comes back to the date that it was sent from")
    func datesStay() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let page = try await fixture.get("/integrations/acme/settings?as_of=2025-10-01").text
            let form = try #require(page.components(separatedBy: "/integrations/acme/schedule\"").last)
            #expect(form.prefix(400).contains("name=\"as_of\" value=\"2025-10-01\""))
            let given = [("csrf", fixture.csrf), ("every", "6h")]
            let answer = try await fixture.post("/integrations/acme/schedule", given + [("as_of", "2025-10-01")])
            #expect(answer.headers[.location] == "/integrations/acme?as_of=2025-10-01")
            let now = try await fixture.post("/integrations/acme/schedule", given)
            #expect(now.headers[.location] == "/integrations/acme")
        }
    }

    @Test("held closures wait until a person accepts them")
    func acceptHeld() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let page = try await fixture.get("/integrations/acme/runs/2").text
            #expect(page.contains("waits"))
            let group = try #require(page.firstMatch(of: #/group users<\/td>.*?<a href="(\/groups\/[^"]+)">([^<]+)</#))
            #expect(try await fixture.get(String(group.output.1)).text.contains(group.output.2))
            let answer = try await fixture.post("/integrations/acme/runs/2/accept", [("csrf", fixture.csrf)])
            #expect(answer.status == .seeOther)
            #expect(try await fixture.get("/integrations/acme/runs/2").text.contains("accepted"))
        }
    }

    @Test("every answer carries the headers that keep browsers strict, and pages are not kept")
    func headers() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            for path in ["/", "/login", "/nowhere", "/users.csv"] {
                let response = try await fixture.get(path)
                #expect(
                    response.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'; style-src 'self'") == true)
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
                #expect(response.headers[.cacheControl] == "no-store", "\(path)")
            }
            let html = try await fixture.get("/").text
            let style = try #require(html.firstMatch(of: #/href="(\/assets\/app-[0-9a-f]+\.css)"/#)).output.1
            let asset = try await fixture.get(String(style), signedIn: false)
            #expect(asset.status == .ok)
            #expect(asset.headers[.cacheControl]?.contains("immutable") == true)
            #expect(asset.body.readableBytes < 30_000)
            let script = try #require(html.firstMatch(of: #/src="(\/assets\/app-[0-9a-f]+\.js)"/#)).output.1
            #expect(try await fixture.get(String(script), signedIn: false).body.readableBytes < 25_000)
        }
    }

    @Test("a form larger than any of ours is refused unread")
    func largeForms() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let big = String(repeating: "x", count: 70_000)
            let response = try await fixture.post("/connect/check", [("csrf", fixture.csrf), ("domain", big)])
            #expect(response.status == .badRequest)
        }
    }
}

import Accounts
import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Sync
import Testing

@Suite struct HookPageTests {
    @Test(
        "a hook is made on the settings of a tenant: its secret is shown once, its steps always",
        arguments: TestEngine.available)
    func life(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 20, publicURL: "https://muster.acme.example/") { fixture in
            let settings = "/integrations/acme/settings"
            #expect(try await fixture.get(settings).text.contains("Make an address and a secret"))
            let make = [("csrf", fixture.csrf), ("do", "make")]
            let made = try await fixture.post("/integrations/acme/hook", make)
            #expect(made.status == .ok)
            #expect(made.headers[.cacheControl] == "no-store")
            let secret = try #require(made.text.firstMatch(of: #/shown only now.+?<code>([A-Za-z0-9_-]{43})</#)).output
                .1
            let address = try #require(
                made.text.firstMatch(of: #/https:\/\/muster\.acme\.example\/hooks\/okta\/(1-[A-Za-z0-9_-]{22})/#)
            ).output.1
            let hook = try #require(try await fixture.sample.store.eventHook(of: 1))
            #expect(hook.address.text == address)
            #expect(HookKeys.opens(hook, with: String(secret)))

            let later = try await fixture.get(settings).text
            #expect(!later.contains(secret))
            #expect(later.contains("not verified yet") && later.contains("none yet"))
            #expect(later.contains("Workflow › Event Hooks") && !later.contains("https addresses only"))
            for type in HookEventTypes.recommended { #expect(later.contains("<code>\(type)</code>")) }

            let now = SampleStore.now
            try await fixture.sample.store.noteHookVerified(1, now: now.advanced(bySeconds: -120))
            try await fixture.sample.store.noteHookRefused(1, count: 3, now: now.advanced(bySeconds: -60))
            let inbox = HookInbox(fixture.sample.store)
            _ = try await inbox.receive("one", body: [1], for: 1, now: now.advanced(bySeconds: -30))
            let busy = try await fixture.get(settings).text
            #expect(busy.contains(">verified</span> <time"))
            #expect(busy.contains("30 s ago") && busy.contains("3, for a missing or wrong secret"))

            let again = try await fixture.post("/integrations/acme/hook", make)
            #expect(!again.text.contains(secret) && again.text.contains(address))
            let off = try await fixture.post("/integrations/acme/hook", [("csrf", fixture.csrf), ("do", "off")])
            #expect(off.status == .seeOther)
            #expect(try await fixture.sample.store.eventHook(of: 1) == nil)
            let entries = try await AuditTrail(store: fixture.sample.store).entries()
            #expect(entries.prefix(3).map(\.action) == ["hook.off", "hook.rotate", "hook.on"])
            #expect(!entries.contains { $0.detail?.contains(secret) ?? false })
        }
    }

    @Test("no running sync takes the page with the secret away, and its address leads back to the settings")
    func secretStays() async throws {
        try await PagesFixture.with(people: 20, publicURL: "https://muster.acme.example/") { fixture in
            try await fixture.sample.store.requestSync(of: 1, now: SampleStore.now)
            #expect(try await fixture.get("/integrations/acme/settings").text.contains("data-live"))
            let form = [
                ("csrf", fixture.csrf), ("do", "make"), ("as_of", "2026-11-01"), ("believed", "2026-11-02"),
            ]
            let made = try await fixture.post("/integrations/acme/hook", form).text
            #expect(made.contains("shown only now"))
            #expect(!made.contains("data-live") && !made.contains("http-equiv=\"refresh\""))
            // It is about the date that the form was about.
            #expect(made.contains("/integrations/acme/calls?as_of=2026-11-01&amp;believed=2026-11-02"))
            let again = try await fixture.get("/integrations/acme/hook?as_of=2026-11-01")
            #expect(again.status == .seeOther)
            #expect(again.headers[.location] == "/integrations/acme/settings?as_of=2026-11-01")
        }
    }

    @Test("a form that answers with a page keeps the date, and its address leads back to the form")
    func checkKeepsTheDate() async throws {
        try await PagesFixture.with(people: 20) { fixture in
            let form = [("csrf", fixture.csrf), ("domain", "not a domain"), ("as_of", "2026-11-01")]
            let wrong = try await fixture.post("/connect/check", form)
            #expect(wrong.status == .ok && wrong.text.contains("href=\"/users?as_of=2026-11-01\""))
            let again = try await fixture.get("/connect/check?as_of=2026-11-01")
            #expect(again.status == .seeOther && again.headers[.location] == "/connect?as_of=2026-11-01")
        }
    }

    @Test("without an https address of its own the server says that Okta will not deliver to it")
    func plainHTTP() async throws {
        for url in [nil, "http://muster.acme.example"] {
            try await PagesFixture.with(people: 20, publicURL: url) { fixture in
                let settings = try await fixture.get("/integrations/acme/settings").text
                #expect(settings.contains("https addresses only"))
            }
        }
    }
}

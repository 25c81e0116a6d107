import Analysis
import Directory
import Foundation
import Governance
import Problems
import Storage
import Support
import Testing

@Suite("Names of vendors")
struct VendorNameTests {
    @Test(
        "what processors, banks and bookkeepers add to a name is taken away",
        arguments: [
            ("SQ *NOTION LABS, INC. SAN FRANCISCO CA", "notion labs"), ("PAYPAL *ZOOM.US 888-799-9666", "zoom"),
            ("Notion Labs, Inc.", "notion labs"), ("GOOGLE *GSUITE_acme", "gsuite acme"),
            ("AMZN Mktp US*2X4Y6Z8A1", "amzn mktp"),
            ("Müller & Söhne GmbH & Co. KG", "muller sohne"), ("ＦＩＧＭＡ　ＩＮＣ", "figma"), ("Straße AG", "strasse"),
            ("ZOOM.US", "zoom"), ("https://www.figma.com/billing", "figma"), ("Atlassian Pty Ltd", "atlassian"),
            ("INV-20231101 Slack Technologies Limited, Dublin, Ireland", "slack technologies"),
            ("Microsoft Office 365", "microsoft office 365"), ("1Password", "1password"), ("AT&T Corp.", "att"),
            ("Adobe Systems Software Ireland Ltd", "adobe systems software"), ("S.A.R.L. Dupont", "sarl dupont"),
            ("12345", "12345"),
        ])
    func keys(_ text: String, _ key: String) { #expect(VendorName(text).key == key) }

    @Test(
        "a domain in the text is found",
        arguments: [("PAYPAL *ZOOM.US", "zoom.us"), ("billing@acme.co.uk", "acme.co.uk")])
    func domains(_ text: String, _ domain: String) { #expect(VendorName(text).domain == domain) }

    private func vendor(_ name: String, _ app: String? = nil, domains: [String] = []) -> KnownVendor {
        KnownVendor(
            target: VendorTarget(vendorID: VendorName(name).slug, name: name, appID: app), names: [name],
            domains: domains)
    }

    @Test("likeness needs a margin: the best at least 0.92, the second at most 0.80")
    func margin() {
        let index = VendorIndex(
            [
                vendor("Atlassian"), vendor("Zoom"), vendor("Google Workspace"), vendor("Google Cloud"),
                vendor("Dropbox"),
                vendor("Delta"), vendor("Salesforce"), vendor("Salesloft"),
            ], aliases: [:])
        func found(_ text: String) -> String? { index.alike(VendorName(text))?.target.vendorID }
        #expect(found("Atlassiann") == "atlassian" && found("Zoom Video Communications") == "zoom")
        #expect(found("Google") == nil && found("Box") == nil && found("Air Delta") == nil)
        #expect(found("Salesforce") == nil)
        #expect(index.certain(VendorName("Salesforce Inc"))?.target.vendorID == "salesforce")
        let best = index.suggestions(VendorName("Google"), most: 3)
        #expect(best.map(\.target.vendorID) == ["google-cloud", "google-workspace"])
    }

    @Test("a domain finds the vendor whose name says nothing, and two vendors of one name find none")
    func certain() {
        let index = VendorIndex(
            [
                vendor("Zoom", "1", domains: ["zoom.com"]), vendor("Jira", "2"), vendor("Jira", "3"),
                vendor("ACME Box", "4"),
            ],
            aliases: ["acme": VendorTarget(vendorID: "x", name: "X")])
        #expect(index.certain(VendorName("pay zoom.com/x"))?.method == "domain")
        #expect(index.certain(VendorName("Jira"))?.isOpen == true)
        #expect(index.certain(VendorName("ACME, LLC"))?.target.vendorID == "x")
    }
}

@Suite("Whose payments are")
struct SpendMatchTests {
    private static let file =
        "Date,Id,Vendor,Description,Amount,Currency\n2026-01-01,1,SLACK TECHNOLOGIES LTD,plan,10.00,EUR\n"
        + "2026-01-02,2,Tiny Agency,website,20.00,EUR\n2026-01-03,3,Tiny Agency,hosting,30.00,EUR\n"
        + "2026-01-04,4,Lunch Place,food,5.00,EUR\n2026-01-05,5,Figma,design,40.00,EUR\n"
    private static let shown = "line_id, state, vendor_id, method, rule_id, matched_by"

    private func rule(
        _ name: String, _ action: SpendRule.Action, _ conditions: [SpendRule.Condition],
        _ joining: SpendRule.Joining = .all
    ) -> SpendRule { SpendRule(name: name, action: action, joining: joining, conditions: conditions) }

    @Test("the tenant's own apps are vendors, and every match says how it is known", arguments: TestEngine.available)
    func apps(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            let done = try await fixture.take(Self.file)
            #expect(done.matched == 2)
            #expect(
                try await fixture.lines("state, vendor_id, method, score, CASE WHEN app_id IS NULL THEN 1 ELSE 0 END")
                    == [
                        "matched|salesforce|alias|1000|0", "unmatched|-|-|-|1", "unmatched|-|-|-|1",
                        "unmatched|-|-|-|1", "matched|figma|alias|1000|0",
                    ])
        }
    }

    @Test(
        "the first rule that holds decides; rules can be raised, previewed and removed", arguments: TestEngine.available
    )
    func rules(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            try await fixture.take(Self.file)
            let now = SpendFixture.now
            let agency = rule(
                "agency", .match(vendor: "Tiny Agency", appID: nil), [.init(.vendor, .contains, "tiny")])
            let hosting = rule(
                "hosting", .ignore, [.init(.description, .equals, "HOSTING"), .init(.amount, .atLeast, "25")])
            let preview = try await fixture.store.previewSpendRule(agency)
            let euro = try #require(Currency("EUR"))
            #expect(preview.takes == 2 && preview.fromUnmatched == 2 && preview.sums == [euro: 5000])
            #expect(try await fixture.lines("method").filter { $0 == "rule" }.isEmpty)
            #expect(try await fixture.store.keepSpendRule(agency, actor: "ada", now: now).changed == 2)
            let second = try await fixture.store.keepSpendRule(hosting, actor: "ada", now: now)
            #expect(second.changed == 0)
            let late = try await fixture.store.previewSpendRule(
                rule("any", .ignore, [.init(.vendor, .begins, "lunch"), .init(.vendor, .begins, "tiny")], .any))
            #expect(late.takes == 1 && late.decidedBefore == 2)
            #expect(try await fixture.store.raiseSpendRule(second.id, actor: "ada", now: now) == 1)
            #expect(
                try await fixture.lines("line_id, state, vendor_id, rule_id")
                    == [
                        "1|matched|salesforce|-", "2|matched|tiny-agency|1", "3|ignored|-|2", "4|unmatched|-|-",
                        "5|matched|figma|-",
                    ])
            #expect(try await fixture.store.matchSpendAgain(actor: "ada", now: now) == 0)
            #expect(try await fixture.store.removeSpendRule(second.id, actor: "ada", now: now) == 1)
            #expect(try await fixture.lines("state")[2] == "matched")
            // What rules found stays found for the next file.
            try await fixture.take("Date,Vendor,Amount,Currency\n2026-02-01,TINY AGENCY,1,EUR\n")
            #expect(try await fixture.lines("vendor_id").last == "tiny-agency")
        }
    }

    @Test("a rule that cannot hold, or says nothing, is refused")
    func unsound() {
        for wrong in [
            rule("x", .ignore, []), rule("", .ignore, [.init(.vendor, .contains, "x")]),
            rule("x", .ignore, [.init(.amount, .contains, "1")]), rule("x", .ignore, [.init(.vendor, .atLeast, "1")]),
            rule("x", .match(vendor: " ", appID: nil), [.init(.vendor, .contains, "x")]),
            rule("x", .ignore, [.init(.amount, .atLeast, "ten")]),
        ] {
            #expect(throws: Problem.self) { try wrong.check() }
        }
    }

    @Test(
        "what a person decided no rule changes, and every decision can be taken back", arguments: TestEngine.available)
    func people(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            try await fixture.take(Self.file)
            let (store, now) = (fixture.store, SpendFixture.now)
            let before = try await fixture.lines(Self.shown)
            try await store.decideSpend([1], .ignored, actor: "ada", now: now)
            try await store.decideSpend([2], .vendor(name: "Studio One", appID: nil), actor: "ada", now: now)
            try await store.keepSpendRule(
                rule("all", .ignore, [.init(.amount, .atLeast, "1")]), actor: "ada", now: now)
            #expect(
                try await fixture.lines(Self.shown)
                    == [
                        "1|ignored|-|person|-|ada", "2|matched|studio-one|person|-|ada", "3|ignored|-|rule|1|-",
                        "4|ignored|-|rule|1|-", "5|matched|figma|alias|-|-",
                    ])
            try await store.removeSpendRule(1, actor: "ada", now: now)
            try await store.takeBackSpend(1, actor: "ada", now: now)
            try await store.takeBackSpend(2, actor: "ada", now: now)
            #expect(try await fixture.lines(Self.shown) == before)
            let problem = await #expect(throws: Problem.self) {
                try await store.takeBackSpend(1, actor: "ada", now: now)
            }
            #expect(problem?.id == "spend.line.unknown")
        }
    }

    @Test("a name that was taught is known in every file, and can be forgotten", arguments: TestEngine.available)
    func taught(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            try await fixture.take(Self.file)
            let (store, now) = (fixture.store, SpendFixture.now)
            let before = try await fixture.lines(Self.shown)
            #expect(try await store.teachSpend("tiny agency", "Tiny", appID: nil, actor: "ada", now: now) == 2)
            #expect(try await store.matchSpendAgain(actor: "ada", now: now) == 0)
            try await fixture.take("Date,Vendor,Amount,Currency\n2026-02-01,PAYPAL *TINY AGENCY INC,1,EUR\n")
            #expect(try await fixture.lines("vendor_id, method").last == "tiny|alias")
            try await store.undoSpendImport(2, actor: "ada", now: now)
            try await store.forgetSpend("tiny agency", actor: "ada", now: now)
            #expect(try await fixture.lines(Self.shown) == before)
        }
    }
}

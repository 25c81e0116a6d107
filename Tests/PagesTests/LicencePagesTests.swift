import Analysis
import Directory
import Foundation
import Governance
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Problems
import Storage
import Support
import Testing
import WebSupport

extension PagesFixture {
    /// A contract for two apps of the sample, as people would enter it.
    func sampleContract() async throws -> Contract {
        let moment = Moment(now: SampleStore.now)
        let apps = try await sample.store.list(.apps(moment), ListRequest()).rows
        let used = try #require(apps.first { $0.number("assigned_users") ?? 0 > 20 })
        let group = try #require(try await sample.store.list(.groups(moment), ListRequest()).rows.last)
        let today = CalendarDay(SampleStore.now)
        var contract = Contract(
            vendor: "Vendor & Sons <b>", title: "Agreement", startsOn: today.adding(months: -10),
            endsOn: today.adding(days: 42), currency: try #require(Currency("EUR")), owner: "Ada")
        contract.lines = [
            ContractLine(
                product: "Pro", appID: used.text("id"), seats: 90, unitPrice: 12_000, isReducible: true,
                trueUp: TrueUpClause(measure: .peak, every: .quarter, gracePercent: 5)),
            ContractLine(
                product: "Extra", appID: used.text("id"), selector: .group(group.text("id")), seats: 10, unitPrice: 500,
                period: .month),
            ContractLine(product: "Support", kind: .fee, amount: 250_000),
        ]
        return contract
    }

    /// The addresses of contracts and licences, with a contract and rules in place.
    func licenceExamples() async throws -> [String] {
        let store = sample.store
        let known = try await store.contracts().first?.id
        let id: Int64
        if let known {
            id = known
        } else {
            id = try await store.add(try await sampleContract(), by: "Ada", at: SampleStore.now)
        }
        let app = try await store.contract(id).lines.first?.appID ?? ""
        return [
            "/contracts", "/contracts/new", "/contracts/\(id)", "/contracts/\(id)/edit", "/contracts/\(id)/memo",
            "/contracts/\(id)/line", "/contracts/\(id)/line?line=1", "/contracts?where=standing%3Drenewal%20due",
            "/licences", "/licences?where=contracts%3E0&sort=-renewal_saving_minor", "/licences?as_of=2026-10-01",
            "/licences/simulate?app=\(app)&window=30", "/licences/simulate", "/licences/reclaimed",
            "/licences/chargeback", "/licences/chargeback?by=user", "/licences/chargeback?by=percent&shares=Sales%3D40",
            "/licences/rules", "/licences/rules?app=\(app)",
            "/apps/\(app)/licences?where=kind%3Dreclaimable",
            "/apps/\(app)/licences?where=bucket%3Dinactive&as_of=2026-11-01",
        ]
    }
}

@Suite("Pages of contracts and licences") struct LicencePagesTests {
    private static let fields: [(name: String, value: String)] = [
        (name: "vendor", value: "Slack"), (name: "starts_on", value: "2026-01-01"),
        (name: "ends_on", value: "2027-01-01"),
        (name: "currency", value: "USD"), (name: "renews", value: "yes"), (name: "billing", value: "yearly"),
        (name: "status", value: "active"),
    ]

    @Test(
        "a contract and its line are entered, changed and removed; what is wrong is said beside the field, and what was typed stays",
        arguments: TestEngine.available)
    func entered(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            let csrf = [(name: "csrf", value: fixture.csrf)]
            let store = fixture.sample.store
            let wrong = try await fixture.post(
                "/contracts", csrf + Self.fields.map { $0.name == "ends_on" ? (name: $0.name, value: "soon") : $0 })
            #expect(
                wrong.status == .ok && wrong.text.contains("is not a date") && wrong.text.contains("value=\"soon\""))
            let none = try await store.contracts()
            #expect(none.isEmpty)
            let made = try await fixture.post("/contracts", csrf + Self.fields)
            #expect(made.status == .seeOther && made.headers[.location] == "/contracts/1/line")
            let app = try #require(
                try await store.list(.apps(Moment(now: SampleStore.now)), ListRequest()).rows.first)
            let line = [
                (name: "product", value: "Business+"), (name: "kind", value: "seats"),
                (name: "app", value: app.text("label")),
                (name: "selector", value: "all"), (name: "seats", value: "ten"), (name: "unit_price", value: "12.50"),
                (name: "price_period", value: "month"), (name: "reducible", value: "no"),
            ]
            let bad = try await fixture.post("/contracts/1/lines", csrf + line)
            #expect(
                bad.status == .ok && bad.text.contains("is not a whole number") && bad.text.contains("value=\"ten\""))
            let good = line.map { $0.name == "seats" ? (name: $0.name, value: "10") : $0 }
            let added = try await fixture.post("/contracts/1/lines", csrf + good)
            #expect(added.status == .seeOther, "\(added.text.prefix(3000))")
            let contract = try await store.contract(1)
            #expect(contract.lines.map(\.unitPrice) == [1_250] && contract.lines[0].appID == app.text("id"))
            let page = try await fixture.get("/contracts/1")
            #expect(page.text.contains("$12.50") && page.text.contains("Business+"))
            let unconfirmed = try await fixture.post("/contracts/1/remove", csrf + [(name: "confirm", value: "Slac")])
            #expect(unconfirmed.status == .badRequest)
            let removed = try await fixture.post("/contracts/1/remove", csrf + [(name: "confirm", value: "Slack")])
            #expect(removed.status == .seeOther)
            let gone = try await fixture.get("/contracts/1")
            #expect(gone.status == .notFound)
        }
    }

    @Test("each number of an app's licences leads to as many rows, and the funnel, the money and the reasons are there")
    func rows() async throws {
        try await PagesFixture.with { fixture in
            let id = try await fixture.sample.store.add(
                try await fixture.sampleContract(), by: "Ada", at: SampleStore.now)
            let app = try #require(try await fixture.sample.store.contract(id).lines.first?.appID)
            let licences = try await fixture.sample.store.licences(
                try await fixture.sample.store.moment(.now, now: SampleStore.now)
            ).filter { $0.appID == app }
            #expect(licences.count == 2)
            let page = try await fixture.get("/apps/\(app)/licences")
            #expect(
                page.status == .ok && page.text.contains("Right size") && page.text.contains("never added") == false)
            for licence in licences {
                for bucket in SeatBucket.allCases {
                    let count = licence.buckets?[bucket] ?? 0
                    let csv = try await fixture.get(
                        "/seats.csv?where=app_id%3D\(app)&where=bucket%3D\(bucket.name)&where=product%3D\(licence.product)"
                    )
                    #expect(csv.text.split(separator: "\r\n").count - 1 == count, "\(licence.product) \(bucket)")
                }
            }
            let all = try await fixture.get("/licences")
            #expect(all.text.contains("From bought to used") && all.text.contains("Renewal saving"))
            #expect(!all.text.contains("Vendor & Sons <b>"), "what people typed is escaped")
            let home = try await fixture.get("/")
            #expect(home.text.contains("Decide about Vendor &amp; Sons"))
            let memo = try await fixture.get("/contracts/\(id)/memo")
            #expect(memo.text.contains("With set aside") && memo.text.contains("assumed"))
        }
    }

    @Test("seats are asked for from the page, once, and people are protected with a reason")
    func decisions() async throws {
        try await PagesFixture.with { fixture in
            let csrf = [(name: "csrf", value: fixture.csrf)]
            let id = try await fixture.sample.store.add(
                try await fixture.sampleContract(), by: "Ada", at: SampleStore.now)
            let app = try #require(try await fixture.sample.store.contract(id).lines.first?.appID)
            let ask =
                csrf + [
                    (name: "app", value: app), (name: "kind", value: "reclaimable"), (name: "product", value: "Pro"),
                ]
            let first = try await fixture.post("/licences/reclaimed", ask)
            #expect(first.status == .seeOther)
            let count = try await fixture.sample.store.reclaimActions().count
            let moment = try await fixture.sample.store.moment(.now, now: SampleStore.now)
            let licence = try await fixture.sample.store.licences(moment).first {
                $0.appID == app && $0.product == "Pro"
            }
            #expect(count > 0 && count == licence?.reclaimable)
            _ = try await fixture.post("/licences/reclaimed", ask)
            let again = try await fixture.sample.store.reclaimActions().count
            #expect(again == count)
            let action = try #require(try await fixture.sample.store.reclaimActions().first)
            let protect = try await fixture.post(
                "/licences/protected",
                csrf + [
                    (name: "person", value: action.userID), (name: "reason", value: "parental leave"),
                    (name: "until", value: "2027-01-01"),
                ])
            #expect(protect.status == .seeOther)
            let bad = try await fixture.post(
                "/licences/protected",
                csrf + [
                    (name: "person", value: "nobody@x"), (name: "reason", value: "x"),
                    (name: "until", value: "2027-01-01"),
                ])
            #expect(bad.status == .ok && bad.text.contains("role=\"alert\""))
            let rules = try await fixture.get("/licences/rules")
            #expect(rules.text.contains("parental leave"))
            let set = try await fixture.post(
                "/licences/rules", csrf + [(name: "app", value: app), (name: "window_days", value: "30")])
            #expect(set.status == .seeOther)
            let known = try await fixture.sample.store.seatPolicies().map(\.policy.windowDays)
            #expect(known == [30])
        }
    }
}

import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@testable import Governance

@Suite("What people decide about services")
struct AppDecisionTests {
    private static let now = SampleStore.now
    private static func app(_ sample: SampleStore, _ label: String) async throws -> String {
        try await sample.store.serviceID(label)
    }

    private static func problem(_ body: () async throws(Problem) -> Void) async -> String {
        do {
            try await body()
            return "done"
        } catch {
            return error.id
        }
    }

    private static func state(_ sample: SampleStore, _ label: String, _ asOf: AsOf) async throws -> [String] {
        let moment = try await sample.store.moment(asOf, now: now)
        let list = ListDefinition.apps(moment)
        let filter = try ListFilter(parsing: "label=\(label)", for: list)
        return try await sample.store.list(list, ListRequest(filters: [filter])).rows.map {
            "\($0.text("state"))/\($0.text("owner"))"
        }
    }

    @Test("the state of any date is that of the decision which held then", arguments: TestEngine.available)
    func asOf(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let id = try await Self.app(sample, "Figma")
            let march = try #require(Timestamp(iso8601: "2026-10-03"))
            try await sample.store.decide(
                [id], state: "in review", reason: "Looked at for design", actor: "Ada", now: march)
            try await sample.store.decide(
                [id], state: "sanctioned", reason: "The design tool", actor: "Ada",
                now: march.advanced(bySeconds: 86_400 * 10))
            try await sample.store.own(
                [id], OwnersRequest(owner: "ada.40@acme.example"), actor: "Ada",
                now: march.advanced(bySeconds: 86_400 * 12))
            for (date, expected) in [
                ("2026-10-02", "/"), ("2026-10-04", "in_review/"), ("2026-10-14", "sanctioned/"),
                ("2026-10-16", "sanctioned/ada.40@acme.example"),
            ] {
                let time = try #require(Timestamp(iso8601: date))
                let answer1 = try await Self.state(sample, "Figma", .at(time))
                #expect(answer1 == [expected], "\(date)")
            }
            let answer2 = try await Self.state(sample, "Figma", .now)
            #expect(answer2 == ["sanctioned/ada.40@acme.example"])
            let answer3 = try await Self.state(sample, "Notion", .now)
            #expect(answer3 == ["/"])
            let record = try await sample.store.decisions(about: id, Moment(now: Self.now))
            #expect(record.map(\.state) == [.sanctioned, .inReview])
            #expect(record.last?.to == record.first?.from && record.first?.to == nil)
        }
    }

    @Test("the list of apps is filtered by state and owner", arguments: TestEngine.available)
    func filtered(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await sample.store.decide(
                ["Slack", "Zoom"], state: "blocked", reason: "No", actor: "Ada", now: Self.now)
            let list = ListDefinition.apps(Moment(now: Self.now))
            func labels(_ filter: String) async throws -> [String] {
                let request = ListRequest(filters: [try ListFilter(parsing: filter, for: list)], limit: 500)
                return try await sample.store.list(list, request).rows.map { $0.text("label") }
            }
            let answer4 = try await labels("state=blocked")
            #expect(answer4 == ["Slack", "Zoom"])
            let answer5 = try await labels("state=").count
            #expect(answer5 == 12)
            let answer6 = try await labels("owner=").count
            #expect(answer6 == 14)
        }
    }

    @Test("two decisions at one moment are both kept, in their order", arguments: TestEngine.available)
    func sameMoment(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            for state in ["in_review", "tolerated", "blocked"] {
                try await sample.store.decide(["Box"], state: state, reason: "r", actor: "Ada", now: Self.now)
            }
            let id = try await Self.app(sample, "Box")
            let later = Moment(now: Self.now.advanced(bySeconds: 1))
            let record = try await sample.store.decisions(about: id, later)
            #expect(record.map(\.state) == [.blocked, .tolerated, .inReview])
            #expect(Set(record.map(\.from)).count == 3)
        }
    }

    @Test("what is wrong is refused, and nothing is changed by it", arguments: TestEngine.available)
    func refused(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let store = sample.store
            func decide(
                _ services: [String], _ state: String, _ reason: String?, _ alternative: String? = nil
            ) async -> String {
                await Self.problem { () async throws(Problem) in
                    try await store.decide(
                        services, state: state, reason: reason, alternative: alternative, actor: "Ada", now: Self.now)
                }
            }
            #expect(await decide(["Slack"], "cool", "r") == "discovery.state.unknown")
            #expect(await decide(["Slack"], "", "r") == "discovery.state.unknown")
            #expect(await decide(["Slack"], "blocked", nil) == "discovery.reason.missing")
            #expect(await decide(["Slack"], "blocked", " \n\t") == "discovery.reason.missing")
            #expect(
                await decide(["Slack"], "blocked", String(repeating: "x", count: 2001)) == "discovery.text.tooLong")
            #expect(await decide(["Slack"], "blocked", String(repeating: "é", count: 2000), "Zoom") == "done")
            #expect(await decide(["Slack"], "blocked", "r", "Slack") == "discovery.alternative.itself")
            #expect(await decide(["Slack"], "blocked", "r", "Nothing like it") == "discovery.service.unknown")
            #expect(await decide([], "blocked", "r") == "discovery.services.none")
            #expect(await decide([""], "blocked", "r") == "discovery.service.unknown")
            // One that is unknown: the other is not decided either.
            #expect(await decide(["Zoom", "Nothing"], "blocked", "r") == "discovery.service.unknown")
            let answer7 = try await Self.state(sample, "Zoom", .now)
            #expect(answer7 == ["/"])
            #expect(await decide(["Zoom'; DROP TABLE apps;--"], "blocked", "r") == "discovery.service.unknown")
            // A person is no service, though it has an id.
            #expect(await decide([SampleStore.id(ofPerson: 1)], "blocked", "r") == "discovery.service.unknown")
            let long = String(repeating: "x", count: 201)
            let owner = await Self.problem { () async throws(Problem) in
                try await store.own(["Zoom"], OwnersRequest(owner: long), actor: "Ada", now: Self.now)
            }
            #expect(owner == "discovery.text.tooLong")
            let category = await Self.problem { () async throws(Problem) in
                try await store.describe("Zoom", category: "cheese", actor: "Ada", now: Self.now)
            }
            #expect(category == "discovery.category.unknown")
        }
    }

    @Test("every decision is in the audit trail, with who made it, and the record with what was written byte by byte")
    func audited() async throws {
        try await SampleStore.with(people: 60) { sample in
            let reason = "<b>Sécurité</b>; 'quoted' \\ =1+1"
            try await sample.store.decide(
                ["Slack"], state: "blocked", reason: "  \(reason)\n", alternative: "zoom", actor: "Ada", now: Self.now)
            try await sample.store.own(
                ["Slack"], OwnersRequest(owner: "nobody@else.example", department: "IT"), actor: "Ada", now: Self.now)
            try await sample.store.describe("Slack", note: "n", actor: "Ada", now: Self.now)
            let id = try await Self.app(sample, "Slack")
            let zoom = try await Self.app(sample, "Zoom")
            let trail = try await sample.store.engine.read { connection in
                try connection.query(
                    "SELECT actor, action, subject, detail FROM audit_trail ORDER BY position"
                ) { "\($0.text(0))|\($0.text(1))|\($0.text(2))|\($0.text(3))" }
            }
            #expect(
                trail == [
                    "Ada|app.state|\(id)|blocked: \(reason); instead: \(zoom)",
                    "Ada|app.owner|\(id)|owner nobody@else.example, IT", "Ada|app.describe|\(id)|a note",
                ])
            let record = try await sample.store.decisions(about: id, Moment(now: Self.now))
            #expect(record.first?.reason == reason && record.first?.alternative == zoom)
        }
    }

    @Test("owners that a request leaves out stay, and an empty text takes one away", arguments: TestEngine.available)
    func owners(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let id = try await Self.app(sample, "Slack")
            func own(_ request: OwnersRequest) async throws -> [String] {
                try await sample.store.own([id], request, actor: "Ada", now: Self.now)
                let later = Moment(now: Self.now.advanced(bySeconds: 60))
                let owners = try #require(try await sample.store.owners(of: id, later).first)
                return owners.all.map { "\($0.role) \($0.owner.name) \($0.owner.id ?? "unknown")" }
                    + [owners.department ?? "none"]
            }
            let ada = SampleStore.id(ofPerson: 40)
            let answer8 = try await own(OwnersRequest(owner: "ADA.40@acme.example", department: "IT"))
            #expect(
                answer8 == [
                    "owner ada.40@acme.example \(ada)", "IT",
                ])
            let answer9 = try await own(OwnersRequest(backup: "cfo@acme.example"))
            #expect(
                answer9 == [
                    "owner ada.40@acme.example \(ada)", "backup owner cfo@acme.example unknown", "IT",
                ])
            let answer10 = try await own(OwnersRequest(owner: "", finance: ada))
            #expect(
                answer10 == [
                    "backup owner cfo@acme.example unknown", "finance owner ada.40@acme.example \(ada)", "IT",
                ])
        }
    }

    @Test("names and categories of the company outlive a tenant that is erased", arguments: TestEngine.available)
    func kept(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let id = try await Self.app(sample, "Slack")
            try await sample.store.decide([id], state: "sanctioned", reason: "r", actor: "Ada", now: Self.now)
            try await sample.store.describe(
                id, name: "Chat", category: "Chat", note: "ask IT", actor: "Ada", now: Self.now)
            try await sample.store.erase(1)
            let kept = try await sample.store.engine.read { connection in
                let queries = DecisionQueries(connection: connection, workspaceID: sample.store.workspaceID)
                return (try queries.facts()[id], try queries.decisions(.now)[id]?.state)
            }
            #expect(kept.0 == AppFacts(name: "Chat", category: "chat", note: "ask IT") && kept.1 == .sanctioned)
        }
    }
}

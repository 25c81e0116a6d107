import Analysis
import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@testable import Governance

@Suite("What was decided and is not so")
struct ContradictionTests {
    private static let now = SampleStore.now
    private static let decidedAt = Timestamp(iso8601: "2026-11-10T10:00:00Z") ?? now

    private static func found(
        _ sample: SampleStore, _ label: String, _ asOf: AsOf = .now
    ) async throws -> [String] {
        let moment = try await sample.store.moment(asOf, now: now)
        let triage = try await sample.store.triage(try await sample.store.survey(moment), moment)
        let one = try #require(triage.services.first { $0.service.label == label })
        return one.contradictions.map { "\($0.rule.rawValue): \($0.sentence)" }
    }

    /// A payment for an app, so many days ago.
    private static func pay(
        _ sample: SampleStore, _ label: String, _ minor: Int64, daysAgo: Int64 = 10, state: String = "matched"
    ) async throws {
        let id = try await sample.store.serviceID(label)
        let day = Int64(now.day) - daysAgo
        try await sample.store.write { connection in
            let line = try connection.first("SELECT count(*) + 1 FROM spend_lines") { $0.integer(0) } ?? 1
            try connection.execute(
                """
                INSERT INTO spend_lines (workspace_id, line_id, import_id, source, line_no, booked_on, booked, vendor_text,
                    description, descriptor, amount, amount_plain, currency, original, line_hash, state, vendor_id, app_id)
                VALUES ($1, $2, 1, 'card', $2, $3, '', 'x', '', 'x', $4, '', 'EUR', '', $2, $5, 'x', $6)
                """,
                [
                    .integer(sample.store.workspaceID), .integer(line), .integer(day), .integer(minor), .text(state),
                    .text(id),
                ])
        }
    }

    private static func decide(_ sample: SampleStore, _ label: String, _ state: String, _ other: String? = nil)
        async throws
    {
        try await sample.store.decide(
            [label], state: state, reason: "planned", alternative: other, actor: "Ada", now: decidedAt)
    }

    /// Sign-ins of some people on days of November; the sample's people never sign in to Zoom.
    private static func use(
        _ sample: SampleStore, _ label: String, _ uses: [(person: Int, last: String, signIns: Int)]
    ) async throws {
        let id = try await sample.store.serviceID(label)
        try await sample.store.engine.write { connection in
            let workspace = sample.store.workspaceID
            let app = try Objects.key(connection, workspace, oktaID: id) ?? 0
            for use in uses {
                let time = Timestamp(iso8601: use.last) ?? now
                let row: [Value] = [.integer(workspace), .integer(app), .integer(Int64(use.person))]
                try connection.execute(
                    """
                    INSERT INTO usage_daily (workspace_id, app_key, user_key, day, sign_ins, last_at)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    """,
                    row + [.integer(Int64(time.day)), .integer(Int64(use.signIns)), .integer(time.rawValue)])
            }
        }
    }

    @Test(
        "blocked on the 10th at 10:00: 5 sign-ins before it count 0, 4 of that day up to 11:00 count 1, then 3 + 2 + 1: 7 by 2",
        arguments: TestEngine.available)
    func blockedInUse(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await Self.use(
                sample, "Zoom",
                [
                    (1, "2026-11-10T09:00:00Z", 5), (2, "2026-11-10T11:00:00Z", 4), (3, "2026-11-11T08:00:00Z", 3),
                    (3, "2026-11-12T08:00:00Z", 2), (2, "2026-11-13T08:00:00Z", 1), (1, "2026-11-01T08:00:00Z", 9),
                ])
            try await Self.decide(sample, "Zoom", "blocked")
            let found = try await Self.found(sample, "Zoom")
            #expect(found.first == "blocked_in_use: Blocked, but 7 sign-ins by 2 people since 2026-11-10.")
            #expect(found.count == 2 && found[1].hasPrefix("still_assigned: Blocked, but "))
            // At a date in the past, what came later is not told.
            let then = try #require(Timestamp(iso8601: "2026-11-12"))
            let past = try await Self.found(sample, "Zoom", .at(then))
            #expect(past.first == "blocked_in_use: Blocked, but 4 sign-ins by 2 people since 2026-11-10.")
            let before = try #require(Timestamp(iso8601: "2026-11-09"))
            let answer1 = try await Self.found(sample, "Zoom", .at(before))
            #expect(answer1 == [])
        }
    }

    @Test("used before it was blocked and not since: no contradiction of use", arguments: TestEngine.available)
    func blockedAndQuiet(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await Self.use(sample, "Zoom", [(1, "2026-11-10T09:59:00Z", 50), (2, "2026-10-01T09:00:00Z", 7)])
            try await Self.decide(sample, "Zoom", "blocked")
            let found = try await Self.found(sample, "Zoom")
            #expect(!found.contains { $0.hasPrefix("blocked_in_use") })
            try await Self.decide(sample, "Slack", "tolerated")
            let answer2 = try await Self.found(sample, "Slack")
            #expect(answer2 == [])
        }
    }

    @Test(
        "owners: none, one who left, one who is nobody of the tenant, and one who is there",
        arguments: TestEngine.available)
    func owners(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await Self.decide(sample, "Slack", "sanctioned")
            let answer3 = try await Self.found(sample, "Slack")
            #expect(answer3 == ["sanctioned_without_owner: Sanctioned, without an owner."])
            func own(_ owner: String, backup: String? = nil) async throws {
                try await sample.store.own(
                    ["Slack"], OwnersRequest(owner: owner, backup: backup), actor: "Ada",
                    now: Self.decidedAt.advanced(bySeconds: 60))
            }
            try await own("hiro.7@acme.example")
            let answer4 = try await Self.found(sample, "Slack")
            #expect(answer4 == ["owner_left: Its owner hiro.7@acme.example left the company."])
            try await own("ada.40@acme.example", backup: "nobody@else.example")
            let answer5 = try await Self.found(sample, "Slack")
            #expect(
                answer5 == [
                    "owner_unknown: Its backup owner nobody@else.example is nobody of the tenant."
                ])
            try await own("ada.40@acme.example", backup: "")
            let answer6 = try await Self.found(sample, "Slack")
            #expect(answer6 == [])
        }
    }

    private static func contract(
        _ sample: SampleStore, _ id: Int, _ app: String, ends: Int?, renews: Bool = true, status: String = "active"
    ) async throws {
        let appID = try await sample.store.serviceID(app)
        let today = Int64(now.day)
        try await sample.store.engine.write { connection in
            let key: [Value] = [.integer(sample.store.workspaceID), .integer(Int64(id))]
            try connection.execute(
                """
                INSERT INTO contracts (workspace_id, contract_id, vendor, title, starts_on, ends_on, renews, status,
                    currency, billing, created_at, created_by, changed_at, changed_by)
                VALUES ($1, $2, 'V', $3, $4, $5, $6, $7, 'EUR', 'annual', 0, 'Ada', 0, 'Ada')
                """,
                key + [
                    .text("Contract \(id)"), .integer(today - 300), .optional(ends.map { today + Int64($0) }),
                    .flag(renews), .text(status),
                ])
            try connection.execute(
                """
                INSERT INTO contract_lines (workspace_id, contract_id, line_id, product, kind, app_id, selector,
                    reducible) VALUES ($1, $2, 1, 'P', 'licence', $3, 'all', 1)
                """, key + [.text(appID)])
        }
    }

    @Test(
        "retired with a contract that ends in 41 days and renews; not one that ended, was cancelled, or does not renew",
        arguments: TestEngine.available)
    func renews(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await Self.contract(sample, 1, "Datadog", ends: 41)
            try await Self.contract(sample, 2, "Datadog", ends: -1)
            try await Self.contract(sample, 3, "Datadog", ends: 60, status: "terminated")
            try await Self.contract(sample, 4, "Datadog", ends: 60, renews: false)
            try await Self.contract(sample, 5, "Slack", ends: 10)
            try await Self.decide(sample, "Datadog", "retiring")
            let answer7 = try await Self.found(sample, "Datadog")
            #expect(answer7 == ["retired_renews: Retiring, but its contract “Contract 1” renews in 41 days."])
            try await Self.decide(sample, "Slack", "in_review")
            let answer8 = try await Self.found(sample, "Slack")
            #expect(answer8 == [])
        }
    }

    @Test("tolerated with money spent, or with a contract in force; not with neither", arguments: TestEngine.available)
    func tolerated(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await Self.decide(sample, "Slack", "tolerated")
            // A year and a day ago, ignored, or for another app: none of them counts.
            try await Self.pay(sample, "Slack", 999, daysAgo: 365)
            try await Self.pay(sample, "Slack", 999, state: "ignored")
            try await Self.pay(sample, "Zoom", 999)
            let answer9 = try await Self.found(sample, "Slack")
            #expect(answer9 == [])
            try await Self.pay(sample, "Slack", 123_000, daysAgo: 364)
            try await Self.pay(sample, "Slack", 450)
            let answer10 = try await Self.found(sample, "Slack")
            #expect(
                answer10 == [
                    "tolerated_with_spend: Tolerated, but 1234.50 EUR were spent on it in twelve months."
                ])
            try await Self.decide(sample, "Datadog", "tolerated")
            try await Self.contract(sample, 1, "Datadog", ends: nil)
            let answer11 = try await Self.found(sample, "Datadog")
            #expect(answer11 == ["tolerated_with_spend: Tolerated, but its contract “Contract 1” is in force."])
        }
    }

    @Test("an alternative that is blocked itself", arguments: TestEngine.available)
    func alternative(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await Self.decide(sample, "Zoom", "retiring", "Slack")
            let answer12 = try await Self.found(sample, "Zoom")
            #expect(answer12 == [])
            try await Self.decide(sample, "Slack", "blocked")
            let answer13 = try await Self.found(sample, "Zoom")
            #expect(answer13 == ["alternative_closed: People should use Slack instead, which is blocked."])
        }
    }

    @Test("the board orders by money, then people, then risk; each sum of risk is that of its reasons")
    func order() async throws {
        try await SampleStore.with(people: 200) { sample in
            let moment = try await sample.store.moment(.now, now: Self.now)
            let survey = try await sample.store.survey(moment)
            let cheap = try await sample.store.serviceID("Datadog")
            try await Self.pay(sample, "Datadog", 1)
            let triage = try await sample.store.triage(survey, moment)
            #expect(triage.services.first?.id == cheap)
            let people = triage.services.dropFirst().map { $0.service.active90 ?? 0 }
            #expect(people == people.sorted(by: >) && people.contains(0))
            let used = try #require(triage.services.dropFirst().first)
            #expect(used.state == .discovered && used.risks.map(\.points) == [1])
            let list = triage.list
            let rows = try await sample.store.list(list, ListRequest(limit: 500)).rows
            #expect(rows.map { $0.text("id") } == triage.services.map(\.id))
            #expect(rows.first?.text("spend") == "0.01 EUR")
        }
    }
}

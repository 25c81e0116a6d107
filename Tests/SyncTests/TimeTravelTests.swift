import DatabaseEngine
import Directory
import Foundation
import OktaSimulator
import Storage
import Support
import Testing

@testable import Sync

@Suite("Answers about dates before the first sync equal what was true then")
struct TimeTravelTests {
    private static let now = "2026-06-15T12:00:00Z"

    /// Forty moments of the ninety days before, the same ones each time.
    private static func dates(_ seed: UInt64) throws -> [Timestamp] {
        let end = try #require(Timestamp(iso8601: now))
        var state = seed
        return (0..<40).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return end.advanced(bySeconds: -Int64(state >> 33) % (90 * 86_400 - 1))
        }
    }

    @Test(
        "memberships, assignments, statuses and roles, of a tenant connected once, at forty dates",
        arguments: [UInt64(7), 11])
    func truth(_ seed: UInt64) async throws {
        let fixture = try await TenantFixture(okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator(people: 110, apps: 30, groups: 40, days: 90, seed: seed, now: Self.now) {
            simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            #expect(try await fixture.integrations.sync(integration).run.status == .complete)
            for date in try Self.dates(seed) {
                let moment = Moment(asOf: .at(date), now: .now)
                let text = date.iso8601
                func expect(_ table: String, _ list: ListDefinition, _ columns: [String]) async throws {
                    let answer = try await Self.answer(list, columns, fixture)
                    let truth = try simulator.truth(table, columns, text)
                    #expect(!truth.isEmpty)
                    #expect(
                        answer == truth,
                        "\(table) at \(text): \(differences(answer.sorted(), truth.sorted()))")
                }
                try await expect("users", .users(moment), ["id", "status"])
                try await expect("memberships", .memberships(moment), ["group_id", "user_id"])
                try await expect("assignments", .assignments(moment), ["app_id", "user_id"])
                try await expect("groups", .groups(moment), ["id", "name", "members", "apps"])
                try await expect("apps", .apps(moment), ["id", "label", "assigned_groups"])
                try await Self.expectRoles(moment, text, simulator, fixture)
                let grade = try await fixture.store.grade(of: .at(date))
                #expect(grade.grade == .inferred, "\(grade)")
            }
        }
    }

    @Test(
        "two hundred questions about one person, group or app at dates before the first sync, and forty before the log",
        arguments: TestEngine.available)
    func subjects(_ engine: TestEngine) async throws {
        let end = try #require(Timestamp(iso8601: Self.now))
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator(people: 110, apps: 30, groups: 40, days: 90, now: Self.now) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            #expect(try await fixture.integrations.sync(integration).run.status == .complete)
            let questions = SubjectQuestions(fixture: fixture, simulator: simulator)
            var dice = Dice(state: 3)
            let tally = try await questions.ask(dice.dates(200, within: 90 * 86_400 - 1, before: end), seed: 4)
            #expect(tally.answered > 150 && tally.unknown > 0 && tally.absent > 0, "\(tally)")
            let older = dice.dates(40, within: 60 * 86_400, before: end.advanced(bySeconds: -91 * 86_400))
            let untold = try await questions.ask(older, seed: 4)
            #expect(untold.answered == 0 && untold.unknown > 20, "\(untold)")
        }
    }

    /// Looks every minute for an hour in which much changes: some things begin and end between two looks.
    @Test(
        "everything of dates after the first sync, while the log is followed, and two hundred questions about single things",
        arguments: TestEngine.available)
    func truthWhileFollowed(_ engine: TestEngine) async throws {
        let began = try #require(Timestamp(iso8601: Self.now))
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager, clock: SyncClock { began })
        defer { fixture.remove() }
        let integration = try await withSimulator(people: 110, apps: 30, groups: 40, days: 90, now: Self.now) {
            simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            _ = try await fixture.integrations.sync(integration)
            return integration
        }
        for step in 1...60 {
            let now = began.advanced(bySeconds: Int64(step) * 60)
            let later = try await TenantFixture(
                engine, okta: TenantFixture.eager, beside: fixture, clock: SyncClock { now })
            try await withSimulator(
                people: 110, apps: 30, groups: 40, days: 90, now: now.iso8601Seconds, since: Self.now,
                changesPerMinute: 4
            ) { simulator, port in
                try await later.move(integration, to: port)
                let tail = LogTail(try await later.integration(integration), later.integrations, pace: .init())
                while try await tail.work(askingLog: true).isBusy {}
                guard step == 60 else { return }
                var dice = Dice(state: 5)
                let questions = SubjectQuestions(
                    fixture: later, simulator: simulator, withinSecond: 999_999)
                let tally = try await questions.ask(dice.dates(200, within: 3600, before: now), seed: 6)
                #expect(tally.answered > 180 && tally.unknown == 0 && tally.absent > 0, "\(tally)")
                var state = UInt64(7)
                for _ in 0..<60 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let date = now.advanced(bySeconds: -Int64(state >> 33) % 3600)
                    try await Self.expectTruth(at: date, simulator, later)
                }
            }
        }
    }

    private static func expectTruth(
        at date: Timestamp, _ simulator: Simulator, _ fixture: TenantFixture
    ) async throws {
        // The truth is told by the second, the log by the millisecond: what happened within the second counts.
        let moment = Moment(asOf: .at(Timestamp(rawValue: date.rawValue + 999_999)), now: .now)
        for (table, list, columns) in [
            ("users", ListDefinition.users(moment), ["id"]),
            ("memberships", .memberships(moment), ["group_id", "user_id"]),
            ("assignments", .assignments(moment), ["app_id", "user_id"]),
        ] {
            let answer = try await answer(list, columns, fixture)
            let truth = try simulator.truth(table, columns, date.iso8601)
            // Bound first: what is compared would be printed whole.
            let isTrue = answer == truth
            #expect(
                isTrue, "\(table) at \(date.iso8601): \(differences(answer.sorted(), truth.sorted()))")
        }
        // A lock that came and went between two looks is among the events alone.
        let statuses = try await answer(.users(moment), ["id", "status"], fixture)
        let missed = try simulator.truth("users", ["id", "status"], date.iso8601).subtracting(statuses)
        #expect(missed.count <= 1 && missed.allSatisfy { $0.hasSuffix("|LOCKED_OUT") }, "\(missed)")
        let grade = try await fixture.store.grade(of: .at(date))
        #expect(grade.grade == .full)
    }

    /// The log tells what was left when a role was taken, not what it was: where no earlier event named it, the answer has
    /// a role of type UNKNOWN for those that the truth has.
    private static func expectRoles(
        _ moment: Moment, _ text: String, _ simulator: Simulator, _ fixture: TenantFixture
    ) async throws {
        let columns = ["user_id", "role", "assignment_type"]
        let answer = try await answer(.roles(moment), columns, fixture)
        let truth = try simulator.truth("roles", columns, text)
        let unknown = answer.filter { $0.contains("|UNKNOWN|") }
        #expect(answer.subtracting(unknown).isSubset(of: truth), "roles at \(text)")
        let missing = truth.subtracting(answer)
        let holders = { (rows: Set<String>) in Set(rows.map { String($0.prefix(20)) }) }
        #expect(holders(missing) == holders(unknown), "roles at \(text): \(missing) \(unknown)")
    }

    private static func answer(
        _ list: ListDefinition, _ columns: [String], _ fixture: TenantFixture
    ) async throws -> Set<String> {
        var rows: Set<String> = []
        try await fixture.store.each(list, ListRequest()) { batch in
            for row in batch {
                rows.insert(
                    columns.map { column in
                        switch row[column] {
                        case .text(let text): text
                        case .integer(let number): String(number)
                        default: ""
                        }
                    }.joined(separator: "|"))
            }
        }
        return rows
    }

    @Test(
        "a second sync changes nothing of the past, and an interrupted one learns the same past",
        arguments: TestEngine.available)
    func secondAndInterrupted(_ engine: TestEngine) async throws {
        let whole = try await TenantFixture(engine, okta: TenantFixture.eager)
        let broken = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer {
            whole.remove()
            broken.remove()
        }
        try await withSimulator(days: 90, now: Self.now) { simulator, port in
            let integration = try await whole.connect(port: port, token: simulator.token)
            _ = try await whole.integrations.sync(integration)
            let once = try await Self.past(whole)
            #expect(once.contains { $0.contains("|5|") })
            _ = try await whole.integrations.sync(integration)
            #expect(try await Self.past(whole) == once)
            let second = try await broken.connect(port: port, token: simulator.token)
            var attempts = 0
            var run: RunRecord?
            while run?.finishedAt == nil {
                attempts += 1
                try #require(attempts < 60)
                run = try await SimulatedSyncTests.syncStopping(second, afterPages: 8 * attempts, broken).run
            }
            #expect(attempts > 1)
            #expect(try await Self.past(broken) == once)
        }
    }

    /// Everything that has a date from Okta or from the log, or was there before the log.
    private static func past(_ fixture: TenantFixture) async throws -> [String] {
        let end = "CASE WHEN t.to_how = 2 OR t.to_how = 1 THEN t.valid_to ELSE coalesce(t.to_how, 0) END"
        let dated = "t.valid_from, t.from_how, \(end)"
        return try await fixture.rows(
            """
            SELECT 'member', g.okta_id, u.okta_id, \(dated) FROM memberships t
            JOIN objects g ON g.object_key = t.group_key JOIN objects u ON u.object_key = t.user_key
            UNION ALL SELECT 'assigned', g.okta_id, u.okta_id, \(dated) FROM assignments t
            JOIN objects g ON g.object_key = t.app_key JOIN objects u ON u.object_key = t.user_key
            UNION ALL SELECT 'gives', g.okta_id, u.okta_id, \(dated) FROM app_groups t
            JOIN objects g ON g.object_key = t.app_key JOIN objects u ON u.object_key = t.group_key
            UNION ALL SELECT 'role', t.role_id, u.okta_id, \(dated) FROM admin_roles t
            JOIN objects u ON u.object_key = t.holder_key
            UNION ALL SELECT 'user', okta_id, status, \(dated) FROM users t
            UNION ALL SELECT 'group', okta_id, name, \(dated) FROM user_groups t
            UNION ALL SELECT 'app', okta_id, label, \(dated) FROM apps t
            """
        ).map { row in
            row.map { value in
                switch value {
                case .text(let text): text
                case .integer(let number): String(number)
                default: "-"
                }
            }.joined(separator: "|")
        }.sorted()
    }
}

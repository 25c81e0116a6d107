import Analysis
import DatabaseEngine
import Directory
import Governance
import OktaSimulator
import Storage
import Support
import Testing

@Suite("Leavers as they are told equal what the tenant truly did")
struct LeaverTruthTests {
    private static let seeds: [UInt64] = [7, 11, 23]

    /// What is compared of one leaver.
    private struct Told: Hashable, CustomStringConvertible {
        let id: String
        let left: String
        let apps: String
        let roles: String
        let tokens: String
        var description: String { "\(id) left \(left): \(apps) apps, \(roles) roles, \(tokens) tokens" }
    }

    private static func told(_ leaver: Leaver, apps: Bool, tokens: Bool) -> Told {
        func text(_ count: Int?) -> String { count.map(String.init) ?? "?" }
        return Told(
            id: leaver.person.id, left: leaver.end.deactivatedAt?.iso8601Seconds ?? "",
            apps: apps ? text(leaver.appsNow) : "", roles: text(leaver.roles), tokens: tokens ? text(leaver.tokens) : ""
        )
    }

    private static func truth(_ rows: [[String: String]], apps: Bool, tokens: Bool) throws -> Set<Told> {
        Set(
            try rows.map { row in
                let left = try #require(Timestamp(iso8601: row["deactivated_at"] ?? ""))
                return Told(
                    id: row["user_id"] ?? "", left: left.iso8601Seconds, apps: apps ? row["apps"] ?? "" : "",
                    roles: row["roles"] ?? "", tokens: tokens ? row["api_tokens"] ?? "" : "")
            })
    }

    @Test(
        "who left, when, and what they still hold, now and at dates in the past",
        arguments: TestEngine.available, seeds)
    func holdings(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await LeaversTenant.with(engine, seed: seed) { tenant in
            let end = try #require(Timestamp(iso8601: LeaversTenant.now))
            let now = try await tenant.store.leavers(try await tenant.store.moment(.now, now: end))
            let expected = try Self.truth(try tenant.truth("leavers", end), apps: true, tokens: true)
            let found = Set(now.leavers.map { Self.told($0, apps: true, tokens: true) })
            #expect(!expected.isEmpty)
            #expect(found == expected, "\(found.symmetricDifference(expected))")
            let stories = try tenant.truth("stories", end).filter { $0["story"] == "leaver_with_access" }
            #expect(!stories.isEmpty)
            let holding = Set(now.leavers.filter(\.hasAccess).map(\.person.id))
            #expect(holding == Set(stories.map { $0["subject_id"] ?? "" }))
            for days in [1, 13, 37, 61, 88] {
                let date = end.advanced(bySeconds: -Int64(days) * 86_400 - 4_321)
                let moment = try await tenant.store.moment(.at(date), now: end)
                let then = try await tenant.store.leavers(moment)
                let truth = try Self.truth(try tenant.truth("leavers", date), apps: true, tokens: false)
                let told = Set(then.leavers.map { Self.told($0, apps: true, tokens: false) })
                #expect(told == truth, "at \(date.iso8601): \(told.symmetricDifference(truth))")
                // Tokens that were revoked before the first sync are in nobody's list: never "none".
                #expect(then.leavers.allSatisfy { $0.tokens == nil })
            }
        }
    }

    @Test(
        "every app on the last active day, and when and how each went, of everybody who left within the log's reach",
        arguments: TestEngine.available, seeds)
    func lastDay(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await LeaversTenant.with(engine, seed: seed) { tenant in
            let end = try #require(Timestamp(iso8601: LeaversTenant.now))
            let moment = try await tenant.store.moment(.now, now: end)
            let population = try await tenant.store.leavers(moment)
            let beginning = end.advanced(bySeconds: -90 * 86_400 + 3_600)
            let provisioning = try tenant.truth("apps", end)
            #expect(!provisioning.isEmpty)
            let stillThere = try tenant.truth("assignments", end)
            var known = 0
            for leaver in population.leavers {
                let id = leaver.person.id
                let found = try #require(try await tenant.store.leaver(id, moment))
                // The list and the case are one answer.
                #expect(Leaver(summing: found).unsettled == leaver.unsettled)
                guard leaver.end.at > beginning else {
                    #expect(leaver.appsThen == nil && leaver.manualItems == nil, "\(id) left before the log begins")
                    continue
                }
                known += 1
                let before = leaver.end.at.advanced(bySeconds: -1)
                let truth = Set(
                    try tenant.truth("assignments", before).filter { $0["user_id"] == id }.map { $0["app_id"] ?? "" })
                let told = Set(found.apps.filter(\.hadThen).map(\.id))
                #expect(told == truth, "\(id) left \(leaver.end.at.iso8601): \(told.symmetricDifference(truth))")
                #expect(leaver.appsThen == truth.count)
                let kept = Set(stillThere.filter { $0["user_id"] == id }.map { $0["app_id"] ?? "" })
                #expect(Set(found.apps.filter(\.isPresent).map(\.id)) == kept)
                for app in found.apps where !app.isPresent {
                    let ended = try #require(app.endedAt)
                    #expect(abs(ended.seconds - leaver.end.at.seconds) <= 1 && app.endEvidence == .logEvent)
                }
                #expect(leaver.activityAfter == nil)
                #expect(leaver.isPast(sla: 24, at: moment.time) == leaver.hasAccess)
                if !leaver.hasAccess, leaver.lastRemovalAt != nil { #expect(leaver.hoursToLastRemoval == 0) }
            }
            #expect(known >= 3)
        }
    }

    @Test("before the log begins nothing is told of what leavers had or have", arguments: TestEngine.available)
    func beforeLog(_ engine: TestEngine) async throws {
        try await LeaversTenant.with(engine, people: 120, seed: 7) { tenant in
            let end = try #require(Timestamp(iso8601: LeaversTenant.now))
            let moment = try await tenant.store.moment(.at(end.advanced(bySeconds: -120 * 86_400)), now: end)
            let leavers = try await tenant.store.leavers(moment).leavers
            #expect(!leavers.isEmpty)
            #expect(leavers.allSatisfy { $0.appsThen == nil && $0.appsNow == nil && $0.manualItems == nil })
        }
    }

    @Test(
        "what Okta does not let be read is not evaluated, and never none",
        arguments: ["assignments", "memberships", "roles", "api_tokens"])
    func unread(_ resource: String) async throws {
        try await LeaversTenant.with(.sqlite, people: 120, seed: 7, faults: ["forbid=\(resource)"]) { tenant in
            let end = try #require(Timestamp(iso8601: LeaversTenant.now))
            let leavers = try await tenant.store.leavers(try await tenant.store.moment(.now, now: end)).leavers
            #expect(!leavers.isEmpty)
            let answers: [String: (Leaver) -> Int?] = [
                "assignments": \.appsNow, "memberships": \.groups, "roles": \.roles, "api_tokens": \.tokens,
            ]
            for (name, answer) in answers {
                #expect(leavers.allSatisfy { (answer($0) == nil) == (name == resource) }, "\(name)")
            }
            if resource == "assignments" { #expect(leavers.allSatisfy { $0.appsThen == nil }) }
        }
    }
}

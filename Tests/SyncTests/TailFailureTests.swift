import DatabaseEngine
import Directory
import OktaSimulator
import Problems
import Storage
import Support
import Testing

@testable import Sync

@Suite("What goes wrong while the System Log is followed")
struct TailFailureTests: FollowedTenant {
    @Test(
        "what waits to be read again survives a failure, and is read when Okta answers", arguments: TestEngine.available
    )
    func survives(_ engine: TestEngine) async throws {
        try await withTenant(engine, faults: ["revoke-after=6"]) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            await #expect(throws: (any Error).self) { try await follow(tail) }
            let waiting = try await fixture.store.markCount(of: integration.id).count
            #expect(waiting > 0)
        }
    }

    @Test(
        "a token that was revoked shows on the tenant at once, and no longer when the log answers",
        arguments: TestEngine.available)
    func revoked(_ engine: TestEngine) async throws {
        try await withTenant(engine, faults: ["revoke-after=1"]) { fixture, integration, simulator in
            var pace = LogTail.Pace()
            pace.idle = .zero
            let tail = LogTail(integration, fixture.integrations, pace: pace)
            for _ in 0..<3 {
                _ = await tail.look()
                try await Task.sleep(for: .seconds(1))
            }
            let now = fixture.integrations.clock.now()
            let ill = try await fixture.integration(integration)
            #expect(ill.problem?.id == "okta.token.rejected")
            let health = try await fixture.store.tailHealth(of: integration.id, now: now)
            #expect(health.problem?.id == "okta.token.rejected")
            try await withSimulator(people: 200, apps: 30, groups: 40, now: Self.later, since: Self.began) { _, port in
                try await fixture.move(integration, to: port)
                for _ in 0..<3 {
                    _ = await tail.look()
                    try await Task.sleep(for: .seconds(1))
                }
                let mended = try await fixture.integration(integration)
                #expect(mended.problem == nil && mended.lastCallAt == now)
            }
        }
    }

    @Test("marks of a list that Okta refuses are let go, and the others are answered", arguments: TestEngine.available)
    func refused(_ engine: TestEngine) async throws {
        try await withTenant(engine, faults: ["forbid=users"]) { fixture, integration, simulator in
            try await follow(LogTail(integration, fixture.integrations, pace: .init()))
            let waiting = try await fixture.store.markCount(of: integration.id).count
            #expect(waiting == 0)
            let nouns = try await fixture.rows("SELECT DISTINCT noun FROM changes ORDER BY noun")
            #expect(nouns.contains([.text("assignments")]) && !nouns.contains([.text("users")]))
        }
    }

    @Test(
        "one person who cannot be read keeps nobody else from being read, and waits without a call",
        arguments: TestEngine.available)
    func broken(_ engine: TestEngine) async throws {
        let person = try someoneGone()
        try await withTenant(engine, faults: ["broken=/users/\(person)"]) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            try await follow(tail)
            let left = try await fixture.store.marks(of: integration.id, since: nil, limit: 1000)
            #expect(!left.isEmpty && left.allSatisfy { [$0.subjectID, $0.objectID].contains(person) })
            let answered = try await fixture.rows("SELECT count(DISTINCT object_key) FROM changes WHERE noun = 'users'")
            #expect(answered != [[0]])
            let calls = try await fixture.store.callCount(of: integration.id)
            let again = try await tail.work(askingLog: false)
            let after = try await fixture.store.callCount(of: integration.id)
            #expect(!again.isBusy && after == calls)
        }
    }

    @Test(
        "lists that fail each time do not keep what comes behind them from being read",
        arguments: TestEngine.available)
    func behindFailures(_ engine: TestEngine) async throws {
        try await withTenant(engine, faults: ["broken=/groups"]) { fixture, integration, simulator in
            let groups = try await fixture.rows("SELECT okta_id FROM user_groups WHERE valid_to IS NULL LIMIT 30")
            let people = try await fixture.rows("SELECT okta_id FROM users WHERE valid_to IS NULL LIMIT 30")
            func id(_ row: [Value]) -> String { if case .text(let id)? = row.first { id } else { "" } }
            var number = 0
            for (group, person) in zip(groups, people) {
                number += 1
                let (user, team) = (("User", id(person)), ("UserGroup", id(group)))
                try await tell("group.user_membership.add", [user, team], number, fixture, integration)
            }
            try await tell("user.account.privilege.grant", id(try #require(people.last)), 99, fixture, integration)
            let tail = LogTail(integration, fixture.integrations, pace: Self.unhurried)
            for _ in 0..<number { _ = try? await tail.work(askingLog: false) }
            let left = try await fixture.store.marks(of: integration.id, since: nil, limit: 1000)
            #expect(Set(left.map(\.kind)) == [.membership])
        }
    }

    @Test(
        "where Okta refuses people's own lists, those of groups and apps are read instead",
        arguments: TestEngine.available)
    func refusedByPerson(_ engine: TestEngine) async throws {
        let faults = ["forbid=user_groups", "forbid=user_apps"]
        try await withTenant(engine, faults: faults) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            try await follow(tail)
            let followed = try await fixture.store.stateHash(.now).hash
            let run = try await fixture.integrations.sync(integration).run
            let read = try await fixture.store.stateHash(.now).hash
            #expect(run.drift == 0 && read == followed)
            #expect(await tail.refusedByPerson.contains(.membership))
        }
    }

    @Test("an event that names what has no address in Okta is let go", arguments: TestEngine.available)
    func noAddress(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            try await tell("user.lifecycle.suspend", "00u/../../oauth2/v1/keys", 1, fixture, integration)
            try await follow(LogTail(integration, fixture.integrations, pace: .init()))
            let waiting = try await fixture.store.markCount(of: integration.id).count
            #expect(waiting == 0)
        }
    }

    @Test("while Okta does not answer at all nothing is tried one by one", arguments: TestEngine.available)
    func outage(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            for number in 1...40 {
                try await tell("user.lifecycle.suspend", "00u\(number)", number, fixture, integration)
            }
            try await fixture.move(integration, to: 1)
            let tail = LogTail(try await fixture.integration(integration), fixture.integrations, pace: Self.unhurried)
            let pause = await tail.look()
            #expect(pause == .seconds(600))
            // A bell in the pause is not answered; one that came before anybody knew of the outage tries a few things.
            #expect(await tail.look() == nil)
            let early = LogTail(try await fixture.integration(integration), fixture.integrations, pace: .init())
            let problem = await #expect(throws: Problem.self) { _ = try await early.work(askingLog: false) }
            #expect(problem?.kind == .unreachable)
            let waiting = try await fixture.store.markCount(of: integration.id).count
            #expect(waiting == 40)
        }
    }

    @Test(
        "where Okta refuses the log alone, what Event Hooks tell of is read, in the pause too",
        arguments: TestEngine.available)
    func logRefused(_ engine: TestEngine) async throws {
        let person = try someoneGone()
        try await withTenant(engine, faults: ["forbid=logs"]) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: Self.unhurried)
            for number in 1...2 {
                try await tell("user.lifecycle.suspend", person, number, fixture, integration)
                let pause = await tail.look()
                #expect((pause == nil) == (number == 2))
                let waiting = try await fixture.store.markCount(of: integration.id).count
                #expect(waiting == 0)
            }
            let health = try await fixture.store.tailHealth(of: integration.id, now: fixture.integrations.clock.now())
            #expect(health.problem?.id == "okta.forbidden")
            let changed = try await fixture.rows("SELECT DISTINCT noun FROM changes")
            #expect(changed == [["users"]])
        }
    }

    @Test(
        "a gap longer than Okta keeps its log is on record before the log is followed on",
        arguments: TestEngine.available)
    func gap(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            try await follow(LogTail(integration, fixture.integrations, pace: .init()))
            let readTo = try #require(try await fixture.store.logPosition(of: integration.id).readTo)
            let late = readTo.advanced(bySeconds: 100 * 86_400)
            let back = try await TenantFixture(
                engine, okta: TenantFixture.eager, beside: fixture, clock: SyncClock { late })
            try await withSimulator(people: 200, apps: 30, groups: 40, now: late.iso8601) { _, port in
                try await back.move(integration, to: port)
                let tail = LogTail(try await back.integration(integration), back.integrations, pace: .init())
                _ = try await tail.readLog()
                let gaps = try await back.rows(
                    "SELECT gap_from, (\(late.rawValue) - gap_to) / 86400000000 FROM log_gaps")
                #expect(gaps == [[.integer(readTo.rawValue), 90]])
                let position = try await back.store.logPosition(of: integration.id)
                #expect(position.cursor != nil && (position.readTo ?? readTo) > readTo)
            }
        }
    }
}

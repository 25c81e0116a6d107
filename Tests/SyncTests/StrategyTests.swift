import DatabaseEngine
import Directory
import OktaSimulator
import Storage
import Support
import Testing

@testable import Sync

@Suite("Each list is read in the way that is soonest")
struct StrategyTests {
    private static func workforce(users: Int = 2000, apps: Int = 120, groupsWithApps: Int = 100) -> TenantSize {
        var size = TenantSize()
        size.users = users
        size.people = users
        size.hasAllUsers = true
        size.groups = 150
        size.groupMembers = Array(repeating: 80, count: 149)
        size.groupApps = Array(repeating: 2, count: groupsWithApps) + Array(repeating: 0, count: 150 - groupsWithApps)
        size.apps = Array(repeating: TenantSize.App(users: 300), count: apps)
        size.admins = 10
        return size
    }

    /// Half of what a Workforce tenant grants one token.
    private static let limits: [String: Double] = [
        "apps": 25, "groups": 125, "users": 150, "user_details": 150, "logs": 30, "iam": 50, "api_tokens": 150,
    ]

    private func chooser(
        _ size: TenantSize, _ limits: [String: Double] = limits, refused: [String: String] = [:]
    ) -> StrategyChooser {
        StrategyChooser(size: size, allowed: limits, refused: refused)
    }

    @Test("under a tenant's limits, groups of apps leave the slowest limit, though that takes more calls")
    func groupsLeaveTheSlowestLimit() throws {
        var size = Self.workforce(groupsWithApps: 140)
        #expect(chooser(size).strategy() == Strategy(appGroups: .other))
        let choice = try #require(chooser(size).choices(Strategy(appGroups: .other)).first)
        #expect(choice.list == "app_groups" && choice.way == "group" && choice.calls == 140)
        #expect(choice.why.contains("4.8 minutes instead of 9.6"), "\(choice.why)")
        size.groupApps[3] = nil
        #expect(chooser(size).strategy() == Strategy())
        #expect(chooser(size).choices(Strategy())[0].why.contains("does not say"))
    }

    @Test("groups of apps are read group by group only where every group is known")
    func groupsNotWhole() {
        var size = Self.workforce()
        size.hasAllGroups = false
        #expect(chooser(size).strategy().appGroups == .ordinary)
        #expect(chooser(size).choices(Strategy())[0].why.contains("no complete list of groups"))
    }

    @Test("without known limits, and where everything fits into a minute, the fewest calls win")
    func fewestCalls() {
        #expect(chooser(Self.workforce(groupsWithApps: 119), [:]).strategy().appGroups == .other)
        #expect(chooser(Self.workforce(groupsWithApps: 120), [:]).strategy().appGroups == .ordinary)
        let wide = Self.limits.mapValues { _ in 50_000.0 }
        #expect(chooser(Self.workforce(groupsWithApps: 140), wide).strategy().appGroups == .ordinary)
    }

    @Test("assignments are read person by person only where that takes fewer calls than app by app")
    func personByPerson() {
        #expect(chooser(Self.workforce(users: 100, apps: 120)).strategy().assignments == .other)
        #expect(chooser(Self.workforce(users: 120, apps: 120)).strategy().assignments == .ordinary)
        var unsure = Self.workforce(users: 100, apps: 120)
        unsure.hasAllUsers = false
        #expect(chooser(unsure).strategy().assignments == .ordinary)
        var off = Self.workforce(users: 100, apps: 120)
        for index in 0..<30 { off.apps[index].isOnPeoplesLists = false }
        #expect(chooser(off, [:]).strategy().assignments == .ordinary)
    }

    @Test("memberships are read person by person only where there are fewer people than pages of members")
    func membershipsByPerson() {
        var size = Self.workforce(users: 148, apps: 10, groupsWithApps: 0)
        #expect(chooser(size, [:]).strategy() == Strategy(memberships: .other))
        size.people = 149
        #expect(chooser(size, [:]).strategy() == Strategy())
    }

    @Test("a way that Okta refused lately is not tried again")
    func refusedLately() {
        let refused = chooser(Self.workforce(), refused: ["app_groups": "forbidden: E0000006"])
        #expect(refused.strategy().appGroups == .ordinary)
        let choice = refused.choices(Strategy())[0]
        // Only the run that was refused says so, or it would never be tried again.
        #expect(choice.refused == nil && choice.why.contains("E0000006"))
    }

    @Test("factors of others fill the idle calls beside the slowest limit, and none where nothing is waited for")
    func factorBudget() {
        let size = Self.workforce()
        let calls = size.calls(Strategy(appGroups: .other))
        func count(_ reading: FactorReading, paced: Bool = true) -> Int {
            FactorBudget(reading: reading, size: size, allowed: Self.limits, isPacedByLimits: paced)
                .choice(calls: calls, done: [:], isReadable: true).calls
        }
        // 121 calls at 25 a minute, of which 150 × 0.9 may be used; roles take 11 and admins' factors 10.
        #expect(count(.withinBudget) == Int(121.0 / 25 * 150 * 0.9) - 21)
        #expect(count(.withinBudget, paced: false) == 0)
        #expect(count(.admins) == 0)
        #expect(count(.all) == 1990)
    }
}

@Suite("Whichever way lists are read, the store is the same")
struct StrategySyncTests {
    /// Sets what Okta's headers are remembered to have granted: the next plan goes by it.
    private func remember(_ limits: [String: Int], _ fixture: TenantFixture) async throws {
        try await fixture.store.engine.write { connection in
            for (bucket, limit) in limits {
                try connection.execute(
                    "UPDATE rate_gauges SET header_limit = $1 WHERE bucket = $2",
                    [.integer(Int64(limit)), .text(bucket)])
            }
        }
    }

    private func afresh(_ fixture: TenantFixture, _ engine: TestEngine) async throws -> TenantFixture {
        try await TenantFixture(engine, okta: TenantFixture.eager, beside: fixture, factors: .admins)
    }

    private let slowApps = ["apps": 4, "groups": 100_000]
    private let slowGroups = ["apps": 100_000, "groups": 4]

    @Test(
        "groups of apps read from either side in turn open, close and change nothing",
        arguments: TestEngine.available)
    func alternatingGroups(_ engine: TestEngine) async throws {
        let first = try await TenantFixture(engine, okta: TenantFixture.eager, factors: .admins)
        let second = try await TenantFixture(engine, okta: TenantFixture.eager, factors: .admins)
        defer {
            first.remove()
            second.remove()
        }
        try await withSimulator { simulator, port in
            let integration = try await first.connect(port: port, token: simulator.token)
            let other = try await second.connect(port: port, token: simulator.token)
            try await remember(slowGroups, first)
            try await remember(slowApps, second)
            for (index, ways) in [("app", "group"), ("group", "app"), ("app", "group")].enumerated() {
                // As after a restart: what a process has seen of Okta's limits itself counts for more than what is stored.
                let (one, two) = try await (
                    afresh(first, engine).integrations.sync(integration).run,
                    afresh(second, engine).integrations.sync(other).run
                )
                if index > 0 {
                    #expect(one.choices.first { $0.list == "app_groups" }?.way == ways.0)
                    #expect(two.choices.first { $0.list == "app_groups" }?.way == ways.1)
                    for count in one.counts + two.counts {
                        #expect(count.added + count.changed + count.closed == 0, "\(count)")
                    }
                    #expect(one.predictedCalls == one.totalCalls && two.predictedCalls == two.totalCalls)
                }
                try await remember(ways.0 == "app" ? slowApps : slowGroups, first)
                try await remember(ways.1 == "app" ? slowApps : slowGroups, second)
            }
            #expect(differences(try await contents(of: first.store), try await contents(of: second.store)) == [])
            #expect(try await first.rows("SELECT 1 FROM app_groups WHERE priority IS NULL") == [])
        }
    }

    @Test(
        "a run that may not see groups ends no group's hold on an app, whichever way the runs before it read",
        arguments: TestEngine.available)
    func groupsForbidden(_ engine: TestEngine) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager, factors: .admins)
        defer { fixture.remove() }
        let integration = try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            _ = try await fixture.integrations.sync(integration)
            return integration
        }
        let before = try await fixture.rows("SELECT 1 FROM app_groups WHERE valid_to IS NULL")
        try await remember(slowApps, fixture)
        try await withSimulator(faults: ["forbid=groups"]) { simulator, port in
            try await fixture.move(integration, to: port)
            let later = try await afresh(fixture, engine)
            let run = try await later.integrations.sync(later.integration(integration)).run
            #expect(run.status == .partial)
            #expect(run.choices.first { $0.list == "app_groups" }?.way == "app")
        }
        let after = try await fixture.rows("SELECT 1 FROM app_groups WHERE valid_to IS NULL")
        #expect(!before.isEmpty && after.count == before.count)
    }

    @Test(
        "assignments read person by person equal those read app by app, leavers and apps that are off included",
        arguments: TestEngine.available)
    func alternatingPeople(_ engine: TestEngine) async throws {
        let person = try await TenantFixture(engine, okta: TenantFixture.eager)
        let app = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer {
            person.remove()
            app.remove()
        }
        try await withSimulator(people: 40, apps: 80) { simulator, port in
            let integration = try await person.connect(port: port, token: simulator.token)
            let first = try await person.integrations.sync(integration).run
            #expect(first.choices.first { $0.list == "assignments" }?.way == "person")
            #expect(first.calls.first { $0.callClass == "user_apps" }?.calls ?? 0 >= 40)
            #expect(Self.mispredicted(first) == [])
            let other = try await app.connect(port: port, token: simulator.token)
            try await refuse("assignments", other, app)
            let second = try await app.integrations.sync(other).run
            #expect(second.choices.first { $0.list == "assignments" }?.way == "app")
            #expect(differences(try await contents(of: person.store), try await contents(of: app.store)) == [])
            #expect(try await person.store.stateHash(.now) == app.store.stateHash(.now))
            // The other way round, on the same stores.
            try await refuse("assignments", integration, person)
            try await app.store.engine.write { try $0.execute("UPDATE run_choices SET refused = NULL") }
            for (fixture, integration) in [(person, integration), (app, other)] {
                let run = try await fixture.integrations.sync(integration).run
                for count in run.counts { #expect(count.added + count.changed + count.closed == 0, "\(count)") }
            }
            #expect(differences(try await contents(of: person.store), try await contents(of: app.store)) == [])
        }
    }

    /// Classes of calls that were not predicted to the call, besides those of the log and of admins' factors: on a first
    /// sync, who is admin through a group shows late.
    private static func mispredicted(_ run: RunRecord) -> [RunCalls] {
        run.calls.filter { !["logs", "factors"].contains($0.callClass) && $0.predicted != $0.calls }
    }

    /// As if Okta had refused the other way of a list in a run before.
    private func refuse(_ list: String, _ integration: Integration, _ fixture: TenantFixture) async throws {
        let (context, _) = try await fixture.store.beginRun(
            of: integration.id, kind: "full", resume: false, now: integration.createdAt, closureShare: 0.2)
        try await fixture.store.keep(
            RunChoice(list: list, way: "app", why: "", calls: 0, refused: "forbidden: E0000006"), of: context)
        try await fixture.store.endRun(
            context, status: .failed, coverage: [:], problem: nil, now: integration.createdAt)
    }

    @Test("memberships read person by person equal those read group by group", arguments: TestEngine.available)
    func alternatingMembers(_ engine: TestEngine) async throws {
        let person = try await TenantFixture(engine, okta: TenantFixture.eager)
        let group = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer {
            person.remove()
            group.remove()
        }
        try await withSimulator(people: 40, groups: 90) { simulator, port in
            let integration = try await person.connect(port: port, token: simulator.token)
            let first = try await person.integrations.sync(integration).run
            #expect(first.choices.first { $0.list == "memberships" }?.way == "person")
            #expect(Self.mispredicted(first) == [])
            let other = try await group.connect(port: port, token: simulator.token)
            try await refuse("memberships", other, group)
            let second = try await group.integrations.sync(other).run
            #expect(second.choices.first { $0.list == "memberships" }?.way == "group")
            #expect(first.count("memberships") == second.count("memberships"))
            try await refuse("memberships", integration, person)
            try await group.store.engine.write { try $0.execute("UPDATE run_choices SET refused = NULL") }
            for (fixture, integration) in [(person, integration), (group, other)] {
                let run = try await fixture.integrations.sync(integration).run
                for count in run.counts { #expect(count.added + count.changed + count.closed == 0, "\(count)") }
            }
            #expect(differences(try await contents(of: person.store), try await contents(of: group.store)) == [])
        }
    }

    @Test(
        "people who leave, apps that close and groups that go are ended alike from either side",
        arguments: TestEngine.available)
    func changesFromEitherSide(_ engine: TestEngine) async throws {
        let ordinary = try await TenantFixture(engine, okta: TenantFixture.eager, closureShare: 1)
        let other = try await TenantFixture(engine, okta: TenantFixture.eager, closureShare: 1)
        defer {
            ordinary.remove()
            other.remove()
        }
        let connections = try await withSimulator(people: 40, apps: 80, now: "2026-05-01T12:00:00Z") {
            simulator, port in
            let one = try await ordinary.connect(port: port, token: simulator.token)
            let two = try await other.connect(port: port, token: simulator.token)
            try await refuse("assignments", one, ordinary)
            try await refuse("app_groups", one, ordinary)
            _ = try await ordinary.integrations.sync(one)
            _ = try await other.integrations.sync(two)
            return [one, two]
        }
        try await withSimulator(
            people: 40, apps: 80, days: 65, now: "2026-06-15T12:00:00Z", faults: ["delete-mid-sync=0"]
        ) { simulator, port in
            try await ordinary.move(connections[0], to: port)
            try await other.move(connections[1], to: port)
            let one = try await ordinary.integrations.sync(ordinary.integration(connections[0])).run
            let two = try await other.integrations.sync(other.integration(connections[1])).run
            #expect(one.choices.first { $0.list == "assignments" }?.way == "app")
            #expect(two.choices.first { $0.list == "assignments" }?.way == "person")
            #expect(one.count("assignments").closed > 0)
            #expect(one.count("assignments").closed == two.count("assignments").closed)
            let left = try await openContents(of: ordinary.store).filter { !$0.hasPrefix("app group") }
            let right = try await openContents(of: other.store).filter { !$0.hasPrefix("app group") }
            #expect(differences(left, right) == [])
        }
    }

    @Test(
        "a way that Okta refuses falls back within the run, with nothing less covered, and is not tried by the next",
        arguments: TestEngine.available,
        ["forbid=group_apps", "unavailable=group_apps", "forbid=user_apps", "forbid=user_groups"])
    func fallback(_ engine: TestEngine, _ fault: String) async throws {
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager)
        let whole = try await TenantFixture(engine, okta: TenantFixture.eager)
        defer {
            fixture.remove()
            whole.remove()
        }
        try await withSimulator(people: 40, apps: 80, groups: 60) { simulator, port in
            _ = try await whole.integrations.sync(try await whole.connect(port: port, token: simulator.token))
        }
        try await withSimulator(people: 40, apps: 80, groups: 60, faults: [fault]) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.status == .complete)
            #expect(run.coverage.values.allSatisfy { $0 == .readable })
            let refused = run.choices.filter { $0.refused != nil }
            #expect(refused.count == 1 && refused[0].why.contains("refused"))
            #expect(run.calls.first { $0.callClass == fault.split(separator: "=")[1] }?.calls == 1)
            let next = try await fixture.integrations.sync(integration).run
            #expect(next.choices.map(\.way) == run.choices.map(\.way))
            #expect(next.choices.allSatisfy { $0.refused == nil })
            #expect(next.predictedCalls == next.totalCalls)
        }
        let left = try await contents(of: fixture.store).filter { !$0.hasPrefix("app group") }
        let right = try await contents(of: whole.store).filter { !$0.hasPrefix("app group") }
        #expect(differences(left, right) == [])
    }
}

import Testing

@testable import OktaSimulator

@Suite struct ChangesTests {
    private static let origin: Seconds = 1_781_500_000

    private struct Lived {
        let before: Company
        let after: Company
        let end: Seconds

        var fresh: ArraySlice<LogEvent> { after.events.dropFirst(before.events.count) }
    }

    private static func lived(minutes: Int32, perMinute: Double, seed: UInt64 = 7, steps: Int64 = 1) -> Lived {
        var configuration = SimulatorConfiguration()
        configuration.people = 400
        configuration.groups = 80
        configuration.apps = 60
        configuration.seed = seed
        let before = Company(configuration, origin: origin)
        var after = before
        var life = Life(seed: seed, origin: origin, changesPerMinute: perMinute)
        let end = origin + minutes * 60
        for step in 1...steps {
            life.live(until: Int64(origin) * 1_000 + Int64(minutes) * 60_000 * step / steps, &after)
        }
        return Lived(before: before, after: after, end: end)
    }

    /// 6,000 changes: enough for the rarest.
    private static let shared = lived(minutes: 100, perMinute: 60)

    @Test("at a pace, every kind of change comes that a tail can follow, in order and within the time")
    func kinds() {
        let life = Self.shared
        let types = Set(life.fresh.map(\.type))
        let past: Set<EventType> = [.mfaSignIn, .consentGrant, .adminConsole]
        #expect(Set(EventType.allCases).subtracting(types) == past)
        #expect(life.fresh.allSatisfy { $0.published > Int64(Self.origin) * 1_000 })
        #expect(zip(life.fresh, life.fresh.dropFirst()).allSatisfy { $0.published < $1.published })
        #expect((life.fresh.last?.published ?? 0) / 1_000 <= Int64(life.end) + 1)
    }

    @Test("so many changes are made a minute as were asked for, and none for 0")
    func pace() {
        let signIns: Set<EventType> = [.sso, .sessionStart]
        let still = Self.lived(minutes: 60, perMinute: 0)
        #expect(!still.fresh.isEmpty)
        #expect(still.fresh.allSatisfy { signIns.contains($0.type) })
        // A change is one event or, a hire or a deletion, many at the same moment.
        func moments(_ life: Lived) -> Int {
            var count = 0
            var last: Int64 = 0
            for event in life.fresh where !signIns.contains(event.type) {
                if event.published > last + 60 { count += 1 }
                last = event.published
            }
            return count
        }
        let quiet = moments(Self.lived(minutes: 30, perMinute: 5))
        #expect((146...150).contains(quiet))
        // Each moment is one change: what only ever comes alone comes as seldom as its share says.
        let alone = Self.shared.fresh.count { $0.type == .groupUpdate }
        #expect((20...150).contains(alone))
        let busy = moments(Self.lived(minutes: 6, perMinute: 50))
        #expect((280...300).contains(busy))
    }

    @Test("the same seed changes the same, in one go or bit by bit")
    func deterministic() {
        let whole = Self.lived(minutes: 10, perMinute: 50)
        let stepwise = Self.lived(minutes: 10, perMinute: 50, steps: 577)
        #expect(whole.after.events.map(\.published) == stepwise.after.events.map(\.published))
        #expect(whole.after.events.map(\.type) == stepwise.after.events.map(\.type))
        #expect(whole.after.groups.map(\.name) == stepwise.after.groups.map(\.name))
        #expect(whole.after.assignments.rows.count == stepwise.after.assignments.rows.count)
        let other = Self.lived(minutes: 1, perMinute: 50, seed: 8)
        #expect(whole.after.events.map(\.published) != other.after.events.map(\.published))
    }

    @Test("the log of a changing tenant replays to its memberships, assignments and statuses", arguments: [7, 8, 9])
    func replay(seed: UInt64) {
        let life = Self.lived(minutes: 20, perMinute: 60, seed: seed)
        func pairs(_ links: Links, _ moment: Seconds) -> Set<Int64> {
            Set(links.rows.filter { $0.holds(at: moment) }.map { Int64($0.left) << 32 | Int64($0.right) })
        }
        var memberships = pairs(life.before.memberships, Self.origin)
        var assignments = pairs(life.before.assignments, Self.origin)
        var statuses = life.before.people.map { $0.status(at: Self.origin) }
        for event in life.fresh {
            let pair = Int64(event.object) << 32 | Int64(event.subject)
            let person = Int(event.subject)
            switch event.type {
            case .memberAdd: #expect(memberships.insert(pair).inserted)
            case .memberRemove: #expect(memberships.remove(pair) != nil)
            case .assignmentAdd: #expect(assignments.insert(pair).inserted)
            case .assignmentRemove: #expect(assignments.remove(pair) != nil)
            case .userCreate:
                #expect(statuses.count == person)
                statuses.append(.staged)
            case .userActivate, .userUnsuspend, .userUnlock, .userUnlockByAdmin, .passwordUpdate:
                statuses[person] = .active
            case .userDeactivate: statuses[person] = .deprovisioned
            case .userSuspend: statuses[person] = .suspended
            case .userLock: statuses[person] = .lockedOut
            case .passwordReset: statuses[person] = .recovery
            case .passwordExpire: statuses[person] = .passwordExpired
            default: break
            }
        }
        #expect(memberships == pairs(life.after.memberships, life.end))
        #expect(assignments == pairs(life.after.assignments, life.end))
        #expect(statuses == life.after.people.map { $0.status(at: life.end) })
    }

    @Test("nobody holds an app twice or what nobody gives, and what is deleted leaves nothing behind")
    func invariants() {
        let life = Self.shared
        let company = life.after
        let end = life.end
        for links in [company.memberships, company.assignments] {
            var held: Set<Int64> = []
            for link in links.rows where link.holds(at: end) {
                #expect(held.insert(Int64(link.left) << 32 | Int64(link.right)).inserted)
            }
        }
        for link in company.memberships.rows where link.holds(at: end) {
            #expect(company.people[Int(link.right)].belongs(at: end))
            #expect(company.groups[Int(link.left)].exists(at: end))
        }
        for link in company.assignments.rows where link.holds(at: end) {
            #expect(company.people[Int(link.right)].exists(at: end))
            #expect(company.appExists(Int(link.left), at: end))
            guard link.via >= 0 else { continue }
            #expect(company.groups(of: Int(link.right), at: end).contains(Int(link.via)))
            #expect(
                company.appGroups.contains {
                    $0.app == Int(link.left) && $0.group == Int(link.via) && $0.from <= end && end < $0.to
                })
        }
        for grant in company.roles where grant.holds(at: end) {
            switch grant.holder {
            case .person(let person) where person >= Cast.end:
                #expect(company.people[person].status(at: end) != .deprovisioned)
            case .group(let group): #expect(company.groups[group].exists(at: end))
            default: break
            }
        }
    }

    @Test("what was so at an earlier moment is still told after hundreds of changes")
    func past() {
        let life = Self.lived(minutes: 20, perMinute: 50)
        let early = Self.lived(minutes: 8, perMinute: 50)
        // Of the last second, more is to come.
        let then = Truth(company: early.after, moment: early.end - 1)
        let now = Truth(company: life.after, moment: early.end - 1)
        for table in ["memberships", "assignments", "roles", "leavers"] {
            // Ends that had not come yet are told by neither; names are those of today.
            let keys = ["user_id", "group_id", "app_id", "scope", "role", "valid_from", "valid_to"]
            func facts(_ truth: Truth) -> [[String]] {
                guard let rows = truth.table(table) else { return [] }
                let kept = rows.columns.indices.filter { keys.contains(rows.columns[$0]) }
                return rows.rows.map { row in kept.map { row[$0] } }
            }
            #expect(facts(then) == facts(now), "\(table)")
        }
        let statuses = { (truth: Truth) in truth.table("users").map { $0["status"] } }
        #expect(statuses(then) == statuses(now))
    }
}

@Suite struct LivelyTenantTests {
    @Test("a clock that stands still moves when it is told to, and what is deleted is not found")
    func advance() async throws {
        try await TestTenant.with { configuration in
            configuration.changesPerMinute = 60
        } _: { tenant in
            tenant.simulator.advance(bySeconds: 1_800)
            let users = try await tenant.ids("/api/v1/users?search=status+pr&limit=200")
            let groups = try await tenant.ids("/api/v1/groups?limit=200")
            let apps = try await tenant.ids("/api/v1/apps?limit=200")
            tenant.simulator.advance(bySeconds: 1_800)
            var gone: [String: Int] = [:]
            for (kind, before, type) in [
                ("users", users, "User"), ("groups", groups, "UserGroup"), ("apps", apps, "AppInstance"),
            ] {
                let after = Set(
                    try await tenant.ids("/api/v1/\(kind)?limit=200\(kind == "users" ? "&search=status+pr" : "")"))
                for id in before.filter({ !after.contains($0) }).prefix(5) {
                    for tail in kind == "users" ? ["", "/groups", "/roles", "/factors"] : ["", "/users"] {
                        let reply = try await tenant.get("/api/v1/\(kind)/\(id)\(tail)")
                        #expect(reply.status == 404)
                        #expect(reply.errorCode == "E0000007")
                        let summary = reply.object["errorSummary"] as? String
                        #expect(summary == "Not found: Resource not found: \(id) (\(type))")
                    }
                    gone[kind, default: 0] += 1
                }
            }
            #expect(gone.keys.sorted() == ["apps", "groups", "users"])
        }
    }

    @Test("one person's groups, roles and assignments are those of the lists, after hundreds of changes")
    func single() async throws {
        try await TestTenant.with { configuration in
            configuration.changesPerMinute = 60
        } _: { tenant in
            tenant.simulator.advance(bySeconds: 1_800)
            let truth = try tenant.simulator.print("assignments", asOf: nil)
            let held = Set(zip(truth["user_id"], truth["app_id"]).map { "\($0.0) \($0.1)" })
            let pairs = zip(truth["user_id"], truth["app_id"]).enumerated().filter { $0.offset % 97 == 0 }
            for (_, pair) in pairs {
                let reply = try await tenant.get("/api/v1/apps/\(pair.1)/users/\(pair.0)")
                #expect(reply.status == 200)
                #expect(reply.object["id"] as? String == pair.0)
            }
            let loner = truth["user_id"].first ?? ""
            let app = truth["app_id"].first { !held.contains("\(loner) \($0)") } ?? ""
            let missing = try await tenant.get("/api/v1/apps/\(app)/users/\(loner)")
            #expect(missing.status == 404)
            #expect(missing.errorCode == "E0000007")
            let memberships = try tenant.simulator.print("memberships", asOf: nil)
            let groups = zip(memberships["user_id"], memberships["group_id"]).filter { $0.0 == loner }.map(\.1)
            let listed = try await tenant.get("/api/v1/users/\(loner)/groups").ids()
            #expect(Set(groups).isSubset(of: Set(listed)))
            #expect(listed.count == groups.count + 1)
        }
    }
}

import Foundation
import OktaSimulator
import Testing

@Suite struct SeedTests {
    private static let paths = [
        "/api/v1/users?search=status+pr", "/api/v1/groups?expand=stats", "/api/v1/apps?limit=200",
        "/api/v1/groups/rules",
        "/api/v1/api-tokens", "/api/v1/iam/assignees/users", "/api/v1/logs?since=2026-04-01T00:00:00Z&limit=1000",
    ]

    private func bodies(seed: UInt64, now: String) async throws -> [Data] {
        let collected = Bodies()
        try await TestTenant.with {
            $0.seed = seed
            $0.now = now
        } _: { tenant in
            for path in Self.paths {
                // The port differs from run to run and is in every link.
                let body = try await tenant.get(path).body
                let text = String(decoding: body, as: UTF8.self).replacingOccurrences(of: tenant.base, with: "")
                await collected.add(Data(text.utf8))
            }
        }
        return await collected.all
    }

    private actor Bodies {
        private(set) var all: [Data] = []
        func add(_ body: Data) { all.append(body) }
    }

    @Test("the same seed is the same tenant, byte for byte; another seed is another")
    func bytes() async throws {
        let first = try await bodies(seed: 11, now: "2026-06-15T10:00:00Z")
        let second = try await bodies(seed: 11, now: "2026-06-15T10:00:00Z")
        let other = try await bodies(seed: 12, now: "2026-06-15T10:00:00Z")
        #expect(first == second)
        #expect(first.allSatisfy { $0.count > 200 })
        #expect(zip(first, other).allSatisfy { $0 != $1 })
    }

    @Test("numbers that no tenant could have are refused when it is made, not met by a crash later")
    func bounds() {
        func make(_ change: (inout SimulatorConfiguration) -> Void) throws {
            var configuration = SimulatorConfiguration()
            configuration.people = 5
            change(&configuration)
            _ = try Simulator(configuration)
        }
        for port in [-1, 65_536, .max] { #expect(throws: SimulatorError.self) { try make { $0.port = port } } }
        for window in [0, -1, .nan, .infinity, 1e300] as [Double] {
            #expect(throws: SimulatorError.self) { try make { $0.limitWindow = window } }
        }
        for latency in [-1, .max] {
            #expect(throws: SimulatorError.self) { try make { $0.pageLatencyMilliseconds = latency } }
        }
        #expect(throws: SimulatorError.self) { try Fault(parsing: "slow=1:\(Int.max)") }
        #expect(throws: Never.self) { try make { $0.port = 0 } }
    }

    @Test("people and ids stay the same whatever the date")
    func dates() throws {
        func ids(_ now: String) throws -> SimulatorTable {
            var configuration = SimulatorConfiguration()
            configuration.people = 200
            configuration.now = now
            return try Simulator(configuration).print("users", asOf: nil)
        }
        let one = try ids("2026-01-01T00:00:00Z")
        let two = try ids("2026-08-20T13:00:00Z")
        #expect(one["id"] == two["id"])
        #expect(one["login"] == two["login"])
        #expect(Set(one["login"]).count == one.rows.count)
    }

    @Test("a tenant of the promised middle size fits the promised number of requests")
    func middleSize() throws {
        var configuration = SimulatorConfiguration()
        configuration.people = 5_000
        configuration.groups = 500
        configuration.apps = 150
        configuration.now = "2026-06-15T10:00:00Z"
        let simulator = try Simulator(configuration)
        let memberships = try simulator.print("memberships", asOf: nil).rows.count
        let assignments = try simulator.print("assignments", asOf: nil).rows.count
        #expect((38_000...42_000).contains(memberships))
        #expect((57_000...63_000).contains(assignments))
        let apps = try simulator.print("apps", asOf: nil)["assigned_users"].compactMap { Int($0) }
        let groups = try simulator.print("groups", asOf: nil)["members"].compactMap { Int($0) }.dropFirst().filter {
            $0 > 0
        }
        let appPages = apps.reduce(0) { $0 + max(1, ($1 + 499) / 500) }
        let groupPages = groups.reduce(0) { $0 + ($1 + 999) / 1_000 }
        #expect(appPages <= 215)
        #expect(groupPages <= 510)
        #expect(groups.filter { $0 <= 200 }.count * 10 > groups.count * 9)
    }

    @Test("every story is there to be found")
    func stories() throws {
        var configuration = SimulatorConfiguration()
        configuration.now = "2026-06-15T10:00:00Z"
        let stories = try Simulator(configuration).print("stories", asOf: nil)
        #expect(
            Set(stories["story"]) == [
                "dormant_super_admin", "weak_mfa_admin", "leaver_with_access", "unapproved_app", "unused_licences",
                "oauth_consents", "app_gone", "admin_console",
            ])
    }
}

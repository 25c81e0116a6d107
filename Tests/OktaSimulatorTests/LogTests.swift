import Foundation
import OktaSimulator
import Testing

@Suite struct LogTests {
    private static let whole = "/api/v1/logs?since=2026-03-01T00:00:00Z&until=2026-06-15T10:00:01Z&limit=1000"

    @Test("a bounded question ends, in order, with every event once")
    func bounded() async throws {
        try await TestTenant.with { tenant in
            let events = try await tenant.pages(Self.whole.replacingOccurrences(of: "limit=1000", with: "limit=300"))
                .flatMap(\.objects)
            let published = events.compactMap { $0["published"] as? String }
            #expect(published == published.sorted())
            #expect(Set(events.compactMap { $0["uuid"] as? String }).count == events.count)
            #expect((2_000...3_600).contains(events.count))
            let falling = try await tenant.pages(Self.whole + "&sortOrder=DESCENDING").flatMap(\.objects)
            #expect(
                falling.compactMap { $0["uuid"] as? String } == events.compactMap { $0["uuid"] as? String }.reversed())
        }
    }

    @Test("polling never ends: next is always there, and unchanged on an empty page")
    func polling() async throws {
        try await TestTenant.with { tenant in
            var next = "/api/v1/logs?since=2026-06-10T00:00:00Z&limit=500"
            var seen = 0
            while true {
                let reply = try await tenant.get(next)
                let following = try #require(reply.link("next"))
                if reply.objects.isEmpty {
                    #expect(following == tenant.base + next.replacingOccurrences(of: tenant.base, with: ""))
                    break
                }
                seen += reply.objects.count
                next = following
            }
            #expect(seen > 20)
            let bad = try await tenant.get("/api/v1/logs?after=12_3")
            #expect(bad.status == 400)
            #expect(bad.errorCode == "E0000031")
        }
    }

    @Test("filters by type, result, actor and target narrow the log")
    func filters() async throws {
        try await TestTenant.with { tenant in
            let all = try await tenant.pages(Self.whole).flatMap(\.objects)
            func count(_ filter: String) async throws -> Int {
                let encoded = filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                return try await tenant.pages(Self.whole + "&filter=" + encoded).flatMap(\.objects).count
            }
            func type(_ event: [String: Any]) -> String { event["eventType"] as? String ?? "" }
            let signIns = all.filter { type($0) == "user.authentication.sso" }
            #expect(try await count("eventType eq \"user.authentication.sso\"") == signIns.count)
            let failures = signIns.filter { ($0["outcome"] as? [String: Any])?["result"] as? String == "FAILURE" }
            #expect(!failures.isEmpty)
            #expect(
                try await count("eventType eq \"user.authentication.sso\" and outcome.result eq \"FAILURE\"")
                    == failures.count)
            let app = try #require(((signIns.first?["target"] as? [[String: Any]])?.first)?["id"] as? String)
            let touching = all.filter {
                (($0["target"] as? [[String: Any]]) ?? []).contains { $0["id"] as? String == app }
            }
            #expect(try await count("target.id eq \"\(app)\"") == touching.count)
            #expect(
                try await tenant.get("/api/v1/logs?filter=published+gt+%222026-01-01T00:00:00Z%22").errorCode
                    == "E0000053")
            #expect(try await tenant.get("/api/v1/logs?since=2020-01-01T00:00:00Z").errorCode == "E0000053")
            #expect(try await tenant.get("/api/v1/logs?limit=1001").status == 400)
        }
    }

    @Test("replaying the log backwards from today gives the memberships of any day")
    func memberships() async throws {
        try await TestTenant.with {
            $0.people = 800
        } _: { tenant in
            try await Self.replay(tenant, "memberships", "group.user_membership", type: "UserGroup", key: "group_id")
        }
    }

    @Test("replaying the log backwards from today gives the assignments of any day")
    func assignments() async throws {
        try await TestTenant.with {
            $0.people = 800
        } _: { tenant in
            try await Self.replay(
                tenant, "assignments", "application.user_membership", type: "AppInstance", key: "app_id")
        }
    }

    private static func replay(_ tenant: TestTenant, _ table: String, _ events: String, type: String, key: String)
        async throws
    {
        func pairs(_ table: SimulatorTable) -> Set<String> {
            Set(zip(table[key], table["user_id"]).map { "\($0) \($1)" })
        }
        var state = pairs(try tenant.simulator.print(table, asOf: nil))
        let log = try await tenant.pages(whole).flatMap(\.objects)
        var days = ["2026-06-01", "2026-05-10", "2026-04-20", "2026-04-01", "2026-03-20"][...]
        var undone = 0
        for event in log.reversed() {
            let published = event["published"] as? String ?? ""
            while let day = days.first, published < day {
                #expect(state == pairs(try tenant.simulator.print(table, asOf: day)), "as of \(day)")
                days = days.dropFirst()
            }
            guard let name = event["eventType"] as? String, name.hasPrefix(events) else { continue }
            let targets = event["target"] as? [[String: Any]] ?? []
            let object = targets.first { $0["type"] as? String == type }?["id"] as? String ?? ""
            let user = targets.first { $0["type"] as? String == "User" }?["id"] as? String ?? ""
            undone += 1
            if name.hasSuffix(".add") {
                #expect(state.remove("\(object) \(user)") != nil)
            } else {
                #expect(state.insert("\(object) \(user)").inserted)
            }
        }
        #expect(days.isEmpty)
        #expect(undone > 100)
    }

    @Test("the week has a rhythm: weekends are quiet, noon dips")
    func rhythm() throws {
        var configuration = SimulatorConfiguration()
        configuration.now = "2026-06-15T00:00:00Z"
        let usage = try Simulator(configuration).print("assignments", asOf: nil)
        let signIns = usage["last_sign_in_at"].filter { !$0.isEmpty }
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions.insert(.withFractionalSeconds)
        let weekdays = signIns.compactMap { formatter.date(from: $0) }.map {
            Int($0.timeIntervalSince1970 / 86_400 + 3) % 7
        }
        let weekend = weekdays.filter { $0 >= 5 }.count
        #expect(weekend * 8 < weekdays.count)
        #expect(weekend > 0)
    }

    @Test("with a running clock life goes on, and the truth follows")
    func living() async throws {
        try await TestTenant.with {
            $0.now = nil
        } _: { tenant in
            let start = try await tenant.get("/api/v1/logs?limit=1000")
            var next = try #require(start.link("next"))
            var grown = 0
            // The first event of life comes within 28 seconds.
            for _ in 0..<80 where grown == 0 {
                let reply = try await tenant.get(next)
                grown = reply.objects.count
                next = try #require(reply.link("next"))
                if start.objects.count == 1_000 { grown = 0 }
                if grown == 0 { try await Task.sleep(for: .milliseconds(500)) }
            }
            #expect(grown > 0)
        }
    }
}

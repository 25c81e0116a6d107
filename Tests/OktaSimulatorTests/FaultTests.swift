import Foundation
import OktaSimulator
import Testing

@Suite struct FaultTests {
    private func replies(_ faults: [String], _ paths: [String]) async throws -> [TestTenant.Reply] {
        let collected = Replies()
        try await TestTenant.with {
            $0.faults = try faults.map { try Fault(parsing: $0) }
        } _: { tenant in
            for path in paths { await collected.add(try await tenant.get(path)) }
        }
        return await collected.all
    }

    private actor Replies {
        private(set) var all: [TestTenant.Reply] = []
        func add(_ reply: TestTenant.Reply) { all.append(reply) }
    }

    private func users(_ count: Int) -> [String] { Array(repeating: "/api/v1/users?limit=5", count: count) }

    @Test(
        "a fault that is none is refused with the list of those that are",
        arguments: ["429-minute", "500=2", "forbid=everything", "slow=0.5", "loop-next=1", "broken=", "?"])
    func parsing(_ text: String) {
        #expect(throws: SimulatorError.self) { try Fault(parsing: text) }
    }

    @Test("429-minute=N refuses N requests, spread, and then no more")
    func byMinute() async throws {
        let replies = try await replies(["429-minute=3"], users(40))
        let refused = replies.filter { $0.status == 429 }
        #expect(refused.count == 3)
        #expect(
            refused.allSatisfy { $0.errorCode == "E0000047" && $0.header("X-Rate-Limit-Remaining") == "0" }
        )
        #expect(refused.allSatisfy { $0.header("X-Rate-Limit-Limit") != "0" })
    }

    @Test("429-concurrency=N refuses N requests with limit 0")
    func atOnce() async throws {
        let refused = try await replies(["429-concurrency=2"], users(30)).filter { $0.status == 429 }
        #expect(refused.count == 2)
        #expect(refused.allSatisfy { $0.header("X-Rate-Limit-Limit") == "0" })
    }

    @Test("broken=TEXT answers each path with that text in it with Okta's timeout, and no other")
    func broken() async throws {
        let statuses = try await replies(
            ["broken=/groups"], ["/api/v1/groups", "/api/v1/users", "/api/v1/groups/rules"])
        #expect(statuses.map(\.status) == [500, 200, 500])
    }

    @Test("500, truncate and html strike their share of requests, the same ones each time")
    func shares() async throws {
        let errors = try await replies(["500=0.3"], users(60)).map(\.status)
        #expect((8...30).contains(errors.filter { $0 == 500 }.count))
        #expect(try await replies(["500=0.3"], users(60)).map(\.status) == errors)
        let cut = try await replies(["truncate=0.5"], users(20)).filter { $0.objects.isEmpty }
        #expect((4...16).contains(cut.count))
        let pages = try await replies(["html=0.5"], users(20)).filter {
            $0.header("Content-Type")?.hasPrefix("text/html") == true
        }
        #expect((4...16).contains(pages.count))
    }

    @Test("slow=P:MS delays, and answers all the same")
    func slow() async throws {
        let start = ContinuousClock.now
        #expect(try await replies(["slow=1:300"], users(2)).allSatisfy { $0.status == 200 })
        #expect(ContinuousClock.now - start >= .milliseconds(600))
    }

    @Test("forbid and unavailable answer for one resource only")
    func resources() async throws {
        let paths = ["/api/v1/logs", "/api/v1/users/me/factors", "/api/v1/users?limit=1"]
        let replies = try await replies(["forbid=logs", "unavailable=factors"], paths)
        #expect(replies.map(\.status) == [403, 401, 200])
        #expect(replies.map(\.errorCode) == ["E0000006", "E0000015", nil])
    }

    @Test("empty-users is 200 and an empty list")
    func empty() async throws {
        let reply = try #require(try await replies(["empty-users"], ["/api/v1/users?search=status+pr"]).first)
        #expect(reply.status == 200)
        #expect(String(decoding: reply.body, as: UTF8.self) == "[]")
    }

    @Test("revoke-after=N kills the token")
    func revoked() async throws {
        let replies = try await replies(["revoke-after=4"], users(7))
        #expect(replies.map(\.status) == [200, 200, 200, 200, 401, 401, 401])
        #expect(replies.last?.errorCode == "E0000011")
    }

    @Test("expired-cursor=N refuses the Nth cursor once")
    func cursor() async throws {
        try await TestTenant.with {
            $0.faults = [try Fault(parsing: "expired-cursor=2")]
        } _: { tenant in
            let first = try await tenant.get("/api/v1/apps?limit=20")
            let next = try #require(first.link("next"))
            #expect(try await tenant.get(next).status == 200)
            let refused = try await tenant.get(next)
            #expect(refused.status == 400)
            #expect(refused.errorCode == "E0000029")
            #expect(try await tenant.get(next).status == 200)
        }
    }

    @Test("loop-next names the page itself as the next")
    func loop() async throws {
        try await TestTenant.with {
            $0.faults = [try Fault(parsing: "loop-next")]
        } _: { tenant in
            let next = try #require(try await tenant.get("/api/v1/users?limit=50&search=status+pr").link("next"))
            #expect(try await tenant.get(next).link("next") == next)
        }
    }

    @Test("delete-mid-sync=N: listed objects are gone afterwards, and the truth and the log say so")
    func vanishing() async throws {
        try await TestTenant.with {
            $0.faults = [try Fault(parsing: "delete-mid-sync=6")]
        } _: { tenant in
            let users = try await tenant.ids("/api/v1/users?search=status+pr")
            let groups = try await tenant.ids("/api/v1/groups")
            let apps = try await tenant.ids("/api/v1/apps?limit=200")
            var gone = 0
            for group in groups where try await tenant.get("/api/v1/groups/\(group)/users").status == 404 { gone += 1 }
            for app in apps where try await tenant.get("/api/v1/apps/\(app)/users").status == 404 { gone += 1 }
            for user in users where try await tenant.get("/api/v1/users/\(user)/roles").status == 404 { gone += 1 }
            #expect(gone == 6)
            let truth = try tenant.simulator.print("groups", asOf: nil)
            #expect(truth.rows.count == groups.count - 2)
            #expect(try await tenant.ids("/api/v1/groups") == truth["id"])
            let log = try await tenant.get(
                "/api/v1/logs?filter=eventType+eq+%22group.lifecycle.delete%22&since=2026-06-15T00:00:00Z")
            #expect(log.objects.count == 2)
        }
    }

    @Test("three faults at once each have their effect")
    func together() async throws {
        let replies = try await replies(["forbid=logs", "429-minute=1", "html=0.3"], users(20) + ["/api/v1/logs"])
        #expect(replies.filter { $0.status == 429 }.count == 1)
        #expect(replies.contains { $0.header("Content-Type")?.hasPrefix("text/html") == true })
        #expect(replies.last?.status == 403)
    }
}

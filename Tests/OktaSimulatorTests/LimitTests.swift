import AsyncHTTPClient
import Foundation
import OktaSimulator
import Testing

@Suite struct LimitTests {
    @Test("workforce limits show the half that a token may use, bucket by bucket")
    func headers() async throws {
        try await TestTenant.with {
            $0.limits = .workforce
        } _: { tenant in
            let app = try #require(try tenant.simulator.print("apps", asOf: nil)["id"].first)
            let group = try #require(try tenant.simulator.print("groups", asOf: nil)["id"].first)
            let expected = [
                ("/api/v1/apps?limit=1", "50"), ("/api/v1/apps/\(app)/users", "50"), ("/api/v1/apps/\(app)", "250"),
                ("/api/v1/users?limit=1", "300"), ("/api/v1/users/me/roles", "300"), ("/api/v1/groups?limit=1", "250"),
                ("/api/v1/groups/\(group)/users?limit=1", "250"), ("/api/v1/logs?limit=1", "60"),
                ("/api/v1/iam/roles", "100"),
                ("/api/v1/api-tokens", "300"),
            ]
            for (path, limit) in expected {
                #expect(try await tenant.get(path).header("X-Rate-Limit-Limit") == limit, "\(path)")
            }
            let second = try await tenant.get("/api/v1/apps/\(app)/groups")
            #expect(second.header("X-Rate-Limit-Remaining") == "47")
        }
    }

    @Test("a used-up bucket is 429 with its limit and reset until the window ends, others go on")
    func byMinute() async throws {
        try await TestTenant.with {
            $0.limits = .workforce
            $0.limitWindow = 8
        } _: { tenant in
            let replies = try await Self.together(tenant, 70, "/api/v1/logs?limit=0")
            let refused = replies.first { $0.status == 429 }
            let reply = try #require(refused)
            #expect(reply.errorCode == "E0000047")
            #expect(reply.header("X-Rate-Limit-Limit") == "60")
            #expect(reply.header("X-Rate-Limit-Remaining") == "0")
            #expect(reply.header("Retry-After") == nil)
            let reset = try #require(reply.header("X-Rate-Limit-Reset").flatMap { Double($0) })
            #expect(try await tenant.get("/api/v1/users?limit=1").status == 200)
            while Date().timeIntervalSince1970 < reset { try await Task.sleep(for: .milliseconds(100)) }
            #expect(try await tenant.get("/api/v1/logs?limit=0").status == 200)
        }
    }

    @Test("one request too many at once is 429 with limit 0")
    func atOnce() async throws {
        try await TestTenant.with {
            $0.pageLatencyMilliseconds = 2_500
        } _: { tenant in
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 120
            let replies = try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                var crowd = tenant
                crowd.client = client
                return try await Self.together(crowd, 100, "/api/v1/org")
            }
            let refused = replies.filter { $0.status == 429 }
            #expect(!refused.isEmpty)
            #expect(refused.allSatisfy { $0.header("X-Rate-Limit-Limit") == "0" && $0.errorCode == "E0000047" })
            #expect(replies.filter { $0.status == 200 }.count >= 75)
        }
    }

    private static func together(_ tenant: TestTenant, _ count: Int, _ path: String) async throws -> [TestTenant.Reply]
    {
        try await withThrowingTaskGroup(of: TestTenant.Reply.self) { group in
            for _ in 0..<count { group.addTask { try await tenant.get(path) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

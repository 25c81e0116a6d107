import Directory
import NIOHTTP1
import Problems
import Synchronization
import Testing

@testable import OktaAPI

@Suite("A client under rate limits")
struct ClientLimitTests {
    /// A tenant with a limit per window that refuses what is over it, and says what each window was asked for.
    private final class Limited: Sendable {
        struct State {
            var counts: [Int: Int] = [:]
            var refused = 0
        }
        let state = Mutex(State())
        let limit: Int
        /// Seconds.
        let window: Double

        init(limit: Int, window: Double) {
            self.limit = limit
            self.window = window
        }

        func answer(_ body: String) -> ScriptedServer.Answer {
            let now = LocalClock.wallSeconds()
            let number = Int(now / window)
            let end = (Double(number + 1) * window).rounded(.up)
            let count = state.withLock { state in
                state.counts[number, default: 0] += 1
                return state.counts[number, default: 0]
            }
            let date = ("Date", Self.date(now))
            let limits = [
                ("X-Rate-Limit-Limit", "\(limit)"), ("X-Rate-Limit-Remaining", "\(max(0, limit - count))"),
                ("X-Rate-Limit-Reset", "\(Int(end))"), date,
            ]
            guard count <= limit else {
                state.withLock { $0.refused += 1 }
                return .error(429, "E0000047", limits)
            }
            return .json(body, limits)
        }

        static func date(_ seconds: Double) -> String {
            let stamp = Timestamp(seconds: Int64(seconds))
            let text = stamp.iso8601Seconds
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            let month = Int(text.dropFirst(5).prefix(2)) ?? 1
            let time = text.dropFirst(11).prefix(8)
            return "Mon, \(text.dropFirst(8).prefix(2)) \(months[month - 1]) \(text.prefix(4)) \(time) GMT"
        }
    }

    @Test("many calls at once stay within the share of every window, and never meet a refusal", arguments: [0.5, 1.0])
    func bottleneck(share: Double) async throws {
        let tenant = Limited(limit: 40, window: 2)
        let allowed = Int(40 * share)
        try await ScriptedServer.run { _ in
            tenant.answer("[{\"id\":\"u\"}]")
        } _: { server in
            let client = try makeClient(server) { $0.rateShare = share }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<(allowed * 3) {
                    group.addTask { _ = try await client.page(.assignments(ofApp: "0oa\(number)")) }
                }
                try await group.waitForAll()
            }
            let (counts, refused) = tenant.state.withLock { ($0.counts, $0.refused) }
            #expect(refused == 0)
            #expect(client.budget.rateLimited == 0)
            #expect(counts.values.allSatisfy { $0 <= allowed })
            #expect(client.budget.buckets.map(\.name) == ["apps"])
            #expect(client.budget.buckets.first?.allowed == allowed)
            await client.shutdown()
        }
    }

    @Test("a refusal by the minute waits for the told end and loses nothing")
    func minuteRefusal() async throws {
        try await ScriptedServer.run { request in
            let now = LocalClock.wallSeconds()
            let headers = [
                ("X-Rate-Limit-Limit", "50"), ("X-Rate-Limit-Remaining", request.number == 0 ? "0" : "49"),
                ("X-Rate-Limit-Reset", "\(Int(now) + (request.number == 0 ? 0 : 60))"), ("Date", Limited.date(now)),
            ]
            return request.number == 0 ? .error(429, "E0000047", headers) : .json("[{\"id\":\"a\"}]", headers)
        } _: { server in
            let client = try makeClient(server)
            #expect(try await client.page(.apps).items.count == 1)
            #expect(server.requests.count == 2)
            #expect(client.budget.rateLimited == 1)
            await client.shutdown()
        }
    }

    @Test("a refusal for too many at once lowers their number and does not wait for the told end")
    func concurrencyRefusal() async throws {
        try await ScriptedServer.run { request in
            let headers = [
                ("X-Rate-Limit-Limit", "0"), ("X-Rate-Limit-Remaining", "0"),
                ("X-Rate-Limit-Reset", "\(Int(LocalClock.wallSeconds()) + 140)"),
                ("Date", Limited.date(LocalClock.wallSeconds())),
            ]
            return request.number < 2 ? .error(429, "E0000047", headers) : .json("[{\"id\":\"a\"}]")
        } _: { server in
            let client = try makeClient(server) { $0.maxConcurrency = 8 }
            #expect(try await client.page(.apps).items.count == 1)
            #expect(client.budget.concurrency == 2)
            #expect(client.budget.rateLimited == 2)
            await client.shutdown()
        }
    }

    @Test("a tenant that refuses for ever is given up, to be read later")
    func forEver() async throws {
        try await ScriptedServer.run { _ in
            .error(429, "E0000047", [("X-Rate-Limit-Limit", "0")])
        } _: { server in
            let client = try makeClient(server)
            #expect(await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.rateLimited")
            await client.shutdown()
        }
    }

    @Test("pauses double, and never pass the longest")
    func pauses() {
        for retry in 0..<40 {
            let pause = RetryPause.seconds(base: 1, retry: retry, longest: 60)
            let full = min(60, Double(1 << min(retry, 20)))
            #expect(pause >= full / 2 && pause <= full)
        }
    }
}

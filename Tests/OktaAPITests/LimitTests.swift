import Directory
import NIOHTTP1
import Problems
import Synchronization
import Testing

@testable import OktaAPI

@Suite("Rate limits")
struct LimitTests {
    private func headers(_ limit: Int, _ remaining: Int, _ reset: Double) -> RateLimitHeaders {
        RateLimitHeaders(limit: limit, remaining: remaining, reset: reset)
    }

    @Test("the first request of a bucket goes alone; then the share of the window goes, and no more")
    func firstWindow() {
        var window = BucketWindow()
        var boundary = WindowBoundary()
        #expect(window.decision(at: 0, share: 0.5, boundary: boundary) == .goAlone)
        window.send(alone: true)
        #expect(window.decision(at: 0, share: 0.5, boundary: boundary) == .queue)
        window.learn(headers(50, 49, 60), alone: true, sent: 1, at: 1, share: 0.5, boundary: &boundary)
        var sent = 1
        while window.decision(at: 2, share: 0.5, boundary: boundary) == .go {
            window.send(alone: false)
            sent += 1
            window.learn(headers(50, 50 - sent, 60), alone: false, sent: 2, at: 2, share: 0.5, boundary: &boundary)
        }
        // One is held back until it is known how the server rounds the end of its windows.
        #expect(sent == 24)
        #expect(window.decision(at: 2, share: 0.5, boundary: boundary) == .wait(until: 60))
        for end in [60.0, 120, 180] {
            #expect(window.decision(at: end, share: 0.5, boundary: boundary) == .goAlone)
            window.send(alone: true)
            window.learn(headers(50, 49, end + 60), alone: true, sent: end, at: end, share: 0.5, boundary: &boundary)
        }
        sent = 1
        while window.decision(at: 181, share: 0.5, boundary: boundary) == .go {
            window.send(alone: false)
            sent += 1
            window.learn(headers(50, 50 - sent, 240), alone: false, sent: 181, at: 181, share: 0.5, boundary: &boundary)
        }
        #expect(sent == 25)
    }

    @Test("a rule about the end of windows holds until it was wrong; the next end is not tried out in the same window")
    func rules() {
        var window = BucketWindow()
        var boundary = WindowBoundary()
        window.send(alone: true)
        // Opened at 1.5, told to end at 12: by whole seconds at 11.5.
        window.learn(headers(10, 9, 12), alone: true, sent: 1.5, at: 1.5, share: 0.1, boundary: &boundary)
        #expect(window.decision(at: 2, share: 0.1, boundary: boundary) == .wait(until: 11.5))
        window.send(alone: true)
        window.learn(headers(10, 8, 12), alone: true, sent: 11.6, at: 11.6, share: 0.1, boundary: &boundary)
        #expect(boundary.rule == .told)
        #expect(window.decision(at: 11.7, share: 0.1, boundary: boundary) == .wait(until: 13))
        window.send(alone: true)
        window.learn(headers(10, 9, 23), alone: true, sent: 13, at: 13, share: 0.1, boundary: &boundary)
        #expect(window.decision(at: 13, share: 0.1, boundary: boundary) == .wait(until: 23))
        window.send(alone: true)
        window.learn(headers(10, 8, 23), alone: true, sent: 23, at: 23, share: 0.1, boundary: &boundary)
        #expect(boundary.rule == .late)
        #expect(boundary.reserve == 0)
    }

    @Test("what others use is left to them: nothing goes when nothing remains")
    func others() {
        var window = BucketWindow()
        var boundary = WindowBoundary()
        window.send(alone: true)
        window.learn(headers(100, 99, 60), alone: true, sent: 1, at: 1, share: 0.5, boundary: &boundary)
        window.send(alone: false)
        window.learn(headers(100, 2, 60), alone: false, sent: 2, at: 2, share: 0.5, boundary: &boundary)
        window.send(alone: false)
        window.send(alone: false)
        // Two are left and two are on their way.
        #expect(window.decision(at: 3, share: 0.5, boundary: boundary) == .queue)
        window.learn(headers(100, 1, 60), alone: false, sent: 3, at: 3, share: 0.5, boundary: &boundary)
        window.learn(headers(100, 0, 60), alone: false, sent: 3, at: 3, share: 0.5, boundary: &boundary)
        #expect(window.decision(at: 3, share: 0.5, boundary: boundary) == .wait(until: 60))
    }

    @Test("answers of the old window that come late do not disturb the new one")
    func stragglers() {
        var window = BucketWindow()
        var boundary = WindowBoundary()
        window.send(alone: true)
        window.learn(headers(10, 9, 60), alone: true, sent: 1, at: 1, share: 1, boundary: &boundary)
        window.send(alone: false)
        window.send(alone: true)
        window.learn(headers(10, 9, 120), alone: true, sent: 60, at: 60, share: 1, boundary: &boundary)
        #expect(window.used == 2)
        window.learn(headers(10, 7, 60), alone: false, sent: 60.1, at: 60.1, share: 1, boundary: &boundary)
        #expect(window.used == 1 && window.remaining == 9 && window.reset == 120 && window.inFlight == 0)
    }

    @Test("a limit of simultaneous requests says nothing about the window")
    func concurrencyHeaders() {
        var window = BucketWindow()
        var boundary = WindowBoundary()
        window.send(alone: true)
        window.learn(headers(10, 9, 60), alone: true, sent: 1, at: 1, share: 1, boundary: &boundary)
        window.send(alone: false)
        window.learn(headers(0, 0, 180), alone: false, sent: 2, at: 2, share: 1, boundary: &boundary)
        #expect(window.limit == 10 && window.reset == 60)
    }

    @Test("without headers nothing is limited")
    func noHeaders() {
        var window = BucketWindow()
        var boundary = WindowBoundary()
        window.send(alone: true)
        window.learn(nil, alone: true, sent: 1, at: 1, share: 0.5, boundary: &boundary)
        #expect(window.decision(at: 1, share: 0.5, boundary: boundary) == .go)
    }

    @Test("the server's clock is learnt from whole seconds, and this machine's is kept where they agree")
    func clock() {
        var same = ServerClock()
        same.learn(date: 100, sent: 100.2, received: 100.3)
        #expect(same.time(atLocal: 105.5) == 105.5)
        var ahead = ServerClock()
        ahead.learn(date: 3700, sent: 100.9, received: 101)
        let first = ahead.time(atLocal: 101)
        ahead.learn(date: 3701, sent: 101.2, received: 101.3)
        let second = ahead.time(atLocal: 101.3)
        #expect(first == 3700)
        // Never later than the server's own time, and closer with every answer.
        #expect(second == 3701 && ahead.time(atLocal: 102) > first + 1)
        #expect(abs(ahead.local(atServer: second) - 101.3) < 1e-6)
    }

    @Test("Date headers are read in the one form that HTTP has")
    func dates() {
        #expect(HTTPDate.seconds("Mon, 30 Mar 2026 08:00:10 GMT") == 1_774_857_610)
        #expect(HTTPDate.seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(HTTPDate.seconds("Thu, 01 Foo 1970 00:00:00 GMT") == nil)
        #expect(HTTPDate.seconds("1774857610") == nil)
    }

    @Test("routes have the buckets of Okta's table")
    func buckets() {
        let expected = [
            ("/api/v1/users?limit=1", "users"), ("/api/v1/users/00u1", "user"),
            ("/api/v1/users/00u1/roles", "user_details"),
            ("/api/v1/groups", "groups"), ("/api/v1/groups/00g1", "group"), ("/api/v1/groups/rules", "groups"),
            ("/api/v1/groups/00g1/users", "groups"), ("/api/v1/apps", "apps"), ("/api/v1/apps/0oa1", "app"),
            ("/api/v1/apps/0oa1/users?x", "apps"), ("/api/v1/logs", "logs"), ("/api/v1/iam/assignees/users", "iam"),
            ("/oauth2/v1/token", "token"), ("/.well-known/okta-organization", "other"),
            ("/api/v1/api-tokens", "api_tokens"),
        ]
        for (target, bucket) in expected { #expect(RateBucket.name(of: target) == bucket, "\(target)") }
    }

    private actor OpenCalls {
        private var now = 0
        private(set) var most = 0

        func enter() {
            now += 1
            most = max(most, now)
        }

        func leave() { now -= 1 }
    }

    @Test("a hundred calls at once stay within the cap, and buckets do not wait for each other")
    func concurrency() async throws {
        let open = OpenCalls()
        let gate = RequestGate(share: 0.5, maxConcurrency: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let permit = try await gate.enter(number % 2 == 0 ? "apps" : "users")
                    await open.enter()
                    await Task.yield()
                    await open.leave()
                    gate.finish(permit, headers: nil, date: nil, status: 200)
                }
            }
            try await group.waitForAll()
        }
        #expect(await open.most == 3)
        #expect(gate.budget.requests == 100 && gate.budget.inFlight == 0)
    }

    @Test("those who wait can be cancelled")
    func cancelWaiting() async throws {
        let gate = RequestGate(share: 0.5, maxConcurrency: 1)
        let permit = try await gate.enter("apps")
        let waiting = Task { try await gate.enter("apps") }
        await Task.yield()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        gate.finish(permit, headers: nil, date: nil, status: 200)
        let next = try await gate.enter("apps")
        gate.takeBack(next)
        #expect(gate.budget.inFlight == 0)
    }

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

    /// How a pretend server ends its windows and tells of it.
    private struct Server: CustomStringConvertible {
        let description: String
        /// Whether a window begins at a fixed time or with its first request.
        let isAligned: Bool
        let rounding: FloatingPointRoundingRule
        let length: Double
        var count = 0
        var opened = -Double.infinity

        /// Counts a request. More than the limit are refused, with nothing remaining.
        mutating func ask(at time: Double, limit: Int) -> RateLimitHeaders {
            if time >= opened + length {
                opened = isAligned ? 0.3 + ((time - 0.3) / length).rounded(.down) * length : time
                count = 0
            }
            count += 1
            let reset = (opened + length).rounded(rounding)
            return RateLimitHeaders(limit: limit, remaining: max(0, limit - count), reset: reset)
        }
    }

    private static let servers = [
        Server(description: "aligned, up", isAligned: true, rounding: .up, length: 60),
        Server(description: "aligned, down", isAligned: true, rounding: .down, length: 60),
        Server(description: "aligned, nearest", isAligned: true, rounding: .toNearestOrEven, length: 10),
        Server(description: "rolling, up", isAligned: false, rounding: .up, length: 60),
        Server(description: "rolling, down", isAligned: false, rounding: .down, length: 2),
        Server(description: "rolling, up, short", isAligned: false, rounding: .up, length: 2),
        Server(description: "rolling, up, shortest", isAligned: false, rounding: .up, length: 1),
    ]

    @Test(
        "whatever a server does at the end of its windows, each is used up to the share and never over it",
        arguments: servers, [0.5, 1.0])
    private func everyServer(server: Server, share: Double) {
        var server = server
        var window = BucketWindow()
        var boundary = WindowBoundary()
        var time = 0.0
        var counts: [Double: Int] = [:]
        var refused = 0
        let allowed = Int(50 * share)
        for _ in 0..<2000 {
            let decision = window.decision(at: time, share: share, boundary: boundary)
            if case .wait(let until) = decision {
                // The gate sleeps two milliseconds longer than it must.
                time = max(until, time) + 0.002
                continue
            }
            window.send(alone: decision == .goAlone)
            time += 0.001
            let headers = server.ask(at: time, limit: 50)
            if server.count > 50 {
                refused += 1
                window.block(until: headers.reset + 1)
            }
            counts[server.opened, default: 0] += 1
            window.learn(
                headers, alone: decision == .goAlone, sent: time - 0.001, at: time + 0.001, share: share,
                boundary: &boundary)
        }
        // Where windows begin with the first request, the told end can be the true one thrice by chance.
        let chances = server.isAligned ? 0 : 1
        #expect(refused <= chances)
        #expect(counts.values.filter { $0 > allowed }.count <= chances)
        // The first windows hold one back, to learn; the last one is cut off by the end of the test.
        let full = counts.sorted { $0.key < $1.key }.dropFirst(4).dropLast()
        #expect(full.count > 30)
        // No more than a tenth of the time is lost between windows, where the server lets it be known.
        let span = (full.last?.key ?? 0) - (full.first?.key ?? 0)
        if server.rounding == .up { #expect(span <= server.length * Double(full.count - 1) * 1.1) }
        #expect(full.allSatisfy { $0.value * 100 >= allowed * 95 })
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

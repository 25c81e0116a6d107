import NIOHTTP1
import Testing

@testable import OktaAPI

@Suite("The window of a rate limit")
struct BucketWindowTests {
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

    @Test("headers with numbers that nobody could mean stop nothing and overflow nothing")
    func hugeHeaders() throws {
        let huge = "9223372036854775807"
        let headers = try #require(
            RateLimitHeaders([
                "X-Rate-Limit-Limit": huge, "X-Rate-Limit-Remaining": huge, "X-Rate-Limit-Reset": huge,
            ]))
        var window = BucketWindow()
        var boundary = WindowBoundary()
        window.send(alone: true)
        window.learn(headers, alone: true, sent: 1, at: 1, share: 1, boundary: &boundary)
        #expect(window.allowed(share: 1) > 1_000_000 && window.reset == 301)
        #expect(window.decision(at: 1, share: 1, boundary: boundary) == .go)
    }

    @Test("without headers nothing is limited")
    func noHeaders() {
        var window = BucketWindow()
        var boundary = WindowBoundary()
        window.send(alone: true)
        window.learn(nil, alone: true, sent: 1, at: 1, share: 0.5, boundary: &boundary)
        #expect(window.decision(at: 1, share: 0.5, boundary: boundary) == .go)
    }
}

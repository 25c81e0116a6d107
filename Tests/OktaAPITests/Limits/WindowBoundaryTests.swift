import Testing

@testable import OktaAPI

@Suite("The end of a window")
struct WindowBoundaryTests {
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
}

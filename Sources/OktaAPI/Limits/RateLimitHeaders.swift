import Directory
import NIOHTTP1

/// What an answer's headers say about its rate limit.
struct RateLimitHeaders: Equatable {
    /// Requests per window; 0 marks the limit on simultaneous requests.
    var limit: Int
    /// Requests left in the window.
    var remaining: Int
    /// When the window ends, in the server's time.
    var reset: Double

    init(limit: Int, remaining: Int, reset: Double) {
        self.limit = limit
        self.remaining = remaining
        self.reset = reset
    }

    /// Nil unless all three headers are there and make sense.
    init?(_ headers: HTTPHeaders) {
        guard let limit = Self.number(headers, "X-Rate-Limit-Limit"), limit >= 0,
            let remaining = Self.number(headers, "X-Rate-Limit-Remaining"),
            let reset = Self.number(headers, "X-Rate-Limit-Reset"), reset > 0
        else { return nil }
        self.init(limit: limit, remaining: max(0, remaining), reset: Double(reset))
    }

    private static func number(_ headers: HTTPHeaders, _ name: String) -> Int? {
        headers.first(name: name).flatMap { Int($0) }
    }
}

/// The `Date` header: `Mon, 30 Mar 2026 08:00:10 GMT`.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since the Unix epoch; nil for anything but the form that HTTP demands.
    static func seconds(_ text: String) -> Double? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let monthText = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(iso8601: "\(parts[3])-\(monthText)-\(parts[1])T\(parts[4])Z").map { Double($0.seconds) }
    }
}

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
        // Far above any limit or time there is: what is worked out with a larger number could overflow.
        headers.first(name: name).flatMap { Int($0) }.map { min($0, 1 << 40) }
    }
}

/// The `Date` header: `Mon, 30 Mar 2026 08:00:10 GMT`.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since the Unix epoch; nil for anything but the form that HTTP demands.
    static func seconds(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        guard bytes.count == 29, bytes[3] == UInt8(ascii: ","), bytes[26...].elementsEqual("GMT".utf8),
            let month = months.firstIndex(where: { bytes[8..<11].elementsEqual($0.utf8) })
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        var iso = Array(bytes[12..<16])
        iso += "-\(number)-".utf8
        iso += bytes[5..<7]
        iso += "T".utf8
        iso += bytes[17..<25]
        iso += "Z".utf8
        return iso.withUnsafeBufferPointer { Timestamp(iso8601UTF8: $0) }.map { Double($0.seconds) }
    }
}

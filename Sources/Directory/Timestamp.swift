/// A moment: microseconds since 1970-01-01T00:00:00Z. The one form of time in the store and in every layer.
public struct Timestamp: Sendable, Hashable, Comparable, Codable, RawRepresentable {
    /// Microseconds since the Unix epoch, UTC.
    public let rawValue: Int64

    /// The moment that is this many microseconds after the Unix epoch.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The moment that is this many whole seconds after the Unix epoch.
    public init(seconds: Int64) { rawValue = seconds * 1_000_000 }

    /// Whole seconds since the Unix epoch, rounded down.
    public var seconds: Int64 { rawValue >= 0 ? rawValue / 1_000_000 : (rawValue - 999_999) / 1_000_000 }

    /// Earlier comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.rawValue < right.rawValue }

    /// This moment moved by a number of seconds.
    public func advanced(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(rawValue: rawValue + seconds * 1_000_000)
    }

    /// Days since 1970-01-01, UTC: the key of daily rollups.
    public var day: Int32 { Int32((seconds >= 0 ? seconds : seconds - 86_399) / 86_400) }

    /// Midnight UTC at the start of a day counted from 1970-01-01.
    public init(day: Int32) { self.init(seconds: Int64(day) * 86_400) }
}

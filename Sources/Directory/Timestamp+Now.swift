import Foundation

extension Timestamp {
    /// The moment now, by this computer's clock.
    public static var now: Timestamp { Timestamp(rawValue: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
}

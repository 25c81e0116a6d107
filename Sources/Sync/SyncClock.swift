public import Directory

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What time it is: the wall clock in use, a fixed or moved one in tests.
public struct SyncClock: Sendable {
    /// The moment it is.
    public let now: @Sendable () -> Timestamp

    /// A clock that asks `now`.
    public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    /// The wall clock.
    public static let wall = SyncClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(rawValue: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

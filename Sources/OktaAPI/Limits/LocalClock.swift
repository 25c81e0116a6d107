import Directory

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// This machine's time.
enum LocalClock {
    /// Seconds since the Unix epoch, as the machine believes.
    static func wallSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Now, for the ledger.
    static func now() -> Timestamp { Timestamp(rawValue: Int64(wallSeconds() * 1e6)) }
}

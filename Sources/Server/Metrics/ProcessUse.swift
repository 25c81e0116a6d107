import Foundation
import Glibc

/// What this process uses of the machine.
struct ProcessUse: Sendable {
    let residentBytes: Double
    let cpuSeconds: Double

    /// Measured now.
    static var now: ProcessUse {
        var usage = rusage()
        // RUSAGE_SELF, which Glibc imports as a type getrusage does not take.
        getrusage(0, &usage)
        let cpu = [usage.ru_utime, usage.ru_stime].reduce(0.0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
            .split(separator: " ").dropFirst().first.flatMap { Double($0) }
        return ProcessUse(residentBytes: (pages ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE))), cpuSeconds: cpu)
    }
}

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The company and its clock. With a running clock, life goes on: whoever asks is answered from the company of that second.
final class Tenant: Sendable {
    /// A company that will not change any more.
    final class Snapshot: Sendable {
        let company: Company
        init(_ company: Company) { self.company = company }
    }

    private struct State {
        var snapshot: Snapshot
        var life: Life
        var vanished = false
    }

    private let frozen: Seconds?
    private let state: Mutex<State>
    let origin: Seconds

    init(_ configuration: SimulatorConfiguration) throws {
        frozen = try configuration.now.map(Self.moment)
        origin = try configuration.since.map(Self.moment) ?? frozen ?? Seconds(Self.wallClock())
        let company = Company(configuration, origin: origin)
        state = Mutex(State(snapshot: Snapshot(company), life: Life(seed: configuration.seed, origin: origin)))
    }

    private static func moment(_ text: String) throws -> Seconds {
        guard let milliseconds = Calendar.milliseconds(parsing: text),
            (0..<Int64(never)).contains(milliseconds / 1_000)
        else {
            throw SimulatorError("\"\(text)\" is not a time. Write it like 2026-06-01T09:00:00Z.")
        }
        return Seconds(milliseconds / 1_000)
    }

    /// Unix seconds of the real clock, which rate limits and credentials go by.
    static func wallClock() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The tenant's own time.
    var now: Seconds { frozen ?? Seconds(Self.wallClock()) }

    /// The company as it is now.
    func current() -> (company: Snapshot, now: Seconds) {
        let now = now
        let snapshot = state.withLock { state in
            if state.life.isDue(at: now) {
                var company = state.snapshot.company
                state.life.live(until: now, &company)
                state.snapshot = Snapshot(company)
            }
            return state.snapshot
        }
        return (snapshot, now)
    }

    /// Lets some objects disappear, once; the log says so.
    func vanish(_ count: Int) {
        let now = now
        state.withLock { state in
            guard !state.vanished else { return }
            state.vanished = true
            var company = state.snapshot.company
            company.vanish(count, at: now)
            state.snapshot = Snapshot(company)
        }
    }
}

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
        var company: Company
        /// The company as it was last given out; made anew when something happened since.
        var snapshot: Snapshot?
        var life: Life
        /// The moment at which the clock stands still, in milliseconds since 1970.
        var frozen: Int64?
        var vanished = false

        mutating func given() -> Snapshot {
            let given = snapshot ?? Snapshot(company)
            snapshot = given
            return given
        }

        /// Lets happen what is due. Letting go of the last snapshot first lets the company change in place, unless an
        /// answer is still being written from it.
        mutating func live(until now: Int64) {
            guard life.isDue(at: now) else { return }
            snapshot = nil
            life.live(until: now, &company)
        }
    }

    private let state: Mutex<State>
    let origin: Seconds

    init(_ configuration: SimulatorConfiguration) throws {
        let frozen = try configuration.now.map(Self.moment)
        origin = try configuration.since.map(Self.moment) ?? frozen ?? Seconds(Self.wallClock())
        if let frozen, origin > frozen {
            throw SimulatorError("A company cannot be made up after the moment at which its clock stands still.")
        }
        let life = Life(
            seed: configuration.seed, origin: origin, changesPerMinute: configuration.changesPerMinute)
        state = Mutex(
            State(
                company: Company(configuration, origin: origin), life: life, frozen: frozen.map { Int64($0) * 1_000 }))
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
    var now: Seconds { state.withLock { Seconds(Self.milliseconds($0) / 1_000) } }

    private static func milliseconds(_ state: State) -> Int64 {
        state.frozen ?? Int64(wallClock() * 1_000)
    }

    /// The company as it is now.
    func current() -> (company: Snapshot, now: Seconds) {
        state.withLock { state in
            let now = Self.milliseconds(state)
            state.live(until: now)
            return (state.given(), Seconds(now / 1_000))
        }
    }

    /// Moves a clock that stands still, and lets happen what happens meanwhile.
    func advance(bySeconds seconds: Int) {
        state.withLock { state in
            guard let frozen = state.frozen else { return }
            state.frozen = frozen + Int64(seconds) * 1_000
            state.live(until: frozen + Int64(seconds) * 1_000)
        }
    }

    /// Lets some objects disappear, once; the log says so.
    func vanish(_ count: Int) {
        state.withLock { state in
            guard !state.vanished else { return }
            state.vanished = true
            let now = Self.milliseconds(state)
            state.live(until: now)
            state.snapshot = nil
            state.company.fraction = 0
            state.company.vanish(count, at: Seconds(now / 1_000))
        }
    }
}

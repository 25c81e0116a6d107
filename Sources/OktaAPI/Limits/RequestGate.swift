import Directory
import Synchronization

/// Lets requests of one tenant go when its rate limits and the cap on simultaneous requests allow it.
///
/// Buckets do not wait for each other: a slot is taken only by a request that may go at once.
final class RequestGate: Sendable {
    /// Leave to send one request. Every permit is given back by `finish` or `takeBack`.
    struct Permit: Sendable {
        let bucket: String
        fileprivate let alone: Bool
        fileprivate let sent: Double
    }

    private struct Waiter {
        let id: UInt64
        let bucket: String
        let continuation: CheckedContinuation<Permit?, Never>
    }

    private struct State {
        var buckets: [String: BucketWindow] = [:]
        var clock = ServerClock()
        var boundary = WindowBoundary()
        var inFlight = 0
        var concurrency: Int
        var successes = 0
        var waiters: [Waiter] = []
        var nextWaiter: UInt64 = 0
        var requests = 0
        var retries = 0
        var rateLimited = 0
    }

    /// One that waits no more, and with what. It is told so when the lock is released: cancelling a task locks the task
    /// and then the gate, resuming one locks the task, so that both at once would wait for each other for ever.
    private typealias Released = (continuation: CheckedContinuation<Permit?, Never>, permit: Permit?)

    private enum Step {
        case go(Permit)
        case sleep(Double)
        case queue
    }

    private let state: Mutex<State>
    private let share: Double
    private let maxConcurrency: Int
    private let now: @Sendable () -> Double

    init(share: Double, maxConcurrency: Int, now: @escaping @Sendable () -> Double = LocalClock.wallSeconds) {
        self.share = min(1, max(0.01, share))
        self.maxConcurrency = max(1, maxConcurrency)
        self.now = now
        state = Mutex(State(concurrency: max(1, maxConcurrency)))
    }

    /// Waits until a request of a bucket may go.
    func enter(_ bucket: String) async throws(CancellationError) -> Permit {
        while true {
            if Task.isCancelled { throw CancellationError() }
            switch state.withLock({ step(&$0, bucket) }) {
            case .go(let permit): return permit
            case .sleep(let seconds):
                do {
                    try await Task.sleep(for: .milliseconds(Int(seconds * 1000) + 2))
                } catch {
                    throw CancellationError()
                }
            case .queue:
                if let permit = await wait(bucket) { return permit }
            }
        }
    }

    /// Takes in what an answer told, or that none came, and lets the next ones go.
    func finish(_ permit: Permit, headers: RateLimitHeaders?, date: Double?, status: Int?) {
        let now = now()
        let released = state.withLock { state in
            state.inFlight -= 1
            if let date { state.clock.learn(date: date, sent: permit.sent, received: now) }
            let time = state.clock.time(atLocal: now)
            state.buckets[permit.bucket, default: BucketWindow()].learn(
                headers, alone: permit.alone, sent: state.clock.time(atLocal: permit.sent), at: time, share: share,
                boundary: &state.boundary)
            if status == 429 {
                state.rateLimited += 1
            } else if status != nil {
                raiseConcurrency(&state)
            }
            return pump(&state)
        }
        for one in released { one.continuation.resume(returning: one.permit) }
    }

    /// Gives back a permit that was not used.
    func takeBack(_ permit: Permit) {
        let released = state.withLock { state in
            state.inFlight -= 1
            state.requests -= 1
            state.buckets[permit.bucket]?.takeBack(alone: permit.alone)
            return pump(&state)
        }
        for one in released { one.continuation.resume(returning: one.permit) }
    }

    /// Holds a bucket back for some seconds, after Okta refused a request in it.
    func block(_ bucket: String, seconds: Double) {
        let now = now()
        state.withLock { state in
            let time = state.clock.time(atLocal: now)
            state.buckets[bucket, default: BucketWindow()].block(until: time + seconds)
        }
    }

    /// Halves the number of simultaneous requests, after Okta refused one for being too many.
    func lowerConcurrency() {
        state.withLock { state in
            state.concurrency = max(1, state.concurrency / 2)
            state.successes = 0
        }
    }

    /// Counts a repeat.
    func countRetry() { state.withLock { $0.retries += 1 } }

    /// The gauges.
    var budget: RateBudget {
        state.withLock { state in
            var budget = RateBudget()
            budget.buckets = state.buckets.sorted { $0.key < $1.key }.compactMap { name, window in
                guard let limit = window.limit else { return nil }
                return RateBudget.Gauge(
                    name: name, limit: limit, allowed: window.allowed(share: share), used: window.used,
                    remaining: window.remaining, resetsAt: window.reset.map { Timestamp(seconds: Int64($0)) })
            }
            budget.inFlight = state.inFlight
            budget.concurrency = state.concurrency
            budget.requests = state.requests
            budget.retries = state.retries
            budget.rateLimited = state.rateLimited
            return budget
        }
    }

    private func step(_ state: inout State, _ bucket: String) -> Step {
        let local = now()
        let time = state.clock.time(atLocal: local)
        let window = state.buckets[bucket] ?? BucketWindow()
        let decision = window.decision(at: time, share: share, boundary: state.boundary)
        switch decision {
        case .wait(let until): return .sleep(max(0, until - time))
        case .queue: return .queue
        case .go, .goAlone:
            guard state.inFlight < state.concurrency else { return .queue }
            return .go(grant(&state, bucket, alone: decision == .goAlone, at: local))
        }
    }

    private func grant(_ state: inout State, _ bucket: String, alone: Bool, at local: Double) -> Permit {
        state.inFlight += 1
        state.requests += 1
        state.buckets[bucket, default: BucketWindow()].send(alone: alone)
        return Permit(bucket: bucket, alone: alone, sent: local)
    }

    /// One more simultaneous request after every twenty good answers, up to what is configured.
    private func raiseConcurrency(_ state: inout State) {
        guard state.concurrency < maxConcurrency else { return }
        state.successes += 1
        if state.successes >= 20 {
            state.successes = 0
            state.concurrency += 1
        }
    }

    /// Lets go, in order of arrival, those in the queue that may; sends those to sleep whose bucket is used up.
    private func pump(_ state: inout State) -> [Released] {
        var released: [Released] = []
        var index = 0
        while index < state.waiters.count {
            switch step(&state, state.waiters[index].bucket) {
            case .go(let permit): released.append((state.waiters.remove(at: index).continuation, permit))
            case .sleep: released.append((state.waiters.remove(at: index).continuation, nil))
            case .queue: index += 1
            }
        }
        return released
    }

    /// Waits in the queue; nil means: look again.
    private func wait(_ bucket: String) async -> Permit? {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Permit?? = state.withLock { state in
                    if Task.isCancelled { return .some(nil) }
                    switch step(&state, bucket) {
                    case .go(let permit): return .some(permit)
                    case .sleep: return .some(nil)
                    case .queue:
                        state.waiters.append(Waiter(id: id, bucket: bucket, continuation: continuation))
                        return nil
                    }
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: nil)
        }
    }
}

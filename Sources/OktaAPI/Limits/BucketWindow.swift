/// The state of one rate limit bucket: how much of the present window is used, and whether a request may go.
///
/// All times are the server's, in seconds since the Unix epoch. Nothing is known before the first answer, so the first
/// request of a bucket, and the first of each window, goes alone and learns.
struct BucketWindow {
    /// What may be done now.
    enum Decision: Equatable {
        case go
        /// Go alone: the answer tells about a window that is not known yet.
        case goAlone
        case wait(until: Double)
        /// Wait for the answer of a request that is on its way.
        case queue
    }

    private(set) var limit: Int?
    private(set) var remaining = 0
    private(set) var reset: Double?
    /// Requests of ours that the present window has counted, or may have.
    private(set) var used = 0
    private(set) var inFlight = 0
    private(set) var isLearning = false
    private var blockedUntil = 0.0
    /// When the request that opened the window was answered; nil when others had used the window before.
    private var opened: Double?
    /// The length of windows in whole seconds, as far as it is known.
    private var length = 0.0
    /// Whether a request that should have opened a new window was counted in this one.
    private var wasMisjudged = false

    /// How many requests a window allows us.
    func allowed(share: Double) -> Int {
        guard let limit else { return 0 }
        return max(1, Int((share * Double(limit)).rounded(.down)))
    }

    /// Whether the answers tell no limit at all.
    private var isUnlimited = false

    /// Whether a request may go at a server time.
    func decision(at now: Double, share: Double, boundary: WindowBoundary) -> Decision {
        if blockedUntil > now { return .wait(until: blockedUntil) }
        if isUnlimited { return .go }
        guard let (end, _) = end(boundary), now < end else { return isLearning ? .queue : .goAlone }
        let allowed = allowed(share: share) - boundary.reserve
        guard used < max(1, allowed) else { return .wait(until: end) }
        if remaining - inFlight > 0 { return .go }
        // Those on their way may be counted in what remains already: their answers will tell.
        return inFlight > 0 ? .queue : .wait(until: end)
    }

    /// When the present window is taken to end, and by which rule.
    private func end(_ boundary: WindowBoundary) -> (time: Double, rule: WindowBoundary.Rule)? {
        guard let reset else { return nil }
        // One request was lost to a wrong rule already: this window's end is not tried out again.
        if wasMisjudged { return (reset + 1, .late) }
        switch boundary.rule {
        case .wholeSeconds:
            guard let opened, length > 0, opened + length < reset else { return (reset, .told) }
            return (opened + length, .wholeSeconds)
        case .told: return (reset, .told)
        case .late: return (reset + 1, .late)
        }
    }

    /// Counts a request that is about to be sent.
    mutating func send(alone: Bool) {
        inFlight += 1
        used += 1
        if alone { isLearning = true }
    }

    /// Takes back a request that was never sent.
    mutating func takeBack(alone: Bool) {
        inFlight -= 1
        used = max(0, used - 1)
        if alone { isLearning = false }
    }

    /// Takes in the end of a request that was sent at one server time and answered at another: what its answer said, or
    /// nil.
    mutating func learn(
        _ headers: RateLimitHeaders?, alone: Bool, sent: Double, at now: Double, share: Double,
        boundary: inout WindowBoundary
    ) {
        inFlight -= 1
        if alone { isLearning = false }
        guard let headers else {
            isUnlimited = limit == nil
            return
        }
        guard headers.limit > 0 else { return }
        isUnlimited = false
        // A reset further ahead than any real window would stop everything for a misread header.
        let newReset = min(headers.reset, now + 300)
        if let reset, isSameWindow(reset, newReset, headers, now) {
            remaining = min(remaining, headers.remaining)
            limit = headers.limit
            if alone, let (_, rule) = end(boundary) {
                wasMisjudged = true
                boundary.wasWrong(rule)
            }
        } else if let reset, newReset < reset {
            // A straggler of the window before; the present one never counted it.
            used = max(0, used - 1)
        } else {
            if alone, let (_, rule) = end(boundary) { boundary.wasRight(rule) }
            open(newReset, headers, isFirst: reset == nil, share: share)
            if headers.limit - headers.remaining == 1 {
                opened = now
                // Where a whole second lies between sending and answering, there is no telling.
                let seconds = (newReset - sent).rounded(.down)
                if seconds == (newReset - now).rounded(.down) { length = max(length, seconds) }
            }
        }
    }

    private func isSameWindow(_ old: Double, _ new: Double, _ headers: RateLimitHeaders, _ now: Double) -> Bool {
        // Servers of one org differ by a second in what they tell; a window that was not refilled is not a new one.
        old == new || (abs(new - old) <= 1 && headers.remaining < remaining && now < old)
    }

    private mutating func open(_ reset: Double, _ headers: RateLimitHeaders, isFirst: Bool, share: Double) {
        self.reset = reset
        limit = headers.limit
        remaining = headers.remaining
        used = 1 + inFlight
        opened = nil
        wasMisjudged = false
        if isFirst {
            // What was used before may have been ours, before a restart.
            used = max(used, min(headers.limit - headers.remaining, allowed(share: share)))
        }
    }

    /// Lets nothing go before a server time.
    mutating func block(until time: Double) { blockedUntil = max(blockedUntil, time) }
}

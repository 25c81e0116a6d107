/// What time it is at Okta, concluded from the `Date` of its answers.
///
/// `Date` has whole seconds only, and many servers renew it but once a second. So each answer says that the server's clock
/// was between `Date` and two seconds later at some moment between sending and receiving; every further answer narrows
/// the bounds.
struct ServerClock {
    private var low = -Double.infinity
    private var high = Double.infinity

    /// Takes in the `Date` of an answer to a request that was under way between two local times.
    mutating func learn(date: Double, sent: Double, received: Double) {
        let low = date - received
        let high = date + 2 - sent
        if low > self.high || high < self.low {
            // One of the clocks was set: begin again.
            (self.low, self.high) = (low, high)
        } else {
            self.low = max(self.low, low)
            self.high = min(self.high, high)
        }
    }

    /// The server's time at a local time, sooner too early than too late. Where the answers do not contradict this
    /// machine's clock, that is it: it knows the fractions of seconds that `Date` does not tell.
    func time(atLocal local: Double) -> Double {
        if low <= 0, high >= 0 { return local }
        return low.isFinite ? local + low : local
    }

    /// The local time at which the server's clock will have reached a time.
    func local(atServer time: Double) -> Double {
        if low <= 0, high >= 0 { return time }
        return low.isFinite ? time - low : time
    }
}

/// When the windows of a server really end, learnt from experience: servers round the told end to whole seconds, up or
/// down, and begin a window on the clock or with its first request.
///
/// Each rule is tried until a request that went by it was still counted in the old window; then the next, safer one holds.
/// Until a rule has been right three times in a row, one request of each window is held back for the trial, so that a
/// wrong rule does not cost more than the share.
struct WindowBoundary: Equatable {
    /// From the most to the least daring.
    enum Rule: Equatable {
        /// As many whole seconds after the first request as the told end is away; at the told end at the latest.
        case wholeSeconds
        /// At the told end.
        case told
        /// A second after the told end, which was rounded down.
        case late
    }

    private(set) var rule = Rule.wholeSeconds
    private var timesRight = 0
    private var timesToldWasRight = 0

    /// Requests to hold back.
    var reserve: Int { timesRight >= 3 || rule == .late ? 0 : 1 }

    /// A request by a rule opened a new window.
    mutating func wasRight(_ tried: Rule) {
        if tried == rule {
            timesRight += 1
        } else if tried == .told {
            // The more daring rule finds nothing to go by.
            timesToldWasRight += 1
            if timesToldWasRight >= 3 { (rule, timesRight) = (.told, 3) }
        }
    }

    /// A request by a rule was counted in the old window.
    mutating func wasWrong(_ tried: Rule) {
        timesRight = 0
        rule = tried == .wholeSeconds ? .told : .late
    }
}

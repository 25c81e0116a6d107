import OktaAPI
import Storage

/// Whose factors a sync reads: Okta gives them person by person only, one call each.
public enum FactorReading: String, Sendable, CaseIterable {
    /// Those of admins.
    case admins
    /// Those of admins, and of as many others as the sync has idle calls for.
    case withinBudget = "within-budget"
    /// Those of everybody, however long it takes.
    case all
}

/// How many people's factors fit beside a run, besides those of admins.
struct FactorBudget {
    let reading: FactorReading
    let size: TenantSize
    /// Calls a minute by bucket, where known.
    let allowed: [String: Double]
    /// Whether the limits of Okta decide how long the run takes.
    let isPacedByLimits: Bool

    /// The part of the idle calls that is used: the rest is for repeats, and for a run that goes faster than planned.
    private static let share = 0.9

    /// The choice, for a run with these calls by class of which some are made already.
    func choice(calls: [String: Int], done: [String: Int], isReadable: Bool) -> RunChoice {
        let others = max(0, size.people - (size.admins ?? 0) - size.moreFactors)
        let (count, why) = isReadable ? count(of: others, calls, done) : (0, "Factors may not be read")
        return RunChoice(list: "factors", way: reading.rawValue, why: why + ".", calls: count)
    }

    private func count(of others: Int, _ calls: [String: Int], _ done: [String: Int]) -> (Int, String) {
        switch reading {
        case .admins: return (0, "Factors are read of admins alone, as it is set")
        case .all: return (others, "Factors are read of everybody, as it is set")
        case .withinBudget: break
        }
        guard isPacedByLimits, let pace = allowed[RateBucket.userDetails] else {
            return (0, "Factors are read of admins alone: no rate limit makes the run wait, so there is no idle time")
        }
        var left = calls
        for (callClass, count) in done { left[callClass] = max(0, (left[callClass] ?? 0) - count) }
        let minutes = SyncPlan(calls: left, allowed: allowed).minutes
        let own = (left["roles"] ?? 0) + (left["factors"] ?? 0) + (left["user_groups"] ?? 0)
        // Without a minute to wait for there is no idle time: everything is asked at once.
        let room = minutes < 1 ? 0 : Int(minutes * pace * Self.share) - own
        let count = min(others, max(0, room))
        return (
            count,
            "Factors are read of admins and of \(count) other \(count == 1 ? "person" : "people"), in calls that "
                + "would be idle while the slowest rate limit is waited for"
        )
    }
}

import Directory
import OktaAPI
import Storage

/// When the server syncs a tenant next.
struct DueTime {
    /// Seconds between two syncs of a tenant that has no schedule of its own.
    /// 0 for none: then only a first sync, and one that was stopped, go on by themselves.
    let usualSeconds: Int64

    /// The longest pause after an outage.
    private static let longestPause: Int64 = 3600

    /// When a tenant is due, by its latest run; nil when only somebody's request starts a sync.
    ///
    /// A run that was stopped or killed goes on at once. One that Okta or the network interrupted goes on after a pause
    /// that doubles with each attempt, from one minute to an hour; tenants pause a little differently, so that after an
    /// outage of all of them they do not come back together. What only an admin can mend waits for the next turn.
    func of(_ integration: Integration, after run: RunRecord?, now: Timestamp) -> Timestamp? {
        guard integration.disconnectedAt == nil else { return nil }
        guard let run else { return integration.schedule == .onRequest ? nil : now }
        if run.status.isResumable, !isStuck(integration) {
            guard let problem = run.problem, !problem.id.hasSuffix(".cancelled") else { return now }
            return run.heartbeatAt.advanced(bySeconds: pause(integration.id, attempt: run.attempts))
        }
        let seconds: Int64
        switch integration.schedule {
        case .usual:
            if usualSeconds == 0 { return nil }
            seconds = usualSeconds
        case .every(let minutes): seconds = Int64(minutes) * 60
        case .onRequest: return nil
        }
        return run.startedAt.advanced(bySeconds: seconds)
    }

    private func isStuck(_ integration: Integration) -> Bool {
        integration.problem?.id == OktaProblem.tokenRejected.rawValue
    }

    private func pause(_ integrationID: Int64, attempt: Int) -> Int64 {
        let doubled = min(Self.longestPause, 60 << Int64(min(max(attempt, 1) - 1, 10)))
        // Four fifths to six fifths of it, by tenant and attempt: told again the same, spread over all of them.
        let mixed = UInt64(bitPattern: integrationID &* 1_000 &+ Int64(attempt)) &* 0x9E37_79B9_7F4A_7C15
        return doubled * 4 / 5 + Int64(mixed >> 33) % max(1, doubled * 2 / 5)
    }
}

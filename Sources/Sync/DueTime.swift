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
    /// A run that was stopped or killed goes on at once. One that failed goes on after a pause from one minute to an hour,
    /// which doubles with each failure, however often the run was killed before; where Okta was silent, as soon as Okta
    /// has answered anything else, such as whoever follows the log. Tenants pause a little differently, so that after an
    /// outage of all of them they do not come back together. What only an admin can mend waits for the next turn.
    func of(_ integration: Integration, after run: RunRecord?, now: Timestamp) -> Timestamp? {
        guard integration.disconnectedAt == nil else { return nil }
        guard let run else { return integration.schedule == .onRequest ? nil : now }
        if run.status.isResumable, !isStuck(integration) {
            guard let problem = run.problem, !problem.isCancellation else { return now }
            let pause = min(Self.longestPause, 60 << Int64(min(max(run.failures, 1), 10) - 1))
            let turn = run.heartbeatAt.advanced(bySeconds: varied(pause, integration, run.heartbeatAt))
            if run.inSilence, problem.id == OktaProblem.unreachable.rawValue,
                let answered = integration.lastCallAt, answered > run.heartbeatAt
            {
                return min(turn, answered.advanced(bySeconds: varied(60, integration, answered)))
            }
            return turn
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

    /// Four fifths to six fifths of a pause, by tenant and attempt: told again the same, spread over all of them.
    private func varied(_ seconds: Int64, _ integration: Integration, _ attempt: Timestamp) -> Int64 {
        let tenant = integration.baseURL.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let mixed = (tenant ^ UInt64(bitPattern: attempt.seconds)) &* 0x9E37_79B9_7F4A_7C15
        return seconds * 4 / 5 + Int64(mixed >> 33) % max(1, seconds * 2 / 5)
    }
}

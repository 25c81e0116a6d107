public import Directory
public import Storage

/// How Muster knows that somebody has left.
public enum LeaverSource: String, Sendable, CaseIterable {
    /// Okta deactivated the account.
    case okta
    /// The account is gone from Okta's list.
    case gone
    /// The roster says so, and Okta does not yet.
    case roster
    /// Somebody opened a case by hand.
    case person
}

/// When somebody left, and how that is known.
public struct LeaverEnd: Sendable, Equatable {
    /// When access should have ended: the deactivation, or for whom Okta still lists as active, the day after the end date
    /// of the roster.
    public var at: Timestamp
    /// How Muster knows that moment.
    public var evidence: Evidence
    /// Who says so.
    public var source: LeaverSource
    /// When Okta deactivated the account, or no longer had it; nil while it is active.
    public var deactivatedAt: Timestamp?
    /// Up to which moment the person may act: the earlier of the deactivation and the roster's end.
    public var mayActUntil: Timestamp
    /// When the person was active again after an earlier deactivation.
    public var returnedAt: Timestamp?
}

/// One stretch of a person's life in Okta, as far as leaving goes.
struct AccountStretch: Sendable, Equatable {
    let from: Int64
    let to: Int64?
    let how: Evidence
    let status: String

    static let deactivated = "DEPROVISIONED"
}

extension LeaverEnd {
    /// When an account ended: the beginning of the stretch of `DEPROVISIONED` that lasts until now, else the end of what
    /// was last seen of an account that is gone. Nil while the account is in use.
    ///
    /// - Parameter stretches: in order of time, as far as they had begun at the moment that is asked about.
    init?(_ stretches: [AccountStretch]) {
        guard let last = stretches.last else { return nil }
        let isGone = last.to != nil
        guard isGone || last.status == AccountStretch.deactivated else { return nil }
        var first = stretches.count
        while first > 0, stretches[first - 1].status == AccountStretch.deactivated { first -= 1 }
        var before = stretches[..<first].makeIterator()
        var wasDeactivated = false
        var returned: Int64?
        while let stretch = before.next() {
            if stretch.status == AccountStretch.deactivated {
                wasDeactivated = true
            } else if wasDeactivated {
                returned = stretch.from
                wasDeactivated = false
            }
        }
        let end = stretches.indices.contains(first) ? stretches[first].from : last.to ?? last.from
        at = Timestamp(rawValue: end)
        evidence = stretches.indices.contains(first) ? stretches[first].how : .betweenSyncs
        source = isGone && !stretches.indices.contains(first) ? .gone : .okta
        deactivatedAt = at
        mayActUntil = at
        returnedAt = returned.map(Timestamp.init(rawValue:))
    }

    /// The end of somebody whom the roster has let go while Okta still lists them as active: the day after the last one.
    init(roster day: Int32, returnedAt: Timestamp? = nil) {
        at = Timestamp(day: day + 1)
        evidence = .firstSight
        source = .roster
        deactivatedAt = nil
        mayActUntil = at
        self.returnedAt = returnedAt
    }

    /// The end that somebody names who opens a case by hand.
    init(openedBy time: Timestamp) {
        at = time
        evidence = .firstSight
        source = .person
        deactivatedAt = nil
        mayActUntil = time
        returnedAt = nil
    }

    /// The same with what the roster says of the last day: nobody should act after it.
    func with(rosterDay day: Int32?) -> LeaverEnd {
        guard let day else { return self }
        var end = self
        end.mayActUntil = min(mayActUntil, Timestamp(day: day + 1))
        return end
    }
}

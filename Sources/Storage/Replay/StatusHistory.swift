/// What the log tells of a person's account or an app: that it is in another status from now on.
struct StatusEvent: Equatable, Sendable {
    let at: Int64
    let change: StatusChange
}

/// A change of status, as an event type tells it.
struct StatusChange: Equatable, Sendable {
    /// The status from then on; nil when the thing is deleted.
    let after: String?
    /// The status before, when no earlier event tells it; nil when nothing was there before.
    let before: String?
    /// Statuses it ends; any when empty.
    var ends: Set<String> = []

    /// What happens to accounts. Failed events are left out, but Okta calls every lock-out a failure: of signing in.
    static let users: [String: StatusChange] = [
        "user.lifecycle.create": StatusChange(after: "STAGED", before: nil),
        "user.lifecycle.activate": StatusChange(after: "ACTIVE", before: "STAGED"),
        "user.lifecycle.reactivate": StatusChange(after: "PROVISIONED", before: "PROVISIONED"),
        "user.lifecycle.deactivate": StatusChange(after: "DEPROVISIONED", before: "ACTIVE"),
        "user.lifecycle.suspend": StatusChange(after: "SUSPENDED", before: "ACTIVE"),
        "user.lifecycle.unsuspend": StatusChange(after: "ACTIVE", before: "SUSPENDED"),
        lock: StatusChange(after: "LOCKED_OUT", before: "ACTIVE"),
        "user.account.unlock": StatusChange(after: "ACTIVE", before: "LOCKED_OUT", ends: ["LOCKED_OUT"]),
        "user.account.unlock_by_admin": StatusChange(after: "ACTIVE", before: "LOCKED_OUT", ends: ["LOCKED_OUT"]),
        "user.account.reset_password": StatusChange(after: "RECOVERY", before: "ACTIVE"),
        "user.account.expire_password": StatusChange(after: "PASSWORD_EXPIRED", before: "ACTIVE"),
        "user.account.update_password": StatusChange(
            after: "ACTIVE", before: "ACTIVE", ends: ["RECOVERY", "PASSWORD_EXPIRED", "PROVISIONED"]),
        "user.lifecycle.delete.initiated": StatusChange(after: nil, before: "DEPROVISIONED"),
    ]
    static let lock = "user.account.lock"
    /// The status of what some event names, but no event tells more of.
    static let unknown = "UNKNOWN"

    /// What happens to apps.
    static let apps: [String: StatusChange] = [
        "application.lifecycle.create": StatusChange(after: "ACTIVE", before: nil),
        "application.lifecycle.activate": StatusChange(after: "ACTIVE", before: "INACTIVE"),
        "application.lifecycle.deactivate": StatusChange(after: "INACTIVE", before: "ACTIVE"),
        "application.lifecycle.delete": StatusChange(after: nil, before: "ACTIVE"),
    ]

    /// What happens to groups, which have no status but being there.
    static let groups: [String: StatusChange] = [
        "group.lifecycle.create": StatusChange(after: "", before: nil),
        "group.lifecycle.delete": StatusChange(after: nil, before: ""),
    ]

    /// The status before the one a thing has, when the log tells of no change at all.
    static func before(_ status: String) -> String {
        status == "ACTIVE" || status == "PROVISIONED" || status == "STAGED" ? "STAGED" : "ACTIVE"
    }
}

/// The past of one account or app, status by status, told backwards from what the first sync saw.
struct StatusHistory: Equatable, Sendable {
    /// A status that ended.
    struct Version: Equatable, Sendable {
        let status: String
        let span: Span
    }

    /// What the first sync saw.
    struct Present: Sendable {
        let status: String
        /// Since when, by Okta's date of the last change of status; first sight when Okta tells none.
        let since: Beginning
    }

    private struct Point: Equatable, Sendable {
        let status: String
        let since: Beginning
    }

    /// The statuses that ended.
    private(set) var earlier: [Version] = []
    /// Since when the status is what the first sync saw; nil when it saw nothing.
    private(set) var present: Beginning?

    private var points: [Point] = []

    /// - Parameters:
    ///   - events: in order of time.
    ///   - since: the log's beginning, or Okta's date of the making when that is known and later.
    ///   - horizon: when the first sync saw what is so.
    init(_ events: [StatusEvent], present: Present?, since: Beginning, horizon: Int64) {
        let end = walk(events, present: present, since: since)
        if let present {
            self.present = begin(present, horizon)
            close(at: self.present ?? present.since)
        } else {
            close(at: end ?? Beginning(at: horizon, how: .betweenSyncs))
        }
        points = []
    }

    /// Goes through the events; returns when it was deleted.
    private mutating func walk(_ events: [StatusEvent], present: Present?, since: Beginning) -> Beginning? {
        let before: String? =
            if let first = events.first {
                first.change.before
            } else {
                present.map { StatusChange.before($0.status) } ?? StatusChange.unknown
            }
        if let before { points.append(Point(status: before, since: since)) }
        for event in events {
            guard let status = event.change.after else {
                if present == nil { return Beginning(at: event.at, how: .logEvent) }
                continue
            }
            let made = event.change.before == nil && since.how == .oktaDate
            let at = made ? since : Beginning(at: event.at, how: .logEvent)
            guard let last = points.last else {
                points.append(Point(status: status, since: at))
                continue
            }
            let isEnded = event.change.ends.isEmpty || event.change.ends.contains(last.status)
            if isEnded, last.status != status { points.append(Point(status: status, since: at)) }
        }
        return nil
    }

    /// Since when the status is what the first sync saw: Okta's own date unless the log ends in the same status later.
    private mutating func begin(_ present: Present, _ horizon: Int64) -> Beginning {
        let date = present.since
        guard date.how == .oktaDate else {
            guard let last = points.last else { return date }
            if last.status == present.status {
                points.removeLast()
                return last.since
            }
            return Beginning(at: horizon, how: .betweenSyncs)
        }
        if points.last?.status != present.status {
            // Okta says that nothing changed since its date: what the log tells of later is no change of status.
            while let last = points.last, last.since.at > date.at + LinkHistory.oneChange { points.removeLast() }
        }
        guard let last = points.last else { return date }
        // The change that Okta dates and the one that the log tells of are one, whatever the log calls it.
        let isOne = last.since.at >= date.at - LinkHistory.oneChange
        if isOne || last.since.at > date.at { points.removeLast() }
        let previous = points.last?.since.at ?? .min
        return isOne && previous >= date.at ? last.since : date
    }

    private mutating func close(at end: Beginning) {
        for (position, point) in points.enumerated() {
            let next = position + 1 < points.count ? points[position + 1].since : end
            let to = min(next.at, end.at)
            guard point.since.at < to else { continue }
            earlier.append(
                Version(
                    status: point.status,
                    span: Span(
                        from: point.since.at, fromHow: point.since.how, to: to,
                        toHow: next.how == .beforeLog ? .logEvent : next.how)))
        }
    }
}

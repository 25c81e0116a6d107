/// A time in which something was so, with how each end is known.
struct Span: Equatable, Sendable {
    let from: Int64
    let fromHow: Evidence
    let to: Int64
    let toHow: Evidence
}

/// A moment from which something is so, with how it is known.
struct Beginning: Equatable, Sendable {
    let at: Int64
    let how: Evidence
}

/// What the log tells of one membership, assignment or role: that it began, or that it ended.
struct LinkEvent: Equatable, Sendable {
    let at: Int64
    let adds: Bool
}

/// The past of one membership, assignment or role, told backwards from what the first sync saw.
///
/// Pure: the same events and the same present give the same past, in whatever order they came.
struct LinkHistory: Equatable, Sendable {
    /// What was so and ended.
    private(set) var earlier: [Span] = []
    /// Since when what the first sync saw is so; nil when it saw nothing.
    private(set) var present: Beginning?

    /// Between which moments the log tells.
    struct Bounds: Sendable {
        /// The log's beginning, or the making of what is linked when that is later.
        let since: Beginning
        /// When the first sync saw what is so.
        let horizon: Int64
        /// When, by the log, one of the linked things was deleted.
        let deleted: Int64?
    }

    /// Okta writes an object and its event within seconds; farther apart, they are two changes.
    static let oneChange: Int64 = 60 * 1_000_000

    /// - Parameter events: in order of time; failed ones left out.
    init(_ events: [LinkEvent], present: Beginning?, _ bounds: Bounds) {
        self.present = present
        var events = events[...]
        // Happened while the first sync was on, after it had read the list: the next sync will see it.
        while let last = events.last, last.at > bounds.horizon, last.adds == (present == nil) { events.removeLast() }
        if events.isEmpty {
            if let present, present.how == .firstSight, bounds.since.at < present.at { self.present = bounds.since }
            return
        }
        let open = walk(events, bounds)
        if let present {
            self.present = begin(present, open, bounds)
        } else if let open {
            let deleted = bounds.deleted.map { $0 > open && $0 <= bounds.horizon } ?? false
            // Gone without an event that says so: somewhere before the first sync looked.
            add(
                Beginning(at: open, how: .logEvent), to: deleted ? bounds.deleted ?? bounds.horizon : bounds.horizon,
                deleted ? .logEvent : .betweenSyncs)
        }
    }

    /// Goes through the events; returns since when it is open after the last.
    private mutating func walk(_ events: ArraySlice<LinkEvent>, _ bounds: Bounds) -> Int64? {
        var open: Int64?
        for (position, event) in events.enumerated() {
            if event.adds {
                open = open ?? event.at
            } else if let began = open {
                add(Beginning(at: began, how: .logEvent), to: event.at, .logEvent)
                open = nil
            } else if position == 0 {
                // Held before the log began. Okta's date, when it is of that time, is better than the log's beginning.
                let dated = present.map { $0.how == .oktaDate && $0.at < event.at } ?? false
                add(dated ? present ?? bounds.since : bounds.since, to: event.at, .logEvent)
            }
        }
        return open
    }

    /// Since when it is as the first sync saw it: Okta's own date unless the log contradicts it.
    private mutating func begin(_ present: Beginning, _ open: Int64?, _ bounds: Bounds) -> Beginning {
        let lastEnd = earlier.last?.to ?? .min
        guard let open else {
            // Ended by the log and there all the same: it began again somewhere before the first sync looked.
            if present.how != .firstSight, present.at >= lastEnd { return present }
            return Beginning(at: max(bounds.horizon, lastEnd), how: .betweenSyncs)
        }
        guard present.how == .oktaDate else { return Beginning(at: open, how: .logEvent) }
        if present.at > open + Self.oneChange {
            // Okta gave the link a new date without an end between: it was there before, too.
            add(Beginning(at: open, how: .logEvent), to: present.at, .oktaDate)
        }
        // Okta's date is of an earlier time that the log saw end.
        return present.at < lastEnd ? Beginning(at: open, how: .logEvent) : present
    }

    private mutating func add(_ from: Beginning, to: Int64, _ how: Evidence) {
        if from.at < to { earlier.append(Span(from: from.at, fromHow: from.how, to: to, toHow: how)) }
    }
}

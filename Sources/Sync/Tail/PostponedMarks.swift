import Storage

/// Things that could not be read again lately: each waits by itself, and keeps no other from being read.
struct PostponedMarks {
    private struct Thing: Hashable {
        let kind: LogMark.Kind
        let subject: Int64
        let object: Int64

        init(_ mark: LogMark) { (kind, subject, object) = (mark.kind, mark.subject, mark.object) }
    }

    private struct Wait {
        let revision: Int64
        let times: Int
        let until: ContinuousClock.Instant
    }

    private var waits: [Thing: Wait] = [:]

    /// How many wait, or did not long ago.
    var count: Int { waits.count }

    /// The marks that need not wait, in their order. Another event about a thing ends its wait.
    mutating func due(of marks: [LogMark], at now: ContinuousClock.Instant = .now) -> [LogMark] {
        waits = waits.filter { now < $0.value.until + .seconds(3_600) }
        if waits.isEmpty { return marks }
        return marks.filter { mark in
            guard let wait = waits[Thing(mark)] else { return true }
            return now >= wait.until || wait.revision != mark.revision
        }
    }

    /// Lets some marks wait: half a minute, then twice as long each time, up to ten minutes.
    mutating func postpone(_ marks: [LogMark], at now: ContinuousClock.Instant = .now) {
        for mark in marks {
            let times = waits[Thing(mark)].map { $0.revision == mark.revision ? $0.times + 1 : 0 } ?? 0
            let pause: Duration = min(.seconds(600), .seconds(30) * (1 << min(times, 5)))
            waits[Thing(mark)] = Wait(revision: mark.revision, times: times, until: now + pause)
        }
    }
}

import Storage

/// Which of the things that wait to be read again may be read now: what is in work is not taken twice, and what could not be
/// read lately waits by itself and keeps no other from being read.
struct OpenMarks {
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

    private var inWork: Set<Thing> = []
    private var waits: [Thing: Wait] = [:]

    /// How many are in work or wait, or waited not long ago.
    var count: Int { inWork.count + waits.count }

    /// Takes those that nothing holds, in their order. Another event about a thing ends its wait.
    mutating func take(
        from marks: [LogMark], atMost limit: Int, at now: ContinuousClock.Instant = .now
    ) -> [LogMark] {
        waits = waits.filter { now < $0.value.until + .seconds(3_600) }
        let free = marks.lazy.filter { [inWork, waits] mark in
            let thing = Thing(mark)
            if inWork.contains(thing) { return false }
            guard let wait = waits[thing] else { return true }
            return now >= wait.until || wait.revision != mark.revision
        }
        let taken = Array(free.prefix(limit))
        inWork.formUnion(taken.map(Thing.init))
        return taken
    }

    /// Ends the work on some.
    mutating func release(_ marks: [LogMark]) { inWork.subtract(marks.map(Thing.init)) }

    /// Lets some wait: half a minute, then twice as long each time, up to ten minutes.
    mutating func postpone(_ marks: [LogMark], at now: ContinuousClock.Instant = .now) {
        for mark in marks {
            let times = waits[Thing(mark)].map { $0.revision == mark.revision ? $0.times + 1 : 0 } ?? 0
            let pause: Duration = min(.seconds(600), .seconds(30) * (1 << min(times, 5)))
            waits[Thing(mark)] = Wait(revision: mark.revision, times: times, until: now + pause)
        }
    }
}

import Testing

@testable import Storage

@Suite("The past of a link is told backwards from its events")
struct LinkHistoryTests {
    /// The log begins at day 0, the first sync looks at day 90.
    private static func day(_ day: Double) -> Int64 { Int64(day * 86_400 * 1_000_000) }
    private static let seen = Beginning(at: day(90), how: .firstSight)

    private func history(
        _ events: [(Double, Bool)], _ present: Beginning?, deleted: Double? = nil, made: Double? = nil
    ) -> LinkHistory {
        LinkHistory(
            events.map { LinkEvent(at: Self.day($0.0), adds: $0.1) }, present: present,
            LinkHistory.Bounds(
                since: made.map { Beginning(at: Self.day($0), how: .oktaDate) } ?? Beginning(at: 0, how: .beforeLog),
                horizon: Self.day(90), deleted: deleted.map(Self.day)))
    }

    private func span(_ from: Double, _ fromHow: Evidence, _ to: Double, _ toHow: Evidence) -> Span {
        Span(from: Self.day(from), fromHow: fromHow, to: Self.day(to), toHow: toHow)
    }

    private func begin(_ day: Double, _ how: Evidence) -> Beginning { Beginning(at: Self.day(day), how: how) }

    @Test("without an event it was so since the log began, or since what it links was made")
    func untold() {
        #expect(history([], Self.seen).present == begin(0, .beforeLog))
        #expect(history([], Self.seen, made: 12).present == begin(12, .oktaDate))
        #expect(history([], begin(30, .oktaDate)).present == begin(30, .oktaDate))
        #expect(history([], nil).earlier == [])
    }

    @Test("an add event moves the beginning to the event")
    func added() {
        let told = history([(20, true)], Self.seen)
        #expect(told.present == begin(20, .logEvent))
        #expect(told.earlier == [])
    }

    @Test("a remove event without an add before it ends what was so when the log began")
    func removed() {
        let told = history([(20, false)], nil)
        #expect(told.present == nil)
        #expect(told.earlier == [span(0, .beforeLog, 20, .logEvent)])
    }

    @Test("remove, add, remove leaves a gap between two intervals")
    func twice() {
        let told = history([(10, false), (20, true), (30, false)], nil)
        #expect(told.earlier == [span(0, .beforeLog, 10, .logEvent), span(20, .logEvent, 30, .logEvent)])
    }

    @Test("add, remove, add ends with what is so at present")
    func again() {
        let told = history([(10, true), (20, false), (30, true)], Self.seen)
        #expect(told.earlier == [span(10, .logEvent, 20, .logEvent)])
        #expect(told.present == begin(30, .logEvent))
    }

    @Test("doubled events count once")
    func doubled() {
        #expect(history([(10, true), (11, true)], Self.seen).present == begin(10, .logEvent))
        let told = history([(10, true), (20, false), (21, false)], nil)
        #expect(told.earlier == [span(10, .logEvent, 20, .logEvent)])
    }

    @Test("an add without a remove ends when a side was deleted, else somewhere before the first sync")
    func openEnded() {
        #expect(history([(10, true)], nil).earlier == [span(10, .logEvent, 90, .betweenSyncs)])
        #expect(history([(10, true)], nil, deleted: 40).earlier == [span(10, .logEvent, 40, .logEvent)])
        #expect(history([(50, true)], nil, deleted: 40).earlier == [span(50, .logEvent, 90, .betweenSyncs)])
    }

    @Test("a remove before what is so at present leaves its beginning unknown until the first sync")
    func removedAndThere() {
        let told = history([(10, false)], Self.seen)
        #expect(told.earlier == [span(0, .beforeLog, 10, .logEvent)])
        #expect(told.present == begin(90, .betweenSyncs))
        #expect(history([(10, false)], begin(15, .oktaDate)).present == begin(15, .oktaDate))
    }

    @Test("Okta's date stays where the log does not contradict it")
    func dated() {
        let sameChange = Beginning(at: Self.day(10) - 400_000, how: .oktaDate)
        #expect(history([(10, true)], sameChange).present == sameChange)
        #expect(history([(10, true)], begin(-300, .oktaDate)).present == begin(-300, .oktaDate))
        // An event older than Okta's date: it was there before, too.
        let older = history([(10, true)], begin(30, .oktaDate))
        #expect(older.present == begin(30, .oktaDate))
        #expect(older.earlier == [span(10, .logEvent, 30, .oktaDate)])
        // A date of before an end that the log saw is of that earlier time.
        let stale = history([(10, false), (20, true)], begin(-300, .oktaDate))
        #expect(stale.earlier == [span(-300, .oktaDate, 10, .logEvent)])
        #expect(stale.present == begin(20, .logEvent))
    }

    @Test("what happened while the first sync was on, after it had read the list, waits for the next sync")
    func meanwhile() {
        #expect(history([(91, false)], Self.seen).present == begin(0, .beforeLog))
        #expect(history([(91, true)], nil).earlier == [])
        // Read after it happened: the event tells the truth.
        #expect(history([(91, true)], Self.seen).present == begin(91, .logEvent))
        #expect(history([(91, false)], nil).earlier == [span(0, .beforeLog, 91, .logEvent)])
    }

    @Test("telling it again tells the same")
    func repeated() {
        for events in [[], [(20.0, true)], [(10.0, true), (20.0, false), (30.0, true)]] {
            let once = history(events, Self.seen)
            #expect(history(events, once.present).present == once.present)
        }
    }
}

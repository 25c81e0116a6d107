/// The silences of everybody who uses one app: how long after a day with a sign-on the next one came, or has not come yet.
///
/// From them comes the dormancy window: the shortest silence after which next to nobody comes back soon. Days are counted
/// from any day; all figures are whole numbers, so that the same rows always give the same window.
///
/// Memory grows with the days that are known, never with the people: the rows of an app pass by once.
public struct Silences: Sendable {
    /// What makes a window: at most this share comes back within so many days, judged by at least so many silences.
    public struct Rule: Sendable, Equatable {
        /// The days within which somebody who comes back was not dormant: H.
        public var horizon = 30
        /// The share of those called dormant who may come back within them: α.
        public var risk = 0.05
        /// How many silences have to be known to judge one length.
        public var least = 50

        /// H = 30 days, α = 5 %, at least 50 silences.
        public init() {}
    }

    /// The first day that is known whole.
    public let first: Int
    /// The last day that is known whole.
    public let last: Int
    private let rule: Rule
    /// Silences that ended after so many days.
    private var ended: [Int]
    /// Silences that were still on after so many days, when the days that are known, or the assignment, ended.
    private var open: [Int]
    /// Silences by the longest length of which it is known how they went on for the whole horizon.
    private var followed: [Int]
    private(set) var spells = 0
    private var tests: [BackTestDay]

    /// No silences yet, of days known from a first to a last.
    public init(from first: Int, to last: Int, rule: Rule = Rule()) {
        self.first = first
        self.last = max(first, last)
        self.rule = rule
        let days = self.last - first + 2
        ended = [Int](repeating: 0, count: days)
        open = ended
        followed = ended
        tests = BackTestDay.days(from: first, to: self.last)
    }

    /// Adds a silence that began after a day with a sign-on and ended with the next one.
    public mutating func add(after day: Int, until next: Int) {
        guard day >= first, next <= last, next > day else { return }
        spells += 1
        ended[next - day] += 1
        // The last silent day is the one before the sign-on.
        follow(min(next - day - 1, last - day - rule.horizon))
        note(day, next: next, end: last)
    }

    /// Adds a silence that is still on: on the last day that is known, or on the day the person lost the app.
    public mutating func add(after day: Int, openUntil end: Int) {
        let end = min(end, last)
        guard day >= first, end >= day else { return }
        spells += 1
        open[end - day] += 1
        follow(end - day - rule.horizon)
        note(day, next: nil, end: end)
    }

    private mutating func follow(_ length: Int) {
        if length >= 0 { followed[length] += 1 }
    }

    private mutating func note(_ day: Int, next: Int?, end: Int) {
        for position in tests.indices { tests[position].note(day, next: next, end: end) }
    }

    // MARK: the window

    /// The share of silences of each length that end within the horizon: P(next use ≤ H | silent w) = 1 − S(w + H) ÷ S(w),
    /// S by Kaplan and Meier.
    public func returning() -> [Double] {
        var atRisk = spells
        var survival = 1.0
        var survivals: [Double] = []
        for length in ended.indices {
            // At risk on day t is whoever was silent up to it.
            if length > 0, atRisk > 0 { survival *= 1 - Double(ended[length]) / Double(atRisk) }
            survivals.append(survival)
            atRisk -= ended[length] + open[length]
        }
        guard survivals.count > rule.horizon else { return [] }
        return (0..<(survivals.count - rule.horizon)).map { length in
            survivals[length] > 0 ? 1 - survivals[length + rule.horizon] / survivals[length] : 0
        }
    }

    /// How many silences of each length are known for the whole horizon.
    func followedCounts() -> [Int] {
        var count = 0
        return followed.reversed().map { more in
            count += more
            return count
        }.reversed()
    }

    /// The window, or why there is none.
    ///
    /// It is the shortest silence from which on the share stays at most α, at every longer one that enough silences tell of:
    /// where people come at the end of each quarter, few come back within 30 days of the first week, and all of them later.
    public func window() -> DormancyWindow {
        let shares = returning()
        let counts = followedCounts()
        func result(
            _ outcome: DormancyWindow.Outcome, _ days: Int? = nil, _ judged: Int = 0, at length: Int? = nil
        ) -> DormancyWindow {
            DormancyWindow(
                outcome: outcome, days: days, spells: spells, silences: length.map { counts[$0] } ?? 0,
                returned: length.map { shares[$0] }, judgedDays: judged, knownFrom: first, knownTo: last)
        }
        guard spells >= rule.least else { return result(.few) }
        guard last - first > rule.horizon else { return result(.short) }
        let judged = (1..<shares.count).last { counts[$0] >= rule.least }
        guard let judged else { return result(.few) }
        var days: Int?
        for length in stride(from: judged, through: 1, by: -1) {
            // What a share of exactly α is must not hang on the last bit of a division.
            guard shares[length] <= rule.risk + 1e-9 else { break }
            days = length
        }
        guard let days else { return result(.returns, nil, judged, at: judged) }
        return result(.calibrated, days, judged, at: days)
    }

    /// What a window would have done on days in the past: one figure for all of them together.
    public func backTest(_ window: Int) -> BackTest {
        tests.reduce(BackTest(window: window)) { $0.adding($1.counts(window)) }
    }

    /// The same, day by day.
    public func backTestDays(_ window: Int) -> [(day: Int, test: BackTest)] {
        tests.filter { $0.day - first >= window }.map { ($0.day, $0.counts(window)) }
    }
}

/// After how many days without a sign-on somebody has stopped using an app, or why nobody can say.
public struct DormancyWindow: Sendable, Equatable {
    /// What came of the calibration.
    public enum Outcome: String, Sendable {
        /// There is a window.
        case calibrated
        /// Too few silences are known.
        case few
        /// The days that are known do not reach as far as a window and its horizon.
        case short
        /// People come back even after the longest silences that are known: sessions last long, or use is seasonal.
        case returns
    }

    /// What came of it.
    public let outcome: Outcome
    /// The window; nil where nobody can say.
    public let days: Int?
    /// Silences that were looked at.
    public let spells: Int
    /// How many of them lasted as long as the window, and are known for 30 days behind it.
    public let silences: Int
    /// The share of those that ended within 30 days, estimated by Kaplan and Meier.
    public let returned: Double?
    /// The longest silence that enough silences tell of.
    public let judgedDays: Int
    /// The first day that is known, since 1970.
    public let knownFrom: Int
    /// The last day that is known whole.
    public let knownTo: Int

    /// A window; see the properties.
    public init(
        outcome: Outcome, days: Int?, spells: Int, silences: Int, returned: Double?, judgedDays: Int, knownFrom: Int,
        knownTo: Int
    ) {
        self.outcome = outcome
        self.days = days
        self.spells = spells
        self.silences = silences
        self.returned = returned
        self.judgedDays = judgedDays
        self.knownFrom = knownFrom
        self.knownTo = knownTo
    }

    /// Why there is a window of this length, or none, in one sentence.
    public var reason: String {
        let known = knownTo - knownFrom + 1
        switch outcome {
        case .calibrated:
            return "After \(days ?? 0) days without a sign-on, \(percent) of \(silences) silences ended within 30 days."
        case .few:
            return
                "Only \(spells) silences between sign-ons are known, of which too few are long enough: 50 are needed to "
                + "tell after how long somebody has stopped."
        case .short:
            return "Sign-ons of \(known) days are known: a window and the 30 days behind it have to fit into them."
        case .returns:
            return
                "People come back even after \(judgedDays) days (\(percent) within 30 more): sessions last long or use "
                + "is seasonal, and \(known) known days are too few for a longer window."
        }
    }

    private var percent: String {
        let tenths = Int(((returned ?? 0) * 1000).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }
}

/// What a window would have done in the past: whom it had called dormant, and who of them came back.
///
/// Each horizon has its own denominator: a day counts for it only where so many days behind it are known.
public struct BackTest: Sendable, Equatable {
    /// The window in days.
    public let window: Int
    /// Who had been called dormant on days with 30 known days behind them.
    public var dormant30 = 0
    /// Who of them came back within 30 days.
    public var back30 = 0
    /// The same of 60 days.
    public var dormant60 = 0
    /// Who of them came back within 60 days.
    public var back60 = 0
    /// The same of 90 days.
    public var dormant90 = 0
    /// Who of them came back within 90 days.
    public var back90 = 0

    /// Nobody yet.
    public init(window: Int) { self.window = window }

    func adding(_ other: BackTest) -> BackTest {
        var sum = self
        sum.dormant30 += other.dormant30
        sum.back30 += other.back30
        sum.dormant60 += other.dormant60
        sum.back60 += other.back60
        sum.dormant90 += other.dormant90
        sum.back90 += other.back90
        return sum
    }
}

/// One day in the past on which windows are tried: everybody's silence on it, and who came back.
struct BackTestDay: Sendable {
    let day: Int
    private let first: Int
    private let last: Int
    /// By length of silence on the day.
    private var silent: [Int]
    private var back: [[Int]]

    /// At most this many days are tried, thirty days apart.
    private static let most = 12
    private static let horizons = [30, 60, 90]

    static func days(from first: Int, to last: Int) -> [BackTestDay] {
        (1...most).map { last - 30 * $0 }.filter { $0 > first }.map { BackTestDay($0, from: first, to: last) }
    }

    private init(_ day: Int, from first: Int, to last: Int) {
        self.day = day
        self.first = first
        self.last = last
        silent = [Int](repeating: 0, count: day - first + 1)
        back = Self.horizons.map { _ in [] }
        for position in back.indices { back[position] = silent }
    }

    mutating func note(_ begin: Int, next: Int?, end: Int) {
        guard begin <= day, next.map({ $0 > day }) ?? (end >= day) else { return }
        silent[day - begin] += 1
        guard let next else { return }
        for (position, horizon) in Self.horizons.enumerated() where next <= day + horizon {
            back[position][day - begin] += 1
        }
    }

    func counts(_ window: Int) -> BackTest {
        var test = BackTest(window: window)
        // Before a day so many known days have to lie, or everybody's silence would be as short as they are.
        guard day - first >= window else { return test }
        let dormant = silent[window...].reduce(0, +)
        func came(_ position: Int) -> Int { back[position][window...].reduce(0, +) }
        if day + 30 <= last { (test.dormant30, test.back30) = (dormant, came(0)) }
        if day + 60 <= last { (test.dormant60, test.back60) = (dormant, came(1)) }
        if day + 90 <= last { (test.dormant90, test.back90) = (dormant, came(2)) }
        return test
    }
}

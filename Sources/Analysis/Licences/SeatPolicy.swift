/// By which rules seats are judged: of the whole company, or of one app or licence.
public struct SeatPolicy: Sendable, Hashable {
    /// After how many days without a sign-in a seat is inactive; nil: as calibrated for the app, else `usualWindow`.
    public var windowDays: Int?
    /// For how many days a new seat is left alone.
    public var graceDays: Int
    /// A seat used in fewer of its whole months than this, in percent, is underused; 0: none is.
    public var underusedPercent: Int
    /// How many seats more than are used a right size has, in percent.
    public var bufferPercent: Int
    /// How much of the busiest month of twelve a right size covers, in percent.
    public var peakPercent: Int
    /// Seats that people who are to come will need.
    public var knownHires: Int
    /// A right size is rounded up to a multiple of this.
    public var roundTo: Int

    /// The window for money where none is calibrated or set.
    public static let usualWindow = 60
    /// A seat is called underused only when it could be watched for so many whole months.
    public static let fewestMonths = 3
    /// How many whole months underuse looks back.
    public static let mostMonths = 6

    /// Rules; see the properties.
    public init(
        windowDays: Int? = nil, graceDays: Int = 30, underusedPercent: Int = 30, bufferPercent: Int = 10,
        peakPercent: Int = 100, knownHires: Int = 0, roundTo: Int = 1
    ) {
        self.windowDays = windowDays
        self.graceDays = graceDays
        self.underusedPercent = underusedPercent
        self.bufferPercent = bufferPercent
        self.peakPercent = peakPercent
        self.knownHires = knownHires
        self.roundTo = roundTo
    }
}

/// What single sign-on can say about an app, as seats need it.
public struct SeatEvidence: Sendable, Hashable {
    /// `A` to `D`.
    public var grade: EvidenceGrade
    /// Why, in a sentence.
    public var reason: String
    /// The window that the app's own history was found to bear.
    public var calibratedDays: Int?

    /// Whether a silence means anything at all.
    public var isObservable: Bool { grade != .none }

    /// Evidence; see the properties.
    public init(_ grade: EvidenceGrade, reason: String = "", calibratedDays: Int? = nil) {
        self.grade = grade
        self.reason = reason
        self.calibratedDays = calibratedDays
    }
}

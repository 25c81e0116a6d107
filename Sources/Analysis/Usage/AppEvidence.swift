public import Directory

/// What single sign-on can say about the use of one app, and why.
public struct AppEvidence: Sendable, Equatable {
    /// The key in the store.
    public let appKey: Int64
    /// Okta's id.
    public let appID: String
    /// How good the evidence is. `.none` is *no data*: nobody's seat is ever called unused by it.
    public let grade: EvidenceGrade
    /// Why, in one sentence.
    public let reason: String
    /// After how many days without a sign-on somebody counts as dormant, as calibrated from the app's own history; nil
    /// where nobody can say, and a default window applies.
    public let windowDays: Int?
    /// When the window was calibrated, or the last attempt was made; nil before the first.
    public let calibratedOn: Timestamp?

    /// The evidence about an app; see the properties.
    public init(
        appKey: Int64, appID: String, grade: EvidenceGrade, reason: String, windowDays: Int? = nil,
        calibratedOn: Timestamp? = nil
    ) {
        self.appKey = appKey
        self.appID = appID
        self.grade = grade
        self.reason = reason
        self.windowDays = windowDays
        self.calibratedOn = calibratedOn
    }

    /// The window where nobody calibrated one: what others use for money.
    public static let defaultWindow = 60

    /// The window that applies: the calibrated one, or else a default.
    public func window(orElse days: Int = defaultWindow) -> Int { windowDays ?? days }
}

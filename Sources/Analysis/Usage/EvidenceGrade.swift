/// What single sign-on can say about the use of an app at all.
///
/// Source of the grades: an app is observable where Okta logs a sign-on each time somebody opens it.
public enum EvidenceGrade: String, Sendable, Comparable, CaseIterable {
    /// The app's own record of activity was imported.
    case direct = "A"
    /// Sign-ons are seen, and often enough to tell after how long a silence somebody has stopped.
    case observed = "B"
    /// Sign-ons are seen, but sessions last too long or are too few to judge a silence.
    case coarse = "C"
    /// Nobody signs in through Okta in a way that tells: no data, which is never the same as unused.
    case none = "D"

    /// The best evidence comes first.
    public static func < (left: EvidenceGrade, right: EvidenceGrade) -> Bool { left.rawValue < right.rawValue }
}

/// How Muster knows an end of an interval.
public enum Evidence: Int64, Sendable {
    /// Okta's own date on the object.
    case oktaDate = 1
    /// A System Log event.
    case logEvent = 2
    /// Seen between two syncs: the true moment lies between them, the later one is recorded.
    case betweenSyncs = 3
    /// Already so when Muster first looked: the true moment lies before.
    case firstSight = 4
    /// Already so when the System Log began: the true moment lies before.
    case beforeLog = 5

    /// As printed in lists and exports: `okta`, `log`, `between syncs`, `first sight`, `before log`.
    public var text: String {
        switch self {
        case .oktaDate: "okta"
        case .logEvent: "log"
        case .betweenSyncs: "between syncs"
        case .firstSight: "first sight"
        case .beforeLog: "before log"
        }
    }
}

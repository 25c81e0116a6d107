public import Directory

/// A connected Okta tenant.
public struct Integration: Sendable, Equatable {
    /// Muster's own id, unique in its workspace.
    public let id: Int64
    /// The name its admin gave it; the org's subdomain unless told otherwise.
    public let name: String
    /// `https://acme.okta.com`: the one host its credential is ever sent to.
    public let baseURL: String
    /// Okta's id of the org.
    public let orgID: String
    /// `idx` (Identity Engine) or `v1` (Classic); nil when Okta did not say.
    public let pipeline: String?
    /// Whom to ask about it.
    public let contact: String?
    /// `apiToken`, `privateKey` or `clientSecret`.
    public let credentialKind: String
    /// When it was connected.
    public let createdAt: Timestamp
    /// When it was disconnected; its data stays readable.
    public let disconnectedAt: Timestamp?
    /// When Okta last answered: an SSWS token dies 30 days after.
    public let lastCallAt: Timestamp?
    /// What stands in the way of the next sync.
    public let problem: RecordedProblem?
    /// How often the server syncs it by itself.
    public let schedule: SyncSchedule

    /// Days until an unused SSWS token dies; nil for other credentials, which do not.
    ///
    /// Source: Okta expires a token after 30 days without use; every call begins the window again.
    public func tokenDaysLeft(at now: Timestamp) -> Int? {
        guard credentialKind == "apiToken" else { return nil }
        let idle = (now.seconds - (lastCallAt ?? createdAt).seconds) / 86_400
        return max(0, 30 - Int(idle))
    }
}

/// A problem as a run or an integration remembers it.
public struct RecordedProblem: Sendable, Equatable {
    /// Stable id.
    public let id: String
    /// What happened.
    public let title: String
    /// What to do.
    public let remedy: String

    /// A problem; see the properties.
    public init(id: String, title: String, remedy: String) {
        self.id = id
        self.title = title
        self.remedy = remedy
    }

    /// Whether somebody stopped the work: nothing failed.
    public var isCancellation: Bool { id.hasSuffix(".cancelled") }
}

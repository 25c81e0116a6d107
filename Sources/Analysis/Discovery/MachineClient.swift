public import Directory

/// A program that speaks to the tenant by an API token of an administrator.
public struct MachineClient: Sendable, Identifiable {
    /// Okta's id of the token.
    public let id: String
    /// What the token is called.
    public let name: String
    /// The program that made it, as Okta names it.
    public let client: String?
    /// Okta's id of whose rights it has; nil when nobody knows.
    public let ownerID: String?
    /// The login of that person.
    public let ownerLogin: String?
    /// The status of that person.
    public let ownerStatus: String?
    /// When it was made.
    public let created: Timestamp?
    /// When it was used last, as Okta tells.
    public let lastUsed: Timestamp?
}

/// Who opens Okta's admin console, by the log.
public struct ConsoleVisits: Sendable, Equatable {
    /// How many people did within the 90 days before the moment.
    public let people: Int
    /// How often.
    public let visits: Int
    /// When last.
    public let last: Timestamp?
}

public import Directory

/// One person with everything a page or `show user` tells besides the lists.
public struct UserDetail: Sendable {
    /// The key in the store, for lists of this person's things.
    public let key: Int64
    /// The integration the person comes from.
    public let integrationID: Int64
    /// The person as Okta has them at the moment.
    public let user: User
    /// How many apps they have; nil when nobody could read that.
    public let appCount: Int?
    /// How many groups they are in, `Everyone` not counted; nil where nobody could read that, or nobody knows of the moment.
    public let groupCount: Int?
    /// The last sign-in to any app; nil when none is known.
    public let lastSignIn: Timestamp?
    /// Sign-ins to apps in the 30 days before the moment; nil when the System Log could not be read.
    public let signIns30: Int?
    /// Sign-ins to apps in the 90 days before the moment; nil when the System Log could not be read.
    public let signIns90: Int?
    /// Sign-ins by month, oldest first: the last twelve.
    public let months: [MonthCount]
    /// Admin roles held at the moment; nil when nobody could read whether there are any.
    public let roles: [HeldRole]?
    /// Enrolled factors; nil when nobody read them, or nobody can tell whether there were any at the moment.
    public let factors: [Factor]?
    /// When the factors were read last.
    public let factorsReadAt: Timestamp?
    /// The first reading that is known of, where it lies after the moment: what had ended before is not known.
    public let factorsReadSince: Timestamp?
    /// What was true when up to the moment, newest first.
    public let history: [UserInterval]
    /// What could not be read of all this, and why.
    public let unread: [Unread]
}

/// A number of sign-ins in one month.
public struct MonthCount: Sendable, Equatable {
    /// `2025-03`.
    public let month: String
    /// Sign-ins in it; nil for months before the log that Muster could read begins.
    public let count: Int?
}

/// An admin role as one holder has it.
public struct HeldRole: Sendable {
    /// `SUPER_ADMIN`, …
    public let type: String
    /// The name people see.
    public let label: String
    /// `USER`, `GROUP` or `CLIENT`.
    public let assignmentType: String
    /// The group it comes through; nil when it is held directly.
    public let viaGroup: String?
    /// `ACTIVE` or `INACTIVE`.
    public let status: String
    /// Since when.
    public let since: Timestamp
    /// How Muster knows since when.
    public let evidence: Evidence
}

/// One stretch of a person's history in which nothing Muster keeps changed.
public struct UserInterval: Sendable {
    /// From when.
    public let from: Timestamp
    /// Until when; nil: still so.
    public let to: Timestamp?
    /// How Muster knows the beginning.
    public let evidence: Evidence
    /// Okta's status in it.
    public let status: String
    /// The department in it.
    public let department: String?
    /// The title in it.
    public let title: String?
    /// The manager in it.
    public let manager: String?
}

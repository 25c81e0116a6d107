public import Directory
public import Storage

/// Everything Muster knows of one person's leaving, as of a moment: what they had, and what became of it.
public struct LeaverFacts: Sendable {
    /// Who.
    public var person: LeaverPerson
    /// When they left.
    public var end: LeaverEnd
    /// Whether the apps they had when they left are known: the log and the syncs reach back to it, and assignments were
    /// readable.
    public var isPastKnown: Bool
    /// Whether the apps they have at the moment are known.
    public var isPresentKnown: Bool
    /// Apps they had when they left, or have now.
    public var apps: [LeaverApp]
    /// Apps of which nobody could read who has them.
    public var unreadApps: [String]
    /// Groups they are in, or were in when they left; nil when nobody could read memberships.
    public var groups: [LeaverHolding]?
    /// Admin roles of their own and through groups; nil when nobody could read roles.
    public var roles: [LeaverHolding]?
    /// API tokens they made; nil when nobody could read tokens.
    public var tokens: [LeaverHolding]?
    /// People whose manager they are.
    public var reports: [LeaverReport]
    /// Contracts they own.
    public var owned: [LeaverHolding]
    /// The last thing they did after they should have; nil when nothing is known of any.
    public var activityAfter: Timestamp?
    /// Whether the log tells of the time after they left.
    public var isActivityKnown: Bool
}

/// Who a leaver is.
public struct LeaverPerson: Sendable {
    /// The key in the store.
    public var key: Int64
    /// Okta's id.
    public var id: String
    /// What they sign in with.
    public var login: String
    /// Their e-mail address.
    public var email: String?
    /// Their first name.
    public var firstName: String?
    /// Their last name.
    public var lastName: String?
    /// Okta's status at the moment; empty when Okta no longer has them.
    public var status: String
    /// The department.
    public var department: String?
    /// The title.
    public var title: String?
    /// The manager as the profile names them.
    public var manager: String?
    /// The employee number.
    public var employeeNumber: String?
    /// The last sign-in to Okta that is known.
    public var lastLogin: Timestamp?

    /// Their name, or what else tells them apart.
    public var name: String {
        let name = [firstName, lastName].compactMap(\.self).joined(separator: " ")
        return name.isEmpty ? (login.isEmpty ? id : login) : name
    }
}

/// One app of a leaver.
public struct LeaverApp: Sendable, Equatable {
    /// The key in the store.
    public var key: Int64
    /// Okta's id.
    public var id: String
    /// Its name.
    public var label: String
    /// How Okta signs in to it.
    public var signOnMode: String?
    /// Whether Okta takes the account away by itself.
    public var way: RemovalWay
    /// Why.
    public var why: String
    /// `USER`, `GROUP`, or empty when nobody knows.
    public var scope: String
    /// Since when they have it, or had it last.
    public var from: Timestamp
    /// Whether they had it when they left.
    public var hadThen: Bool
    /// When the assignment ended; nil while it lasts.
    public var endedAt: Timestamp?
    /// How Muster knows that it ended.
    public var endEvidence: Evidence?
    /// The run that saw it gone.
    public var endRun: Int64?
    /// The last sign-in to it that is known.
    public var lastUse: Timestamp?

    /// Whether it is still assigned.
    public var isPresent: Bool { endedAt == nil }
}

/// A group, role, token or contract of a leaver.
public struct LeaverHolding: Sendable, Equatable {
    /// Okta's id, or what else names it.
    public var id: String
    /// Its name.
    public var label: String
    /// More about it: the group a role comes through.
    public var detail: String?
    /// Since when, as far as is known.
    public var from: Timestamp?
    /// When it ended; nil while it lasts.
    public var endedAt: Timestamp?
    /// How Muster knows that it ended.
    public var endEvidence: Evidence?
    /// The run that saw it gone.
    public var endRun: Int64?

    /// Whether they still have it.
    public var isPresent: Bool { endedAt == nil }
}

/// Somebody whose manager has left.
public struct LeaverReport: Sendable, Equatable {
    /// Okta's id.
    public var id: String
    /// Their name.
    public var name: String
    /// What they sign in with.
    public var login: String
    /// What in the profile names the leaver: an id or a login, or a name alone, which two people may have.
    public var isByName: Bool
}

/// What is counted and how, for whoever reads the numbers.
public enum LeaverRules {
    /// How long before the deactivation an assignment may have ended because of it, in seconds: an hour.
    public static let lead: Int64 = 3600
    /// Hours from the deactivation to the last removal, unless a workspace says otherwise.
    public static let usualHours = 24
    /// The most days that an upcoming end lies ahead.
    public static let ahead: Int32 = 90
}

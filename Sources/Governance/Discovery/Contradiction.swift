/// What people decided about a service, and what is so, do not agree.
public struct Contradiction: Sendable, Equatable {
    /// Okta's id of the service.
    public let appID: String
    /// Which rule found it.
    public let rule: Rule
    /// What is so, with its number: `Blocked, but 14 sign-ins by 3 people since 2026-03-03`.
    public let sentence: String
    /// Where its rows are.
    public let rows: Rows

    /// Where the rows of a contradiction are.
    public enum Rows: Sendable, Equatable {
        /// The people who have the service.
        case people
        /// What was decided about it.
        case decisions
        /// A person.
        case person(String)
        /// A contract.
        case contract(Int64)
        /// Another service.
        case service(String)
    }

    /// What is looked for.
    public enum Rule: String, Sendable, CaseIterable {
        /// Blocked, and people sign in.
        case blockedInUse = "blocked_in_use"
        /// Retired, and people sign in.
        case retiredInUse = "retired_in_use"
        /// Blocked or retired, and people still have it.
        case stillAssigned = "still_assigned"
        /// Sanctioned, and nobody answers for it.
        case noOwner = "sanctioned_without_owner"
        /// An owner left the company.
        case ownerLeft = "owner_left"
        /// An owner is nobody of the tenant.
        case ownerUnknown = "owner_unknown"
        /// On its way out, and its contract renews by itself.
        case renews = "retired_renews"
        /// Tolerated, and it costs money.
        case toleratedWithSpend = "tolerated_with_spend"
        /// What people should use instead is blocked, on its way out or gone.
        case alternativeClosed = "alternative_closed"

        /// Whether somebody should act now.
        public var isUrgent: Bool {
            switch self {
            case .blockedInUse, .retiredInUse, .ownerLeft, .renews: true
            case .stillAssigned, .noOwner, .ownerUnknown, .toleratedWithSpend, .alternativeClosed: false
            }
        }

        /// What the rule says, for who reads how a number is made.
        public var explanation: String {
            switch self {
            case .blockedInUse:
                "A blocked service with a successful sign-in after the decision. Sign-ins are kept by day: of the day of the "
                    + "decision only the last sign-in of each person counts, and only if it is later."
            case .retiredInUse: "A retired service with a successful sign-in after the decision, counted the same way."
            case .stillAssigned: "A blocked or retired service that is switched on in Okta and assigned to somebody."
            case .noOwner: "A sanctioned service without an owner."
            case .ownerLeft:
                "An owner, backup owner or finance owner whose account is deactivated, or gone from the tenant."
            case .ownerUnknown: "An owner, backup owner or finance owner whose login nobody of the tenant has."
            case .renews:
                "A blocked, retiring or retired service with a contract in force that renews by itself on or after the day "
                    + "that is looked at."
            case .toleratedWithSpend: "A tolerated service with money spent on it, or with a contract in force."
            case .alternativeClosed:
                "A service whose alternative is blocked, retiring, retired, or gone from Okta's list."
            }
        }
    }
}

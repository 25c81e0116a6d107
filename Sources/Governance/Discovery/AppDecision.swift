public import Directory

/// One decision about a service, and how long it held.
public struct AppDecision: Sendable, Equatable {
    /// Okta's id of the service.
    public let appID: String
    /// What was decided.
    public let state: AppState
    /// Why.
    public let reason: String
    /// Okta's id of what people should use instead.
    public let alternative: String?
    /// Who decided.
    public let actor: String
    /// When.
    public let from: Timestamp
    /// When the next decision took its place; nil while it holds.
    public let to: Timestamp?
}

/// Who is responsible for a service, and how long that was so.
public struct AppOwners: Sendable, Equatable {
    /// Okta's id of the service.
    public let appID: String
    /// Who answers for it.
    public let owner: Owner?
    /// Who does when the owner cannot.
    public let backup: Owner?
    /// Who answers for its money.
    public let finance: Owner?
    /// The department it belongs to.
    public let department: String?
    /// Who said so.
    public let actor: String
    /// Since when.
    public let from: Timestamp
    /// Until when; nil while it is so.
    public let to: Timestamp?

    /// A person, or the name of one that Okta does not know.
    public struct Owner: Sendable, Equatable {
        /// The login, or what was written.
        public let name: String
        /// Okta's id; nil when nobody of the tenant has that login.
        public let id: String?
    }

    /// The three, each with what it is.
    public var all: [(role: String, owner: Owner)] {
        [("owner", owner), ("backup owner", backup), ("finance owner", finance)].compactMap { role, owner in
            owner.map { (role: role, owner: $0) }
        }
    }
}

/// What people call a service, in place of what the catalogue says, and what they noted.
public struct AppFacts: Sendable, Equatable {
    /// The name; nil: as the label says.
    public var name: String?
    /// The category's id; nil: as the catalogue says.
    public var category: String?
    /// A note.
    public var note: String?

    /// Facts; see the properties.
    public init(name: String? = nil, category: String? = nil, note: String? = nil) {
        self.name = name
        self.category = category
        self.note = note
    }
}

/// Owners as somebody wrote them: nil leaves one as it is, an empty text takes it away.
public struct OwnersRequest: Sendable {
    /// Who answers for it: a login or Okta's id.
    public var owner: String?
    /// Who does when the owner cannot.
    public var backup: String?
    /// Who answers for its money.
    public var finance: String?
    /// The department it belongs to.
    public var department: String?

    /// A request; see the properties.
    public init(owner: String? = nil, backup: String? = nil, finance: String? = nil, department: String? = nil) {
        self.owner = owner
        self.backup = backup
        self.finance = finance
        self.department = department
    }

    /// Whether it asks for nothing.
    public var isEmpty: Bool { owner == nil && backup == nil && finance == nil && department == nil }
}

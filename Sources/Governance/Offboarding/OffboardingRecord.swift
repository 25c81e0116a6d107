public import Analysis
public import Directory

/// What people decided about one leaver's case as a whole.
public struct OffboardingRecord: Sendable, Equatable {
    /// Okta's id of the person.
    public var userID: String
    /// When it was first touched.
    public var openedAt: Timestamp
    /// By whom.
    public var openedBy: String
    /// Whether a person opened it, rather than Okta or the roster.
    public var isManual: Bool
    /// Who looks after it.
    public var owner: String?
    /// By which day it should be done, counted from 1970.
    public var dueOn: Int32?
    /// A note.
    public var note: String?
    /// When a person closed it.
    public var closedAt: Timestamp?
    /// Who did.
    public var closedBy: String?
    /// How many items were open then.
    public var closedOpen: Int?
    /// The checklist as it was then, as lines of CSV.
    public var record: String?
}

/// What people decided about one item.
public struct ItemDecision: Sendable, Equatable {
    /// Which item.
    public var key: LeaverItem.Key
    /// What it was called when it was decided on.
    public var label: String
    /// Who is to do it.
    public var owner: String?
    /// By which day, counted from 1970.
    public var dueOn: Int32?
    /// A note.
    public var note: String?
    /// How it is known to be done: words, or a link.
    public var evidence: String?
    /// When a person closed it; nil while it is open.
    public var closedAt: Timestamp?
    /// Who did.
    public var closedBy: String?
}

/// One line of a case's history: what somebody did.
public struct OffboardingEvent: Sendable, Equatable {
    /// When.
    public var at: Timestamp
    /// Who.
    public var actor: String
    /// What: `open`, `save`, `close`, `reopen`, `close-case`, `reopen-case`.
    public var action: String
    /// What it was done to; nil for the case as a whole.
    public var label: String?
    /// More about it.
    public var detail: String?
}

/// One line of the checklist: what is seen of a thing, what was decided, and what follows.
public struct ChecklistItem: Sendable, Equatable {
    /// How an item stands.
    public enum State: Sendable, Equatable {
        /// Nobody did anything yet.
        case open
        /// A person closed it, and it is open again, for this reason.
        case openAgain(String)
        /// A person closed it.
        case closed(by: String, at: Timestamp)
        /// It was seen to end; nil: it is no longer seen, and nobody noted when it ended.
        case observed(at: Timestamp?, how: String)

        /// Whether something is left to do.
        public var isOpen: Bool {
            switch self {
            case .open, .openAgain: true
            case .closed, .observed: false
            }
        }
    }

    /// What is seen.
    public let item: LeaverItem
    /// What was decided.
    public let decision: ItemDecision?
    /// What follows.
    public let state: State
}

/// One leaver's case: what is known and what was decided.
public struct OffboardingCase: Sendable {
    /// What is known.
    public let facts: LeaverFacts
    /// What was decided about the case; nil while nobody touched it.
    public let record: OffboardingRecord?
    /// The checklist.
    public let items: [ChecklistItem]
    /// What people did, newest first.
    public let events: [OffboardingEvent]
    /// The hours that are allowed from the end to the last removal.
    public let slaHours: Int
    /// Whether something is left to do, and nobody closed the case as it is.
    public let isOpen: Bool

    /// What is left to do.
    public var openItems: Int { items.count(where: \.state.isOpen) }
}

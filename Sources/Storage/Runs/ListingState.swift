public import Directory

/// One walk of one listing: a list of Okta read page by page, with the checkpoint that lets it go on.
public struct ListingState: Sendable {
    /// Which list: `users`, `groups`, `group_users`, …
    public let stage: String
    /// The group, app or user whose list it is; 0 for lists of the whole tenant.
    public let subject: Int64
    /// How far it is.
    public var progress: Progress
    /// Where the next page begins; nil at the beginning.
    public var cursor: String?
    /// Pages written.
    public var pages: Int
    /// Records written.
    public var items: Int
    /// What was seen, to know at the end what is missing.
    public var seen: SeenKeys
    /// Whether rows of this listing may have been open before the walk began. Known afresh at each start.
    public var hasPrior: Bool
    /// Why it could not be read, where it could not.
    public var coverage: Coverage?

    /// A listing that has not begun.
    public init(stage: String, subject: Int64 = 0) {
        self.stage = stage
        self.subject = subject
        progress = .pending
        pages = 0
        items = 0
        seen = SeenKeys()
        hasPrior = true
    }

    /// How far a walk is.
    public enum Progress: Int64, Sendable {
        /// Waits for its first page.
        case pending = 0
        /// Some pages are written.
        case walking = 1
        /// Every page is written and what was missing is closed.
        case complete = 2
        /// Okta would not let it be read; see `coverage`.
        case unreadable = 3
        /// The subject vanished while the run was on.
        case gone = 4
        /// Read whole, but closing what was missing waits for a person.
        case held = 5
        /// Read from the other side in this run: see `RunChoice`.
        case setAside = 6
    }

    /// Begins again from the first page: what earlier pages wrote stays, and must be seen once more to stay open.
    public mutating func restart() {
        cursor = nil
        hasPrior = true
        seen = SeenKeys()
    }
}

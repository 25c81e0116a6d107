/// One event of Okta's System Log, cut to what Muster keeps.
///
/// Source: `GET /api/v1/logs`. Events are unique by `uuid`; `published` orders them.
public struct SystemLogEvent: Sendable, Equatable {
    /// The type of a sign-on to an app. Okta writes it for failed ones too, which are never usage.
    public static let signOn = "user.authentication.sso"

    /// Unique for ever: what events are deduplicated by.
    public var uuid: String
    /// When it happened, to the millisecond.
    public var published: Timestamp
    /// `user.authentication.sso`, …
    public var eventType: String
    /// `SUCCESS`, `FAILURE`, …; nil when Okta sent none.
    public var result: String?
    /// The id of who did it.
    public var actorID: String?
    /// What kind of thing did it: `User`, `SystemPrincipal`, `PublicClientApp`, …
    public var actorType: String?
    /// The actor's name at the time.
    public var actorName: String?
    /// What it was done to.
    public var targets: [Target]
    /// What the event tells besides: of a change of admin privileges, all that are held after it.
    public var detail: String?

    /// An event; see the properties.
    public init(uuid: String, published: Timestamp, eventType: String, targets: [Target] = []) {
        self.uuid = uuid
        self.published = published
        self.eventType = eventType
        self.targets = targets
    }

    /// Something an event was done to. Search targets by `type`, never by position.
    public struct Target: Sendable, Equatable {
        /// The id of the thing.
        public var id: String
        /// `AppInstance`, `AppUser`, `User`, `UserGroup`, …
        public var type: String
        /// Its name at the time.
        public var displayName: String?
        /// What a person signed in with at the time; nil for anything else.
        public var login: String?

        /// A target; see the properties.
        public init(id: String, type: String, displayName: String? = nil, login: String? = nil) {
            self.id = id
            self.type = type
            self.displayName = displayName
            self.login = login
        }
    }
}

/// The tenant itself.
///
/// Source: `GET /.well-known/okta-organization`, which needs no credential.
public struct Organization: Sendable, Equatable {
    /// Okta's id of the org (`00o…`).
    public var id: String
    /// `idx` (Identity Engine) or `v1` (Classic).
    public var pipeline: String?

    /// An org; see the properties.
    public init(id: String, pipeline: String? = nil) {
        self.id = id
        self.pipeline = pipeline
    }
}

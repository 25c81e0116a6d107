public import Directory

/// Something that a System Log event touched and that is to be read again: a user, a person's place in a group, the people
/// of an app, …
public struct LogMark: Sendable, Equatable {
    /// What kind of thing is to be read again.
    public let kind: Kind
    /// The user, group or app; 0 for lists of the whole tenant.
    public let subject: Int64
    /// The person or group on its list; 0 for all of the list.
    public let object: Int64
    /// When the newest event came that began it.
    public let addedAt: Timestamp?
    /// When the newest event came that ended it. Events that do neither count as both.
    public let removedAt: Timestamp?
    /// When the first of the events happened that wait for the reading.
    public let firstAt: Timestamp
    /// When the newest of them happened.
    public let lastAt: Timestamp
    /// Grows with each event.
    public let revision: Int64
    /// The Okta id of the subject; empty for the whole tenant.
    public let subjectID: String
    /// The Okta id of the object; empty for all.
    public let objectID: String

    /// A mark; see the properties.
    public init(
        kind: Kind, subject: Int64, object: Int64, addedAt: Timestamp?, removedAt: Timestamp?, firstAt: Timestamp,
        lastAt: Timestamp, revision: Int64, subjectID: String, objectID: String
    ) {
        self.kind = kind
        self.subject = subject
        self.object = object
        self.addedAt = addedAt
        self.removedAt = removedAt
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.revision = revision
        self.subjectID = subjectID
        self.objectID = objectID
    }

    /// What can be touched.
    public enum Kind: Int64, Sendable {
        /// A user's status and profile.
        case user = 1
        /// A group's own fields.
        case group = 2
        /// An app's own fields.
        case app = 3
        /// A group's member, or all of them.
        case membership = 4
        /// An app's user, or all of them.
        case assignment = 5
        /// A group that an app is assigned to, or all of them.
        case appGroup = 6
        /// A user's admin roles.
        case userRoles = 7
        /// A group's admin roles.
        case groupRoles = 8
        /// A user's factors.
        case factors = 9
        /// The API tokens of the tenant.
        case apiTokens = 10

        /// The kind behind a noun of counts and changes; nil where the log tells no date.
        /// What the lists of a noun are marked as; nil for what is not marked.
        public static func of(_ noun: String) -> Kind? {
            switch noun {
            case "users": .user
            case "groups": .group
            case "apps": .app
            case "memberships": .membership
            case "assignments": .assignment
            case "app_groups": .appGroup
            case "roles": .userRoles
            case "factors": .factors
            default: nil
            }
        }
    }
}

public import Directory

/// One beginning or end in the history of a person, a group or an app, with how and when Muster learned of it.
public struct TimelineEvent: Sendable {
    /// What began or ended.
    public enum Kind: Int64, Sendable {
        /// A version of the thing itself: its status, its name.
        case version = 1
        /// A membership of a group.
        case membership = 2
        /// A group that gives an app.
        case appGroup = 3
        /// An app that somebody has.
        case assignment = 4
        /// An admin role.
        case role = 5
    }

    /// What happened to it.
    public enum Edge: Int64, Sendable {
        /// It ended.
        case ended = 0
        /// It began.
        case began = 1
        /// It went on another way.
        case changed = 2
    }

    /// What it is about.
    public let kind: Kind
    /// What happened.
    public internal(set) var edge: Edge
    /// When.
    public let at: Timestamp
    /// How that is known.
    public let evidence: Evidence
    /// The run in which Muster learned it; nil when none is known.
    public let run: TimelineRun?
    /// The other end: the person, group or app that it is with.
    public internal(set) var other: TimelineName?
    /// How it came: `direct`, `via Engineers`; nil where that is no question.
    public internal(set) var path: String?
    /// The status, or the role.
    public internal(set) var word: String?
    /// What it was before, where it changed.
    public internal(set) var before: String?
    /// What else changed of the thing itself: `department: Sales → Finance`.
    public internal(set) var notes: [String] = []
}

/// A run that learned something.
public struct TimelineRun: Sendable, Equatable {
    /// Its number.
    public let id: Int64
    /// The integration it read.
    public let integration: String
    /// When it began.
    public let startedAt: Timestamp
}

/// The other end of an event.
public struct TimelineName: Sendable, Equatable {
    /// `user`, `group` or `app`.
    public let noun: String
    /// Okta's id.
    public let id: String
    /// The name, else the id.
    public let name: String
}

/// One page of a timeline, newest first.
public struct TimelinePage: Sendable {
    /// The events.
    public let events: [TimelineEvent]
    /// The cursor of the page with older ones; nil at the end.
    public let next: String?
}

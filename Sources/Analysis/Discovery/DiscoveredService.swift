public import Directory

/// A service that the company uses, as far as Okta tells: an app of its list, or one that only the log remembers.
public struct DiscoveredService: Sendable, Identifiable {
    /// Okta's id of the app.
    public let id: String
    /// The key in the store.
    public let key: Int64
    /// What Okta calls it; of an app that the list no longer shows, the name it had last.
    public let label: String
    /// The name Okta's catalogue has for it; empty where nobody knows.
    public let oktaName: String
    /// `SAML_2_0`, …; nil for directories and where nobody knows.
    public let signOnMode: String?
    /// Whether the list has it.
    public let standing: Standing
    /// Whether everybody may use it, so that nobody is assigned.
    public let isForEveryone: Bool
    /// What the shipped catalogue knows of it.
    public let entry: CatalogueEntry?
    /// How it was found there.
    public let method: CatalogueMethod?
    /// When anything first told of it: Okta's date of its making, else the first sign-in, assignment or consent.
    public let firstSeen: Timestamp?
    /// When somebody last signed in to it or let it act for them.
    public let lastSeen: Timestamp?
    /// When it left the list, as far as that is known.
    public let goneSince: Timestamp?
    /// How many people it is assigned to; nil when that could not be read.
    public let assigned: Int?
    /// How many people signed in within the 30 days before the moment; nil where nobody can tell.
    public let active30: Int?
    /// How many people signed in within the 90 days before the moment; nil where nobody can tell.
    public let active90: Int?
    /// How many departments those are of.
    public let departments90: Int?
    /// Who let it act for them; nil when nobody did, as far as the log tells.
    public let consents: Consents?
    /// What told of it.
    public let sources: [Source]

    /// Where a service stands in Okta.
    public enum Standing: String, Sendable {
        /// In the list, switched on.
        case active = "ACTIVE"
        /// In the list, switched off.
        case inactive = "INACTIVE"
        /// Not in the list any more, or never seen there.
        case gone = "GONE"
    }

    /// What told of a service.
    public enum Source: String, Sendable, CaseIterable {
        /// Okta's list of apps.
        case list = "apps"
        /// Somebody had it.
        case assignments
        /// Somebody signed in to it.
        case signIns = "sign-ins"
        /// Somebody let it act for them.
        case consents
    }

    /// Who let an app act for them, as the log tells.
    public struct Consents: Sendable, Equatable {
        /// How many people did.
        public var people: Int
        /// Whether an administrator did for everybody.
        public var byAdmin: Bool
        /// What it may do: the scopes, in order.
        public var scopes: [String]
        /// When somebody first did.
        public var first: Timestamp
        /// When somebody last did.
        public var last: Timestamp

        /// Scopes of Okta's own API among them: with these it reads or changes the directory.
        public var oktaScopes: [String] { scopes.filter { $0.hasPrefix("okta.") } }
    }

    /// Whether it is part of Okta itself: its consoles, dashboard and plugin.
    public var isOktasOwn: Bool {
        ["saasure", "okta_enduser", "okta_browser_plugin", "okta_flow_sso", "okta_iga_reviewer"].contains(oktaName)
            || oktaName.hasPrefix("okta_access_requests")
    }

    /// Whether sign-ins tell of its use at all: a bookmark is opened without one, and nobody signs in to a directory.
    public var isObservable: Bool { signOnMode != nil && signOnMode != "BOOKMARK" || (active90 ?? 0) > 0 }

    /// Whether it can be compared with others of its category: something people use, and not only a way to a page.
    public var canOverlap: Bool {
        standing == .active && signOnMode != nil && signOnMode != "BOOKMARK" && !isOktasOwn
    }
}

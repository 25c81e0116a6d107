public import Directory

/// A resource of a tenant that Muster could not read: what every answer built on it says instead of "none".
public struct Unread: Sendable, Equatable {
    /// The name of the integration.
    public let integration: String
    /// What was not read.
    public let resource: Resource
    /// Why.
    public let reason: Reason
    /// When it was read last: what is shown is from then. Nil when it never was, so that nobody can say "none".
    public let lastRead: Timestamp?
    /// Whether the workspace has no other integration, so that nobody needs to be told which.
    let isOnly: Bool

    /// Why a resource was not read.
    public enum Reason: Sendable, Equatable {
        /// Okta did not let it be read, and why.
        case refused(Coverage)
        /// Okta did not let the list be read that it is asked by.
        case behind(Resource, Coverage)
        /// It was refused, and may be read since: the next sync does.
        case nextSync
        /// Nobody has synced the tenant.
        case neverSynced
        /// The first sync of the tenant is not at its end.
        case unfinished
        /// The first sync had not come to its end by the time of the belief that is asked about.
        case notYet
        /// It was first read later than the date that is asked about.
        case readLater(Timestamp)
    }

    /// Whether there is nothing to show in its place.
    public var isHidden: Bool { lastRead == nil }

    /// What happened, in one sentence.
    public var sentence: String {
        let what = resource.title + (isOnly ? "" : " of \(integration)")
        let isOne = resource == .logs
        let verb = isOne ? "was" : "were"
        let since = lastRead.map { " since \($0.date)" } ?? ""
        let rest = lastRead == nil ? "" : " What is shown is what was so then."
        switch reason {
        case .neverSynced: return "\(integration) was never synced."
        case .notYet: return "Nothing of \(integration) had been read by then."
        case .unfinished: return "The first sync of \(integration) has not finished."
        case .refused(let coverage):
            return "\(what) \(verb) not read\(since): \(Self.because(coverage, isOne ? "it" : "them")).\(rest)"
        case .behind(let list, let coverage):
            let why = Self.because(coverage, "the list of \(list.title.lowercased())")
            return "\(what) \(verb) not read\(since): \(why).\(rest)"
        case .nextSync:
            return "\(what) \(verb) not read yet\(since): Okta refused \(isOne ? "it" : "them") before.\(rest)"
        case .readLater(let first):
            return "\(what) of that date \(isOne ? "is" : "are") not known: read first on \(first.date)."
        }
    }

    /// What whoever sits at a command line does about it; empty when there is nothing to be done.
    public var nextStep: String {
        let name = isOnly ? "" : " \(integration)"
        return switch reason {
        case .neverSynced, .unfinished, .nextSync: "Run `muster sync\(name)`."
        case .refused(.forbidden), .behind(_, .forbidden): "`muster check\(name)` says what to grant."
        case .refused, .behind, .readLater, .notYet: ""
        }
    }

    /// One line for each thing that is to be said, in order.
    public static func lines(_ unread: [Unread]) -> [String] {
        var lines: [String] = []
        for one in unread {
            let line = [one.sentence, one.nextStep].filter { !$0.isEmpty }.joined(separator: " ")
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }

    private static func because(_ coverage: Coverage, _ what: String) -> String {
        switch coverage {
        case .forbidden(let code): "Okta refused \(what) (403 \(code))"
        case .unavailable("E0000015"): "the tenant does not have the feature (401 E0000015)"
        case .unavailable(let code): "Okta did not give \(what) (\(code))"
        case .readable, .notTried: "nobody asked for \(what)"
        }
    }
}

extension [Unread] {
    /// Whether nothing of a resource was read anywhere, so that an empty answer is not "none".
    public func hides(_ resource: Resource) -> Bool { contains { $0.resource == resource && $0.isHidden } }
}

extension DifferenceCounts {
    /// Whether nothing was found because nothing could be read.
    public func isNotEvaluated(_ unread: [Unread]) -> Bool { all + kept == 0 && unread.hides(noun.resource) }
}

extension ListDefinition {
    /// What the rows are made of: first what the list is of, then what its other columns tell.
    public var resources: [Resource] {
        switch noun {
        case "users": [.users]
        case "groups": [.groups, .memberships, .appGroups]
        case "apps": [.apps, .assignments, .appGroups, .logs]
        case "assignments": [.assignments, .logs]
        case "memberships": [.memberships]
        case "roles": [.roles, .memberships]
        case "departments": [.users, .assignments]
        case "usage": [.logs]
        case "services": [.apps, .assignments, .logs, .apiTokens]
        case "usage-apps", "usage-person": [.assignments, .logs]
        case "usage-departments", "usage-months": [.logs, .assignments]
        default: []
        }
    }
}

extension Resource {
    /// What the rows of the documented views are made of that a question names: an empty answer from what was not read is no
    /// "none". A view that is only spoken of counts as well.
    public static func behindViews(of question: String) -> [Resource] {
        let views: [(name: String, resources: [Resource])] = [
            ("v_users", [.users]), ("v_groups", [.groups, .memberships, .appGroups]),
            ("v_apps", [.apps, .assignments, .appGroups]), ("v_assignments", [.assignments]),
            ("v_memberships", [.memberships]), ("v_roles", [.roles, .memberships]), ("v_usage_daily", [.logs]),
            ("v_departments", [.users, .assignments]),
        ]
        let text = question.lowercased()
        var found: [Resource] = []
        for view in views where text.contains(view.name) {
            found += view.resources.filter { !found.contains($0) }
        }
        return found
    }
}

extension Difference.Noun {
    /// What has to be read before anybody can tell what changed.
    public var resource: Resource {
        switch self {
        case .users: .users
        case .memberships: .memberships
        case .appGroups: .appGroups
        case .assignments: .assignments
        case .roles: .roles
        }
    }
}

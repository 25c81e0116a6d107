import DatabaseEngine
import Directory

/// Turns events into marks: what is to be read again because of them.
///
/// One event of a group's assignment to an app stands for many people (`okta/API.md` §5), so all people of the app are
/// marked with it. Events that failed changed nothing.
struct LogMarker {
    /// Whether an event began something, ended it, or changed it.
    private enum Effect {
        case added, removed, changed
    }

    /// The keys of what an event is about, as its targets named them.
    struct Targets {
        var user: Int64?
        var group: Int64?
        var app: Int64?
    }

    /// Marks what a new event touched. A first run reads everything: it marks what may have come after its list was read.
    static func mark(_ event: SystemLogEvent, _ targets: Targets, _ writer: RunWriter) throws {
        // Okta's clock and ours may differ by some seconds.
        if writer.context.isFirst, event.published.seconds < writer.context.seenAt.seconds - 60 { return }
        // Somebody is locked out by a sign-in that failed.
        let changedNothing = event.result == "FAILURE" || event.result == "SKIPPED"
        if changedNothing, event.eventType != StatusChange.lock { return }
        func mark(_ kind: LogMark.Kind, _ subject: Int64?, _ object: Int64? = 0, _ effect: Effect) throws {
            guard let subject, let object else { return }
            try write(kind, subject, object, effect, at: event.published, writer)
        }
        let (user, group, app) = (targets.user, targets.group, targets.app)
        switch event.eventType {
        case "user.lifecycle.create": try mark(.user, user, 0, .added)
        case "user.lifecycle.delete.initiated", "user.lifecycle.delete.completed":
            try mark(.user, user, 0, .removed)
        case "application.user_membership.add": try mark(.assignment, app, user ?? 0, .added)
        case "application.user_membership.remove": try mark(.assignment, app, user ?? 0, .removed)
        case "application.user_membership.update": try mark(.assignment, app, user ?? 0, .changed)
        case "group.application_assignment.add", "group.application_assignment.remove",
            "group.application_assignment.update":
            let effect: Effect =
                event.eventType.hasSuffix("add") ? .added : event.eventType.hasSuffix("remove") ? .removed : .changed
            try mark(.appGroup, app, group ?? 0, effect)
            try mark(.assignment, app, 0, .changed)
        case "group.user_membership.add": try mark(.membership, group, user ?? 0, .added)
        case "group.user_membership.remove": try mark(.membership, group, user ?? 0, .removed)
        case "group.lifecycle.create":
            try mark(.group, group, 0, .added)
            try mark(.membership, group, 0, .changed)
        case "group.lifecycle.delete": try mark(.group, group, 0, .removed)
        case "group.profile.update": try mark(.group, group, 0, .changed)
        case "application.lifecycle.create":
            try mark(.app, app, 0, .added)
            try mark(.appGroup, app, 0, .changed)
            try mark(.assignment, app, 0, .changed)
        case "application.lifecycle.delete": try mark(.app, app, 0, .removed)
        case "user.account.privilege.grant", "user.account.privilege.revoke": try mark(.userRoles, user, 0, .changed)
        case "group.privilege.grant", "group.privilege.revoke":
            try mark(.groupRoles, group, 0, .changed)
            try mark(.group, group, 0, .changed)
        case "system.api_token.create", "system.api_token.revoke": try mark(.apiTokens, 0, 0, .changed)
        case let type where type.hasPrefix("application.lifecycle."): try mark(.app, app, 0, .changed)
        case let type where type.hasPrefix("user.mfa.factor."): try mark(.factors, user, 0, .changed)
        case let type where type.hasPrefix("user.lifecycle.") || type.hasPrefix("user.account."):
            try mark(.user, user, 0, .changed)
        default: break
        }
    }

    private static func write(
        _ kind: LogMark.Kind, _ subject: Int64, _ object: Int64, _ effect: Effect, at time: Timestamp,
        _ writer: RunWriter
    ) throws {
        let insert = try writer.connection.prepare(
            """
            INSERT INTO log_marks (workspace_id, integration_id, kind, subject_key, object_key, added_at, removed_at,
                first_at, last_at, revision)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1)
            ON CONFLICT (workspace_id, integration_id, kind, subject_key, object_key) DO UPDATE SET
                added_at = CASE WHEN log_marks.added_at >= excluded.added_at OR excluded.added_at IS NULL
                    THEN log_marks.added_at ELSE excluded.added_at END,
                removed_at = CASE WHEN log_marks.removed_at >= excluded.removed_at OR excluded.removed_at IS NULL
                    THEN log_marks.removed_at ELSE excluded.removed_at END,
                first_at = CASE WHEN excluded.first_at < log_marks.first_at
                    THEN excluded.first_at ELSE log_marks.first_at END,
                last_at = CASE WHEN excluded.last_at > log_marks.last_at
                    THEN excluded.last_at ELSE log_marks.last_at END,
                revision = log_marks.revision + 1
            """)
        insert.bind(1, writer.context.workspaceID)
        insert.bind(2, writer.context.integrationID)
        insert.bind(3, kind.rawValue)
        insert.bind(4, subject)
        insert.bind(5, object)
        insert.bind(6, effect == .removed ? nil : time.rawValue)
        insert.bind(7, effect == .added ? nil : time.rawValue)
        insert.bind(8, time.rawValue)
        try insert.run()
    }
}

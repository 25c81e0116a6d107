import Directory
import Storage

/// What `muster show group` tells.
enum GroupSheet {
    static func make(_ store: Store, _ key: String, _ moment: Moment) async throws -> Sheet {
        let detail = try await store.group(key, moment)
        let group = detail.group
        var sheet = Sheet(title: group.name)
        sheet.facts = [
            ("id", .text(group.id)), ("name", .text(group.name)), ("description", .optional(group.description)),
            ("type", .text(group.type)), ("source", .optional(detail.sourceAppLabel)),
            ("members_count", .optional(detail.members)), ("created_at", .optional(group.created?.iso8601)),
            ("last_membership_updated_at", .optional(group.lastMembershipUpdated?.iso8601)),
        ]
        sheet.unread = detail.unread
        if detail.members == nil { sheet.unknown = ["members_count"] }
        sheet.sections = [
            Sheet.Section(
                name: "apps", columns: ["app", "app_id", "status", "priority", "since", "since_source"],
                rows: (detail.apps ?? []).map { app in
                    [
                        .text(app.label), .text(app.id), .text(app.status), .optional(app.priority),
                        .text(app.since.iso8601), .text(app.evidence.text),
                    ]
                }, notEvaluated: detail.apps == nil),
            Sheet.Section(
                name: "rules", columns: ["rule", "rule_id", "status", "expression"],
                rows: (detail.rules ?? []).map { rule in
                    [.text(rule.name), .text(rule.id), .text(rule.status), .optional(rule.expression)]
                }, notEvaluated: detail.rules == nil),
            UserSheet.roles(detail.roles),
            try await members(store, detail, moment),
        ]
        return sheet
    }

    private static func members(_ store: Store, _ detail: GroupDetail, _ moment: Moment) async throws -> Sheet.Section {
        let isLarge = (detail.members ?? 0) > 2000 ? try await store.listsEverybody(moment.asOf) : false
        let list = ListDefinition.memberships(moment, of: .group(detail.key, large: isLarge))
        var rows: [[Cell]] = []
        try await store.each(list, ListRequest()) { batch in
            for row in batch {
                rows.append([
                    .text(row.text("login")), .text(row.text("user_id")), .text(row.text("user_status")),
                    .optional(row.time("valid_from")?.iso8601), .text(row.text("from_how")),
                ])
            }
        }
        return Sheet.Section(
            name: "members", columns: ["login", "user_id", "status", "since", "since_source"], rows: rows,
            notEvaluated: detail.members == nil)
    }
}

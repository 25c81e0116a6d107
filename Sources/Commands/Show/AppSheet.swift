import Directory
import Storage

/// What `muster show app` tells.
enum AppSheet {
    static func make(_ store: Store, _ key: String, _ moment: Moment) async throws -> Sheet {
        let detail = try await store.app(key, moment)
        let app = detail.app
        var sheet = Sheet(title: app.label)
        sheet.facts = [
            ("id", .text(app.id)), ("name", .text(app.name)), ("label", .text(app.label)),
            ("status", .text(app.status)), ("sign_on_mode", .optional(app.signOnMode)),
            ("created_at", .optional(app.created?.iso8601)), ("assigned_users", .optional(detail.users)),
            ("assigned_directly", .optional(detail.direct)), ("active_users_30d", .optional(detail.active30)),
            ("active_users_90d", .optional(detail.active90)),
        ]
        sheet.unread = detail.unread
        if detail.users == nil { sheet.unknown.formUnion(["assigned_users", "assigned_directly"]) }
        if detail.active90 == nil { sheet.unknown.formUnion(["active_users_30d", "active_users_90d"]) }
        sheet.sections = [
            Sheet.Section(
                name: "groups", columns: ["group", "group_id", "type", "priority", "members", "since", "since_source"],
                rows: (detail.groups ?? []).map { group in
                    [
                        .text(group.name), .text(group.id), .text(group.type), .optional(group.priority),
                        .optional(group.members), .text(group.since.iso8601), .text(group.evidence.text),
                    ]
                }, notEvaluated: detail.groups == nil),
            Sheet.Section(
                name: "months", columns: ["month", "sign_ins"],
                rows: moment.usageKnown ? detail.months.map { [.text($0.month), .optional($0.count)] } : [],
                notEvaluated: !moment.usageKnown),
            try await people(store, detail, moment),
        ]
        return sheet
    }

    private static func people(_ store: Store, _ detail: AppDetail, _ moment: Moment) async throws -> Sheet.Section {
        let isLarge = (detail.users ?? 0) > 2000 ? try await store.listsEverybody(moment.asOf) : false
        let list = ListDefinition.assignments(moment, of: .app(detail.key, large: isLarge))
        var rows: [[Cell]] = []
        try await store.each(list, ListRequest()) { batch in
            for row in batch {
                rows.append([
                    .text(row.text("login")), .text(row.text("user_id")), .text(row.text("user_status")),
                    .text(UserSheet.path(row)),
                    .optional(row.time("assigned_at")?.iso8601), .optional(row.time("last_sign_in_at")?.iso8601),
                    Cell(row["sign_ins_90d"]),
                ])
            }
        }
        return Sheet.Section(
            name: "people",
            columns: ["login", "user_id", "status", "path", "assigned_at", "last_sign_in_at", "sign_ins_90d"],
            rows: rows, notEvaluated: detail.users == nil)
    }
}

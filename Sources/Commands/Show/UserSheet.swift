import Directory
import Storage

/// What `muster show user` tells.
enum UserSheet {
    static func make(_ store: Store, _ key: String, _ moment: Moment) async throws -> Sheet {
        let detail = try await store.user(key, moment)
        let user = detail.user
        let attributes = user.attributes
        var sheet = Sheet(title: attributes.login ?? user.id)
        sheet.facts = [
            ("id", .text(user.id)), ("login", .optional(attributes.login)), ("email", .optional(attributes.email)),
            ("first_name", .optional(attributes.firstName)), ("last_name", .optional(attributes.lastName)),
            ("status", .text(user.status.rawValue)), ("department", .optional(attributes.department)),
            ("title", .optional(attributes.title)), ("manager", .optional(attributes.manager)),
            ("employee_number", .optional(attributes.employeeNumber)),
            ("created_at", .optional(user.created?.iso8601)), ("last_login_at", .optional(user.lastLogin?.iso8601)),
            ("last_sign_in_at", .optional(detail.lastSignIn?.iso8601)),
            ("sign_ins_30d", .optional(detail.signIns30)), ("sign_ins_90d", .optional(detail.signIns90)),
        ]
        sheet.unread = detail.unread
        if !moment.usageKnown { sheet.unknown = ["last_sign_in_at", "sign_ins_30d", "sign_ins_90d"] }
        sheet.sections = [
            try await apps(store, detail, moment), try await groups(store, detail, moment),
            roles(detail.roles), factors(detail), history(detail.history),
        ]
        return sheet
    }

    private static func apps(_ store: Store, _ detail: UserDetail, _ moment: Moment) async throws -> Sheet.Section {
        let granting = try await store.grantingGroups(user: detail.key, moment)
        let list = ListDefinition.assignments(moment, of: .user(detail.key))
        var rows: [[Cell]] = []
        try await store.each(list, ListRequest()) { batch in
            for row in batch {
                let also = (row.number("app_key").flatMap { granting[$0] } ?? [])
                    .filter { $0.id != row.text("group_id") }.map(\.name)
                rows.append([
                    .text(row.text("app_label")), .text(row.text("app_id")), .text(path(row)),
                    also.isEmpty ? .none : .text(also.joined(separator: ", ")),
                    .optional(row.time("assigned_at")?.iso8601), .text(row.text("assigned_at_source")),
                    .optional(row.time("last_sign_in_at")?.iso8601), Cell(row["sign_ins_90d"]),
                ])
            }
        }
        return Sheet.Section(
            name: "apps",
            columns: [
                "app", "app_id", "path", "also_granted_by", "assigned_at", "assigned_at_source", "last_sign_in_at",
                "sign_ins_90d",
            ], rows: rows, notEvaluated: detail.appCount == nil)
    }

    /// How somebody has an app, by a row of assignments.
    static func path(_ row: ListRow) -> String {
        switch row.text("scope") {
        case "USER": return "direct"
        case "GROUP":
            let name = row.text("group_name")
            let group = name.isEmpty ? row.text("group_id") : name
            return "via \(group.isEmpty ? "a group" : group)"
        default: return AccessPathDetail.unknownPath
        }
    }

    private static func groups(_ store: Store, _ detail: UserDetail, _ moment: Moment) async throws -> Sheet.Section {
        let list = ListDefinition.memberships(moment, of: .user(detail.key))
        var rows: [[Cell]] = []
        try await store.each(list, ListRequest()) { batch in
            for row in batch {
                rows.append([
                    .text(row.text("group_name")), .text(row.text("group_id")),
                    .optional(row.time("valid_from")?.iso8601), .text(row.text("from_how")),
                ])
            }
        }
        return Sheet.Section(
            name: "groups", columns: ["group", "group_id", "since", "since_source"], rows: rows,
            notEvaluated: detail.groupCount == nil)
    }

    static func roles(_ roles: [HeldRole]?) -> Sheet.Section {
        Sheet.Section(
            name: "roles", columns: ["role", "label", "assignment_type", "status", "since", "since_source"],
            rows: (roles ?? []).map { role in
                [
                    .text(role.type), .text(role.label), .text(role.assignmentType), .text(role.status),
                    .text(role.since.iso8601), .text(role.evidence.text),
                ]
            }, notEvaluated: roles == nil)
    }

    private static func factors(_ detail: UserDetail) -> Sheet.Section {
        Sheet.Section(
            name: "factors", columns: ["factor", "provider", "status", "enrolled_at"],
            rows: (detail.factors ?? []).map { factor in
                [
                    .text(factor.type), .text(factor.provider), .text(factor.status),
                    .optional(factor.created?.iso8601),
                ]
            }, notEvaluated: detail.factors == nil)
    }

    private static func history(_ history: [UserInterval]) -> Sheet.Section {
        Sheet.Section(
            name: "history", columns: ["from", "to", "from_source", "status", "department", "title", "manager"],
            rows: history.map { interval in
                [
                    .text(interval.from.iso8601), .optional(interval.to?.iso8601), .text(interval.evidence.text),
                    .text(interval.status), .optional(interval.department), .optional(interval.title),
                    .optional(interval.manager),
                ]
            })
    }
}

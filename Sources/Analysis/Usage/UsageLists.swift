import DatabaseEngine
public import Directory
public import Problems
public import Storage

extension ListDefinition {
    /// Every app with the evidence about it, who has it and who uses it: now as the last full sync left it.
    public static func usageOfApps(_ moment: Moment) -> ListDefinition {
        func count(_ name: String) -> ListColumn { ListColumn(name, .number, "", nullIsUnknown: true) }
        return ListDefinition(
            noun: "usage-apps",
            columns: [
                ListColumn("app_id", ""), ListColumn("app_label", "", isName: true), ListColumn("sign_on_mode", ""),
                ListColumn("status", ""), ListColumn("grade", ""), ListColumn("grade_reason", ""),
                count("assigned"), count("active_30d"), count("active_60d"), count("active_90d"),
                count("adoption_percent_30d"), count("others_90d"), count("sign_ins_3m"),
                ListColumn("window_days", .number, ""), ListColumn("window_source", ""),
                ListColumn("calibrated_at", .time, ""),
            ], defaultSort: "app_label",
            source: .memory(searched: ["app_label"]) { connection, workspaceID in
                try UsageRows.apps(connection, workspaceID, moment)
            })
    }

    /// Every department with its active people, the apps they use, and how many of their seats are used.
    public static func usageOfDepartments(_ moment: Moment) -> ListDefinition {
        func count(_ name: String) -> ListColumn { ListColumn(name, .number, "", nullIsUnknown: true) }
        return ListDefinition(
            noun: "usage-departments",
            columns: [
                ListColumn("department", "", isName: true), count("people"), count("active_30d"), count("active_60d"),
                count("active_90d"), count("apps_used_90d"), count("seats"), count("seats_used_30d"),
                count("seats_used_60d"), count("seats_used_90d"), count("seats_no_data"),
                count("adoption_percent_30d"),
            ], defaultSort: "department",
            source: .memory(searched: ["department"]) { connection, workspaceID in
                try UsageRows.departments(connection, workspaceID, moment)
            })
    }

    /// Sign-ins of the whole tenant and of each app, month by month, first-time and repeated ones apart.
    public static func usageOfMonths(_ moment: Moment) -> ListDefinition {
        func count(_ name: String) -> ListColumn { ListColumn(name, .number, "", nullIsUnknown: true) }
        return ListDefinition(
            noun: "usage-months",
            columns: [
                ListColumn("app_id", ""), ListColumn("app_label", "", isName: true), ListColumn("month", ""),
                count("active_people"), count("sign_ins"), count("first_time_sign_ins"), count("repeated_sign_ins"),
                count("stickiness_percent"),
            ], defaultSort: "app_label",
            source: .memory(searched: ["app_label"]) { connection, workspaceID in
                try UsageRows.months(connection, workspaceID, moment)
            })
    }

    /// The apps that a person has or used: which of them they use, which not, and of which nobody can tell.
    public static func usage(ofPerson key: Int64, _ moment: Moment) -> ListDefinition {
        func count(_ name: String) -> ListColumn { ListColumn(name, .number, "", nullIsUnknown: true) }
        return ListDefinition(
            noun: "usage-person",
            columns: [
                ListColumn("user_id", ""), ListColumn("app_id", ""), ListColumn("app_label", "", isName: true),
                ListColumn("use", ""), ListColumn("assigned", ""), ListColumn("assigned_at", .time, ""),
                ListColumn("last_sign_in_at", .time, "", nullIsUnknown: true), count("active_days_30d"),
                count("active_days_90d"), count("sign_ins_90d"), ListColumn("grade", ""),
                ListColumn("window_days", .number, ""), ListColumn("grade_reason", ""),
            ], defaultSort: "app_label",
            source: .memory(searched: ["app_label"]) { connection, workspaceID in
                try PersonUsage(connection, workspaceID, user: key, moment).rows()
            })
    }
}

extension Store {
    /// When the counts of use that lists of now show were made; nil where they are worked out as they are asked for.
    public func usageCountedAt(_ moment: Moment) async throws(Problem) -> Timestamp? {
        guard moment.asOf == .now else { return nil }
        let workspaceID = workspaceID
        return try await engine.read { connection in try KeptUsage.state(connection, workspaceID)?.countedAt } ?? nil
    }
}

enum UsageRows {
    /// A share in whole percent; nil of nothing.
    static func percent(_ part: Int, of whole: Int?) -> Value {
        guard let whole, whole > 0 else { return .null }
        return .integer(Int64((Double(part) * 100 / Double(whole)).rounded()))
    }

    static func isKept(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> Bool {
        guard moment.asOf == .now, moment.usageKnown else { return false }
        return try KeptUsage.state(connection, workspaceID)?.countedAt != nil
    }

    static func apps(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> [[Value]] {
        let counts =
            try isKept(connection, workspaceID, moment)
            ? UsageCounts.App.kept(connection, workspaceID)
            : UsageCounts.count(connection, workspaceID, moment).apps
        let byKey = Dictionary(counts.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let grades = try UsageGrades.read(connection, workspaceID, moment)
        let months = moment.signInMonths
        let tells = moment.usageKnown && moment.tells(ofMonth: months.upperBound)
        return try connection.query(
            """
            SELECT p.app_key, p.okta_id, p.label, p.sign_on_mode, p.status,
                coalesce((SELECT sum(s.sign_ins) FROM usage_monthly s WHERE s.workspace_id = $1
                    AND s.app_key = p.app_key AND s.month >= \(months.lowerBound) AND s.month <= \(months.upperBound)), 0)
            FROM apps p WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p")) ORDER BY p.app_key
            """, [.integer(workspaceID)]
        ) { row in
            let signIns: Value = tells ? .integer(row.integer(5)) : .null
            let known = [row.value(1), row.value(2), row.value(3), row.value(4)]
            return known + cells(byKey[row.integer(0)], grades[row.integer(0)], signIns)
        }
    }

    private static func cells(_ counts: UsageCounts.App?, _ evidence: AppEvidence?, _ signIns: Value) -> [Value] {
        let hasData = evidence.map { $0.grade != .none } ?? false
        let used: [Value]? = counts.map { one in
            [one.used.thirty, one.used.sixty, one.used.ninety].map { Value.integer(Int64($0)) }
        }
        let others: Value = .optional(counts.map { Int64($0.others) })
        let adoption = counts.map { percent($0.used.thirty, of: $0.assigned) } ?? .null
        return [
            .text((evidence?.grade ?? .none).rawValue), .text(evidence?.reason ?? ""),
            .optional(counts?.assigned.map(Int64.init)),
        ] + (used ?? [.null, .null, .null]) + [
            hasData ? adoption : .null, others, signIns,
            hasData ? .optional(evidence.map { Int64($0.window()) }) : .null,
            .text(hasData ? (evidence?.windowDays == nil ? "default" : "calibrated") : ""),
            .optional(evidence?.calibratedOn?.rawValue),
        ]
    }

    static func departments(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment
    ) throws -> [[Value]] {
        let rows =
            try isKept(connection, workspaceID, moment)
            ? UsageCounts.Department.kept(connection, workspaceID)
            : UsageCounts.count(connection, workspaceID, moment).departments.map(\.cells)
        return rows.map { row in
            guard case .integer(let seats) = row[6], case .integer(let used) = row[7] else { return row + [.null] }
            return row + [percent(Int(used), of: Int(seats))]
        }
    }

    static func months(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws -> [[Value]] {
        guard moment.usageKnown else { return [] }
        let apps = try connection.query(
            """
            SELECT p.app_key, p.okta_id, p.label FROM apps p
            WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p")) ORDER BY p.app_key
            """, [.integer(workspaceID)]
        ) { ($0.integer(0), $0.value(1), $0.value(2)) }
        return try apps.flatMap { app, id, label in
            try UsageMonths.read(connection, workspaceID, app: app, moment).filter { $0.signIns != nil }.map { month in
                [
                    id, label, .text(month.month), .optional(month.people.map(Int64.init)),
                    .optional(month.signIns.map(Int64.init)), .optional(month.firstTime.map(Int64.init)),
                    .optional(month.repeated.map(Int64.init)), .optional(month.stickinessPercent.map(Int64.init)),
                ]
            }
        }
    }
}

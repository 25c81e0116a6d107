import Analysis
import DatabaseEngine
import Directory
public import Storage

extension Triage {
    /// The services as a list, for pages, files and `muster report discovery`.
    public var list: ListDefinition {
        let rows = services.enumerated().map { Self.cells($1, rank: $0 + 1, moment) }
        return ListDefinition(
            noun: "services", columns: Self.columns, extras: Self.extras, defaultSort: "rank",
            source: .memory(searched: ["name", "label", "vendor", "category", "owner"]) { _, _ in rows })
    }

    private static let columns = [
        ListColumn("id", ""), ListColumn("name", "", isName: true), ListColumn("label", "", isName: true),
        ListColumn("vendor", "", isName: true), ListColumn("category", ""), ListColumn("status", ""),
        ListColumn("state", ""), ListColumn("owner", ""), ListColumn("backup_owner", ""),
        ListColumn("finance_owner", ""), ListColumn("department", ""),
        ListColumn("assigned_users", .number, "", nullIsUnknown: true),
        ListColumn("active_30d", .number, "", nullIsUnknown: true),
        ListColumn("active_90d", .number, "", nullIsUnknown: true),
        ListColumn("departments_90d", .number, "", nullIsUnknown: true), ListColumn("consents", .number, ""),
        ListColumn("first_seen_at", .time, ""), ListColumn("last_seen_at", .time, ""), ListColumn("sources", ""),
        ListColumn("risk", .number, ""), ListColumn("contradictions", .number, ""), ListColumn("spend", ""),
        ListColumn("reason", ""), ListColumn("alternative", ""), ListColumn("decided_by", ""),
        ListColumn("decided_at", .time, ""),
    ]

    private static let extras = [
        ListColumn("rank", .number, ""), ListColumn("new", .number, ""), ListColumn("contradiction", ""),
        ListColumn("open_to_all", .number, ""),
    ]

    private static func cells(_ one: TriagedService, rank: Int, _ moment: Moment) -> [Value] {
        let service = one.service
        func number(_ count: Int?) -> Value { .optional(count.map(Int64.init)) }
        let spend = one.spend.map { "\($0.plain) \($0.currency.code)" }.joined(separator: " + ")
        return [
            .text(service.id), .text(one.name), .text(service.label), .optional(service.entry?.vendor),
            .optional(one.category?.title), .text(service.standing.rawValue), .text(one.state.rawValue),
            .optional(one.owners?.owner?.name), .optional(one.owners?.backup?.name),
            .optional(one.owners?.finance?.name), .optional(one.owners?.department), number(service.assigned),
            number(service.active30), number(service.active90), number(service.departments90),
            number(service.consents?.people ?? 0), .optional(service.firstSeen?.rawValue),
            .optional(service.lastSeen?.rawValue), .text(service.sources.map(\.rawValue).joined(separator: ", ")),
            number(one.risks.reduce(0) { $0 + $1.points }), number(one.contradictions.count),
            spend.isEmpty ? .null : .text(spend), .optional(one.decision?.reason),
            .optional(one.decision?.alternative), .optional(one.decision?.actor),
            .optional(one.decision?.from.rawValue),
            number(rank), number(service.isNew(moment) ? 1 : 0),
            .optional(one.contradictions.first?.sentence), number(service.isForEveryone ? 1 : 0),
        ]
    }
}

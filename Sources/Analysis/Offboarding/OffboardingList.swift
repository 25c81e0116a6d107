import DatabaseEngine
public import Directory
public import Storage

/// What people decided about leavers, as far as the lists count it: which items they closed, and which cases.
public struct OffboardingClosings: Sendable, Equatable {
    /// When items were closed, by Okta's id of the person.
    public var items: [String: [LeaverItem.Key: Timestamp]] = [:]
    /// When cases were closed.
    public var cases: [String: Timestamp] = [:]
    /// Hours from the end to the last removal that are allowed.
    public var slaHours = LeaverRules.usualHours

    /// Nothing decided yet.
    public init() {}

    /// Whether a thing that is not settled by itself is settled by somebody's word. It is not where a later sync still saw
    /// it, where it came back since, or where the person was back at work since.
    public func isSettled(
        _ key: LeaverItem.Key, closedAt: Timestamp, seenAt: Timestamp?, returnedAt: Timestamp?
    ) -> Bool {
        if let returnedAt, returnedAt > closedAt { return false }
        guard key.isPresent, key.kind != .contract else { return true }
        if let since = key.since, since > closedAt { return false }
        return seenAt.map { $0 <= closedAt } ?? true
    }

    /// How much of a leaver's is left to do.
    public func openItems(of leaver: Leaver, seenAt: Timestamp?) -> Int {
        guard let closed = items[leaver.person.id] else { return leaver.unsettled.count }
        return leaver.unsettled.count { key in
            guard let closedAt = closed[key] else { return true }
            return !isSettled(key, closedAt: closedAt, seenAt: seenAt, returnedAt: leaver.end.returnedAt)
        }
    }

    /// Whether a case is open: something is left to do, and nobody closed it as it is; or something happened since.
    public func isOpen(_ leaver: Leaver, seenAt: Timestamp?) -> Bool {
        if let closedAt = cases[leaver.person.id] {
            let cameBack = leaver.unsettled.contains { $0.isPresent && ($0.since ?? closedAt) > closedAt }
            let acted = leaver.activityAfter.map { $0 > closedAt } ?? false
            let returned = leaver.end.returnedAt.map { $0 > closedAt } ?? false
            return cameBack || acted || returned
        }
        return openItems(of: leaver, seenAt: seenAt) > 0
    }
}

extension ListDefinition {
    /// The columns of `report offboarding`: one row for everybody who has left.
    private static let leaverColumns = [
        ListColumn("user_id", "user_id"), ListColumn("login", "login", isName: true),
        ListColumn("deactivated_at", .time, "deactivated_at"),
        ListColumn("apps_then", .number, "apps_then", nullIsUnknown: true),
        ListColumn("apps_now", .number, "apps_now", nullIsUnknown: true),
        ListColumn("roles", .number, "roles", nullIsUnknown: true),
        ListColumn("api_tokens", .number, "api_tokens", nullIsUnknown: true),
        ListColumn("manual_items", .number, "manual_items", nullIsUnknown: true),
        ListColumn("open_items", .number, "open_items"),
        ListColumn("last_removal_at", .time, "last_removal_at"),
        ListColumn("hours_to_last_removal", .number, "hours_to_last_removal"),
        ListColumn("activity_after", .time, "activity_after"),
        ListColumn("ended_at", .time, "ended_at"), ListColumn("ended_by", "ended_by"),
        ListColumn("groups", .number, "groups", nullIsUnknown: true), ListColumn("reports", .number, "reports"),
        ListColumn("contracts", .number, "contracts"), ListColumn("past_sla", "past_sla"),
        ListColumn("case_status", "case_status"),
    ]

    private static let leaverExtras = [
        ListColumn("first_name", "first_name", isName: true), ListColumn("last_name", "last_name", isName: true),
        ListColumn("department", "department", isName: true), ListColumn("status", "status"),
        ListColumn("holds_access", "holds_access"), ListColumn("days_since_end", .number, "days_since_end"),
    ]

    /// Everybody who has left, those who left last first.
    public static func offboarding(
        _ population: LeaverPopulation, _ closings: OffboardingClosings, _ moment: Moment
    ) -> ListDefinition {
        ListDefinition(
            noun: "offboarding", columns: leaverColumns, extras: leaverExtras, defaultSort: "days_since_end",
            source: .memory(searched: ["login", "first_name", "last_name"]) { _, _ in
                population.leavers.map { leaver in
                    row(leaver, closings, population.seenAt, moment)
                }
            })
    }

    private static func row(
        _ leaver: Leaver, _ closings: OffboardingClosings, _ seenAt: Timestamp?, _ moment: Moment
    ) -> [Value] {
        let person = leaver.person
        func number(_ count: Int?) -> Value { .optional(count.map(Int64.init)) }
        func time(_ time: Timestamp?) -> Value { .optional(time?.rawValue) }
        let isPast = leaver.isPast(sla: closings.slaHours, at: moment.time)
        return [
            .text(person.id), .text(person.login), time(leaver.end.deactivatedAt), number(leaver.appsThen),
            number(leaver.appsNow), number(leaver.roles), number(leaver.tokens), number(leaver.manualItems),
            number(closings.openItems(of: leaver, seenAt: seenAt)), time(leaver.lastRemovalAt),
            .optional(leaver.hoursToLastRemoval), time(leaver.activityAfter), time(leaver.end.at),
            .text(leaver.end.source.rawValue), number(leaver.groups), number(leaver.reports), number(leaver.owned),
            .text(isPast ? "yes" : "no"), .text(closings.isOpen(leaver, seenAt: seenAt) ? "open" : "closed"),
            .optional(person.firstName), .optional(person.lastName), .optional(person.department),
            .text(person.status), .text(leaver.hasAccess ? "yes" : "no"),
            .integer((moment.time.seconds - leaver.end.at.seconds) / 86_400),
        ]
    }
}

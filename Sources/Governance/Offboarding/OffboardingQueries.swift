public import Analysis
import DatabaseEngine
import Directory
public import Problems
public import Storage

extension Store {
    /// What people decided about all leavers by a moment, as far as the lists count it.
    public func offboardingClosings(_ moment: Moment) async throws(Problem) -> OffboardingClosings {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try OffboardingQueries.closings(connection, workspaceID, moment)
        }
    }

    /// The case of one person, by Okta's id, login or e-mail address; nil for somebody who has not left and whose case
    /// nobody opened.
    ///
    /// - Throws: `offboarding.person.unknown`.
    public func offboardingCase(_ name: String, _ moment: Moment) async throws(Problem) -> OffboardingCase? {
        let workspaceID = workspaceID
        let opened = try await engine.read { connection in
            try OffboardingQueries.record(connection, workspaceID, name)
        }
        let since = opened.flatMap { $0.isManual && $0.openedAt <= moment.time ? $0.openedAt : nil }
        guard let facts = try await leaver(name, moment, opened: since) else { return nil }
        let id = facts.person.id
        return try await engine.read { connection in
            let closings = try OffboardingQueries.closings(connection, workspaceID, moment, of: id)
            let seenAt = try LeaverPopulation.lastSync(connection, workspaceID, moment)
            let items = Checklist.items(
                facts, try OffboardingQueries.decisions(connection, workspaceID, id, moment), seenAt: seenAt,
                closings: closings)
            let record = try OffboardingQueries.record(connection, workspaceID, id)
            let isManual = record.map { $0.isManual && $0.closedAt == nil } ?? false
            return OffboardingCase(
                facts: facts, record: record, items: items,
                events: try OffboardingQueries.events(connection, workspaceID, id, moment),
                slaHours: closings.slaHours,
                isOpen: isManual || closings.isOpen(Leaver(summing: facts), seenAt: seenAt))
        }
    }
}

enum OffboardingQueries {
    static func closings(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment, of userID: String? = nil
    ) throws -> OffboardingClosings {
        var closings = OffboardingClosings()
        let one = userID == nil ? "" : " AND x.user_id = $2"
        let parameters: [Value] = [.integer(workspaceID)] + (userID.map { [.text($0)] } ?? [])
        let until = "x.closed_at <= \(moment.time.rawValue)"
        try connection.each(
            """
            SELECT x.user_id, x.kind, x.subject_id, x.closed_at FROM offboarding_items x
            WHERE x.workspace_id = $1\(one) AND x.closed_at IS NOT NULL AND \(until)
            """, parameters
        ) { row in
            guard let kind = LeaverItem.Kind(rawValue: row.text(1)) else { return true }
            closings.items[row.text(0), default: [:]][.init(kind: kind, id: row.text(2))] = row.time(3)
            return true
        }
        try connection.each(
            """
            SELECT x.user_id, x.closed_at FROM offboarding_cases x
            WHERE x.workspace_id = $1\(one) AND x.closed_at IS NOT NULL AND \(until)
            """, parameters
        ) { row in
            closings.cases[row.text(0)] = row.time(1)
            return true
        }
        closings.slaHours = try slaHours(connection, workspaceID)
        return closings
    }

    static func slaHours(_ connection: Connection, _ workspaceID: Int64) throws -> Int {
        try connection.first(
            "SELECT s.sla_hours FROM offboarding_settings s WHERE s.workspace_id = $1", [.integer(workspaceID)],
            { Int($0.integer(0)) }) ?? LeaverRules.usualHours
    }

    static func record(_ connection: Connection, _ workspaceID: Int64, _ userID: String) throws -> OffboardingRecord? {
        try connection.first(
            """
            SELECT c.user_id, c.opened_at, c.opened_by, c.is_manual, c.owner, c.due_on, c.note, c.closed_at, c.closed_by,
                c.closed_open, c.record
            FROM offboarding_cases c WHERE c.workspace_id = $1 AND c.user_id = $2
            """, [.integer(workspaceID), .text(userID)]
        ) { row in
            OffboardingRecord(
                userID: row.text(0), openedAt: Timestamp(rawValue: row.integer(1)), openedBy: row.text(2),
                isManual: row.flag(3), owner: row.optionalText(4),
                dueOn: row.optionalInteger(5).map { Int32(truncatingIfNeeded: $0) }, note: row.optionalText(6),
                closedAt: row.time(7), closedBy: row.optionalText(8),
                closedOpen: row.optionalInteger(9).map(Int.init), record: row.optionalText(10))
        }
    }

    static func decisions(
        _ connection: Connection, _ workspaceID: Int64, _ userID: String, _ moment: Moment
    ) throws -> [ItemDecision] {
        try connection.query(
            """
            SELECT x.kind, x.subject_id, x.label, x.owner, x.due_on, x.note, x.evidence, x.closed_at, x.closed_by
            FROM offboarding_items x WHERE x.workspace_id = $1 AND x.user_id = $2 ORDER BY x.kind, x.subject_id
            """, [.integer(workspaceID), .text(userID)]
        ) { row in
            let closedAt = row.time(7).flatMap { $0 <= moment.time ? $0 : nil }
            return ItemDecision(
                key: .init(kind: LeaverItem.Kind(rawValue: row.text(0)) ?? .app, id: row.text(1)), label: row.text(2),
                owner: row.optionalText(3), dueOn: row.optionalInteger(4).map { Int32(truncatingIfNeeded: $0) },
                note: row.optionalText(5), evidence: row.optionalText(6), closedAt: closedAt,
                closedBy: closedAt == nil ? nil : row.optionalText(8))
        }
    }

    static func events(
        _ connection: Connection, _ workspaceID: Int64, _ userID: String, _ moment: Moment
    ) throws -> [OffboardingEvent] {
        try connection.query(
            """
            SELECT e.happened_at, e.actor, e.action, e.label, e.detail FROM offboarding_events e
            WHERE e.workspace_id = $1 AND e.user_id = $2 AND e.happened_at <= $3 ORDER BY e.position DESC LIMIT 500
            """, [.integer(workspaceID), .text(userID), .integer(moment.time.rawValue)]
        ) { row in
            OffboardingEvent(
                at: Timestamp(rawValue: row.integer(0)), actor: row.text(1), action: row.text(2),
                label: row.optionalText(3), detail: row.optionalText(4))
        }
    }
}

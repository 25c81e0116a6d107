import DatabaseEngine
import Directory

/// When something began or ended, and how that is known.
struct DatedEnd {
    let at: Int64
    let how: Evidence
}

extension RunWriter {
    /// When something began that Okta gives no date for: at the event of the log that says so, else when it was first seen.
    func beginning(_ noun: String, _ subject: Int64, _ object: Int64 = 0) throws -> DatedEnd {
        guard let mark = try mark(noun, subject, object), let added = mark.added, added >= mark.removed ?? .min else {
            return DatedEnd(at: context.seenAt.rawValue, how: context.unseenBeginning)
        }
        return DatedEnd(at: added, how: .logEvent)
    }

    /// When something ended: at the event of the log that says so, else when it was first seen missing.
    func ending(_ noun: String, _ subject: Int64, _ object: Int64 = 0) throws -> DatedEnd {
        guard let mark = try mark(noun, subject, object), let removed = mark.removed, removed >= mark.added ?? .min
        else { return DatedEnd(at: context.seenAt.rawValue, how: .betweenSyncs) }
        return DatedEnd(at: removed, how: .logEvent)
    }

    /// Whether a run is later than this one: what it wrote, this one does not undo. A full sync may have read a list
    /// before an event that the tail has written since.
    func isLater(_ run: Int64) -> Bool { run > context.runID }

    /// Whether this run may end what another opened and its list does not show.
    func mayEnd(openedBy run: Int64) -> Bool { run <= context.settledRun || run == context.runID }

    /// Counts a change that a full sync found and no event had told of, while the log was followed.
    func noteDrift(_ noun: String, _ subject: Int64, _ object: Int64) throws {
        guard context.measuresDrift, LogMark.Kind.of(noun) != nil, noun != "factors",
            try mark(noun, subject, object) == nil
        else { return }
        if object != 0, try mark(noun, subject, 0) != nil { return }
        count(RunRecord.driftNoun, changed: 1)
    }

    /// What the log told lately of a thing; nil when it told nothing.
    func mark(_ noun: String, _ subject: Int64, _ object: Int64) throws -> (added: Int64?, removed: Int64?)? {
        if context.isFirst { return nil }
        guard let kind = LogMark.Kind.of(noun) else { return nil }
        let find = try connection.prepare(
            """
            SELECT added_at, removed_at FROM log_marks
            WHERE workspace_id = $1 AND integration_id = $2 AND kind = $3 AND subject_key = $4 AND object_key = $5
            """)
        find.bind(1, context.workspaceID)
        find.bind(2, context.integrationID)
        find.bind(3, kind.rawValue)
        find.bind(4, subject)
        find.bind(5, object)
        let found = try find.first { ($0.optionalInteger(0), $0.optionalInteger(1)) }
        guard found == nil, kind == .userRoles else { return found }
        // A holder of roles is a user or a group.
        find.bind(3, LogMark.Kind.groupRoles.rawValue)
        return try find.first { ($0.optionalInteger(0), $0.optionalInteger(1)) }
    }
}

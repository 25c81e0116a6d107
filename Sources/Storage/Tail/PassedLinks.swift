import DatabaseEngine
import Directory
public import Problems

/// What began and ended, or ended and began again, before anybody could read it: the log alone tells of it.
extension RunWriter {
    /// Writes what some marks tell that no list can show any more.
    func tellPassed(_ marks: [LogMark]) throws {
        for mark in marks where mark.object != 0 {
            guard let added = mark.addedAt, let removed = mark.removedAt, added != removed,
                let link = LinkReplay.of(mark.kind)
            else { continue }
            if added < removed {
                try link.recordPassed(mark.subject, mark.object, from: added.rawValue, to: removed.rawValue, self)
            } else {
                try link.endBefore(added.rawValue, mark.subject, mark.object, at: removed.rawValue, self)
                try link.split(mark.subject, mark.object, at: removed.rawValue, and: added.rawValue, self)
            }
        }
    }
}

extension LinkReplay {
    static func of(_ kind: LogMark.Kind) -> LinkReplay? {
        switch kind {
        case .membership: .memberships
        case .assignment: .assignments
        case .appGroup: .appGroups
        default: nil
        }
    }

    /// What ended and began again, and whose new beginning Okta dates itself, was not there in between.
    func endBefore(
        _ added: Int64, _ subject: Int64, _ object: Int64, at removed: Int64, _ writer: RunWriter
    ) throws {
        try writer.connection.execute(
            """
            UPDATE \(table.name) SET valid_to = $4, to_how = $5, closed_run = $6
            WHERE workspace_id = $1 AND \(table.subject) = $2 AND \(table.object) = $3
                AND valid_from < $4 AND valid_to > $4 AND valid_to <= $7 AND closed_run <= $6
            """,
            [
                .integer(writer.context.workspaceID), .integer(subject), .integer(object), .integer(removed),
                .integer(Evidence.logEvent.rawValue), .integer(writer.context.runID),
                // The event comes within seconds of Okta's own date.
                .integer(added + 60_000_000),
            ])
    }

    /// What ended and began again, and has no date of Okta's own, was not there in between.
    func split(
        _ subject: Int64, _ object: Int64, at removed: Int64, and added: Int64, _ writer: RunWriter
    ) throws {
        guard isUndated else { return }
        let pair: [Value] = [.integer(writer.context.workspaceID), .integer(subject), .integer(object)]
        let from = try writer.connection.first(
            """
            SELECT valid_from FROM \(table.name) WHERE workspace_id = $1 AND \(table.subject) = $2
                AND \(table.object) = $3 AND valid_to IS NULL AND valid_from < $4 AND opened_run <= $5
            """, pair + [.integer(removed), .integer(writer.context.runID)], { $0.integer(0) })
        guard let from else { return }
        try table.close(writer, subject, object, from: from, at: removed, how: .logEvent)
        let more = kept.map { ", \($0)" }.joined()
        try writer.connection.execute(
            """
            INSERT INTO \(table.name) (workspace_id, \(table.subject), \(table.object), valid_from, from_how, opened_run\(more))
            SELECT workspace_id, \(table.subject), \(table.object), CAST($5 AS BIGINT), CAST($6 AS BIGINT),
                CAST($7 AS BIGINT)\(more)
            FROM \(table.name)
            WHERE workspace_id = $1 AND \(table.subject) = $2 AND \(table.object) = $3 AND valid_from = $4
            """,
            pair + [
                .integer(from), .integer(added), .integer(Evidence.logEvent.rawValue), .integer(writer.context.runID),
            ])
        writer.count(table.noun, changed: 1)
    }

    /// Writes a link that an event began and another ended, unless some of it is known already.
    func recordPassed(
        _ subject: Int64, _ object: Int64, from added: Int64, to removed: Int64, _ writer: RunWriter
    ) throws {
        let pair: [Value] = [.integer(writer.context.workspaceID), .integer(subject), .integer(object)]
        let isKnown = try writer.connection.first(
            """
            SELECT 1 FROM \(table.name) WHERE workspace_id = $1 AND \(table.subject) = $2 AND \(table.object) = $3
                AND valid_from < $5 AND (valid_to IS NULL OR valid_to > $4) LIMIT 1
            """, pair + [.integer(added), .integer(removed)], { _ in true })
        if isKnown == true { return }
        let columns =
            ["workspace_id", table.subject, table.object, "valid_from", "from_how", "valid_to", "to_how", "opened_run"]
            + ["closed_run"] + unknown.map(\.column)
        let places = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
        let how = Value.integer(Evidence.logEvent.rawValue)
        let run = Value.integer(writer.context.runID)
        try writer.connection.execute(
            "INSERT INTO \(table.name) (\(columns.joined(separator: ", "))) VALUES (\(places))",
            pair + [.integer(added), how, .integer(removed), how, run, run] + unknown.map(\.value))
        writer.count(table.noun, added: 1, closed: 1)
    }
}

extension Store {
    /// Writes what the log told before a full sync began and no list of the sync could show.
    public func tellPassed(_ context: RunContext) async throws(Problem) {
        if context.isFirst { return }
        // Okta's clock and ours may differ by some seconds: what is that young stays for the tail.
        let before = context.seenAt.advanced(bySeconds: -60)
        var last: LogMark?
        while true {
            let passed = try await marks(of: context.integrationID, before: before, after: last, limit: 1000)
            last = passed.last
            if passed.isEmpty { return }
            try await record(context) { writer in
                try writer.tellPassed(passed)
                // Whose factors it did not read, it cannot answer for.
                try writer.drop(passed.filter { try $0.kind != .factors || writer.hasRead("factors", of: $0.subject) })
            }
        }
    }
}

extension RunWriter {
    /// Whether this run has read a list to its end.
    fileprivate func hasRead(_ stage: String, of subject: Int64) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM listings WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND subject_key = $4
                AND state = $5
            """,
            [
                .integer(context.workspaceID), .integer(context.runID), .text(stage), .integer(subject),
                .integer(ListingState.Progress.complete.rawValue),
            ], { _ in true }) ?? false
    }
}

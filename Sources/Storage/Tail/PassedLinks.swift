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
            } else if mark.kind == .membership {
                try split(mark.object, in: mark.subject, at: removed.rawValue, and: added.rawValue)
            }
        }
    }

    /// Somebody who left a group and joined it again was not in it in between. Of apps Okta's own date tells as much.
    private func split(_ user: Int64, in group: Int64, at removed: Int64, and added: Int64) throws {
        let key: [Value] = [.integer(context.workspaceID), .integer(group), .integer(user)]
        let from = try connection.first(
            """
            SELECT valid_from FROM memberships WHERE workspace_id = $1 AND group_key = $2 AND user_key = $3
                AND valid_to IS NULL AND valid_from < $4 AND opened_run <= $5
            """, key + [.integer(removed), .integer(context.runID)], { $0.integer(0) })
        guard let from else { return }
        try MembershipRecorder.table.close(self, group, user, from: from, at: removed, how: .logEvent)
        try connection.execute(
            """
            INSERT INTO memberships (workspace_id, group_key, user_key, valid_from, from_how, opened_run)
            VALUES ($1, $2, $3, $4, $5, $6)
            """, key + [.integer(added), .integer(Evidence.logEvent.rawValue), .integer(context.runID)])
        count("memberships", changed: 1)
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
                try writer.drop(passed)
            }
        }
    }
}

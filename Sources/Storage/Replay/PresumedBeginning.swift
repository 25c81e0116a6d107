import DatabaseEngine
import Directory
import Problems

extension RunWriter {
    /// Since when a first run takes what Okta does not date to be so: since the log begins, once that is known.
    ///
    /// Most of what it finds has no event in the log, and the replay would come to the same; written at once, it need not
    /// be written again. Until the replay is done this is no knowledge: a run without one takes it back. Where it is done
    /// already, nobody would look again: what is read then was seen for the first time.
    func presumedBeginning() throws -> DatedEnd {
        let seen = context.seenAt.rawValue
        let since = try connection.first(
            """
            SELECT i.log_since FROM integrations i WHERE i.workspace_id = $1 AND i.integration_id = $2
                AND NOT EXISTS (SELECT 1 FROM replays p WHERE p.workspace_id = i.workspace_id
                    AND p.integration_id = i.integration_id AND p.list = $3)
            """,
            [
                .integer(context.workspaceID), .integer(context.integrationID),
                .text(MembershipRecorder.table.name),
            ], { $0.optionalInteger(0) })
        guard let since = since ?? nil, since < seen else {
            return DatedEnd(at: seen, how: context.unseenBeginning)
        }
        return DatedEnd(at: since, how: .beforeLog)
    }
}

extension Store {
    /// Where the past of memberships could not be told, lets those of a first run begin where they were first seen.
    func takeBackBeginnings(_ context: RunContext) async throws(Problem) {
        let isTold = try await engine.read { connection in
            try connection.first(
                """
                SELECT 1 FROM replays
                WHERE workspace_id = $1 AND integration_id = $2 AND list = $3 AND since < horizon
                """,
                [
                    .integer(context.workspaceID), .integer(context.integrationID),
                    .text(MembershipRecorder.table.name),
                ], { _ in true })
        }
        if isTold == true { return }
        var last: Int64 = 0
        while true {
            let behind = last
            let end = try await record(context) { writer in
                let groups = try writer.connection.query(
                    """
                    SELECT DISTINCT group_key FROM user_groups
                    WHERE workspace_id = $1 AND integration_id = $2 AND group_key > $3 ORDER BY group_key LIMIT 20
                    """,
                    [.integer(context.workspaceID), .integer(context.integrationID), .integer(behind)],
                    { $0.integer(0) })
                for group in groups {
                    try writer.connection.execute(
                        """
                        UPDATE memberships SET valid_from = $3, from_how = \(Evidence.firstSight.rawValue)
                        WHERE workspace_id = $1 AND group_key = $2 AND from_how = \(Evidence.beforeLog.rawValue)
                        """, [.integer(context.workspaceID), .integer(group), .integer(context.seenAt.rawValue)])
                }
                return groups.last
            }
            guard let end else { return }
            last = end
        }
    }
}

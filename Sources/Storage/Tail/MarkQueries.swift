import DatabaseEngine
public import Directory
public import Problems

/// What decides from which side marks are answered.
public struct TailSizes: Sendable {
    /// How many people a group or app has, by key, as far as it is known.
    public var people: [Int64: Int]
    /// The apps that people's own lists are sure to show.
    public var onPeoplesLists: Set<Int64>
    /// What Okta does not give person by person.
    public var refusedByPerson: Set<LogMark.Kind> = []

    /// Sizes; nothing is known unless told.
    public init(people: [Int64: Int] = [:], onPeoplesLists: Set<Int64> = []) {
        self.people = people
        self.onPeoplesLists = onPeoplesLists
    }
}

extension Store {
    /// What waits to be read again, oldest first, at most `limit`.
    ///
    /// - Parameter since: only what an event of this time or later touched: the rest is being read by a full sync.
    public func marks(
        of integrationID: Int64, since: Timestamp?, limit: Int
    ) async throws(Problem) -> [LogMark] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT \(Self.markColumns) FROM (
                    SELECT * FROM log_marks WHERE workspace_id = $1 AND integration_id = $2 AND last_at >= $3
                    ORDER BY first_at, kind, subject_key, object_key LIMIT $4) AS m \(Self.markNames)
                ORDER BY m.first_at, m.kind, m.subject_key, m.object_key
                """,
                [
                    .integer(workspace), .integer(integrationID), .integer(since?.rawValue ?? .min),
                    .integer(Int64(limit)),
                ], Self.mark)
        }
    }

    /// What no event of a time or later touched, in the order of its key: pass the last mark to go on.
    func marks(
        of integrationID: Int64, before: Timestamp, after last: LogMark?, limit: Int
    ) async throws(Problem) -> [LogMark] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT \(Self.markColumns) FROM (
                    SELECT * FROM log_marks WHERE workspace_id = $1 AND integration_id = $2 AND last_at < $3
                        AND (kind, subject_key, object_key) > ($5, $6, $7)
                    ORDER BY kind, subject_key, object_key LIMIT $4) AS m \(Self.markNames)
                ORDER BY m.kind, m.subject_key, m.object_key
                """,
                [
                    .integer(workspace), .integer(integrationID), .integer(before.rawValue), .integer(Int64(limit)),
                    .integer(last?.kind.rawValue ?? -1), .integer(last?.subject ?? -1), .integer(last?.object ?? -1),
                ], Self.mark)
        }
    }

    private static let markColumns = """
        m.kind, m.subject_key, m.object_key, m.added_at, m.removed_at, m.first_at, m.last_at, m.revision,
        coalesce(s.okta_id, ''), coalesce(o.okta_id, '')
        """
    private static let markNames = """
        LEFT JOIN objects s ON s.workspace_id = m.workspace_id AND s.object_key = m.subject_key
        LEFT JOIN objects o ON o.workspace_id = m.workspace_id AND o.object_key = m.object_key
        """

    private static func mark(_ row: Row) -> LogMark {
        LogMark(
            kind: LogMark.Kind(rawValue: row.integer(0)) ?? .user, subject: row.integer(1), object: row.integer(2),
            addedAt: row.optionalInteger(3).map(Timestamp.init(rawValue:)),
            removedAt: row.optionalInteger(4).map(Timestamp.init(rawValue:)),
            firstAt: Timestamp(rawValue: row.integer(5)), lastAt: Timestamp(rawValue: row.integer(6)),
            revision: row.integer(7), subjectID: row.text(8), objectID: row.text(9))
    }

    /// How much waits to be read again, and since when the oldest of it.
    public func markCount(of integrationID: Int64) async throws(Problem) -> (count: Int, oldest: Timestamp?) {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.first(
                "SELECT count(*), min(first_at) FROM log_marks WHERE workspace_id = $1 AND integration_id = $2",
                [.integer(workspace), .integer(integrationID)]
            ) { (Int($0.integer(0)), $0.optionalInteger(1).map(Timestamp.init(rawValue:))) } ?? (0, nil)
        }
    }

    /// What the store knows of the groups and apps that some marks are about.
    public func sizes(of marks: [LogMark]) async throws(Problem) -> TailSizes {
        let workspace = workspaceID
        let groups = Set(marks.filter { $0.kind == .membership }.map(\.subject))
        let apps = Set(marks.filter { $0.kind == .assignment }.map(\.subject))
        return try await engine.read { connection in
            var sizes = TailSizes()
            for key in groups {
                let size = try connection.first(
                    """
                    SELECT coalesce(members_count, okta_users_count) FROM user_groups
                    WHERE workspace_id = $1 AND group_key = $2 AND valid_to IS NULL
                    """, [.integer(workspace), .integer(key)]
                ) { $0.optionalInteger(0) }
                sizes.people[key] = (size ?? nil).map { Int($0) }
            }
            for key in apps {
                let app = try connection.first(
                    """
                    SELECT users_count, status, implicit_assignment FROM apps
                    WHERE workspace_id = $1 AND app_key = $2 AND valid_to IS NULL
                    """, [.integer(workspace), .integer(key)]
                ) { ($0.optionalInteger(0), $0.text(1), $0.integer(2)) }
                sizes.people[key] = (app?.0).map { Int($0) }
                if app?.1 == "ACTIVE", app?.2 == 0 { sizes.onPeoplesLists.insert(key) }
            }
            return sizes
        }
    }

    /// Lets go of marks whose lists Okta does not give.
    public func drop(_ marks: [LogMark], _ context: RunContext) async throws(Problem) {
        if marks.isEmpty { return }
        try await record(context) { writer in try writer.drop(marks) }
    }
}

extension RunWriter {
    /// Takes marks away whose things were read, unless another event came meanwhile.
    public func drop(_ marks: [LogMark]) throws {
        let delete = try connection.prepare(
            """
            DELETE FROM log_marks WHERE workspace_id = $1 AND integration_id = $2 AND kind = $3 AND subject_key = $4
                AND object_key = $5 AND revision = $6 AND first_at = $7
            """)
        delete.bind(1, context.workspaceID)
        delete.bind(2, context.integrationID)
        for mark in marks {
            delete.bind(3, mark.kind.rawValue)
            delete.bind(4, mark.subject)
            delete.bind(5, mark.object)
            delete.bind(6, mark.revision)
            delete.bind(7, mark.firstAt.rawValue)
            try delete.run()
        }
    }
}

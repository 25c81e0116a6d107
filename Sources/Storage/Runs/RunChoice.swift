import DatabaseEngine
public import Problems

/// Which of several ways a run reads one kind of list, and why.
public struct RunChoice: Sendable, Equatable {
    /// What is read: `app_groups`, `assignments`, `memberships` or `factors`.
    public let list: String
    /// How: `app`, `group` or `person` by whose lists it is read; for factors `admins`, `within-budget` or `all`.
    public let way: String
    /// The reason, in one sentence for an admin.
    public let why: String
    /// The calls it was expected to take; for factors those of people besides admins.
    public let calls: Int
    /// What Okta said when it refused the other way; nil when it did not.
    public let refused: String?

    /// A choice; see the properties.
    public init(list: String, way: String, why: String, calls: Int, refused: String? = nil) {
        self.list = list
        self.way = way
        self.why = why
        self.calls = calls
        self.refused = refused
    }
}

extension Store {
    /// What a run chose; empty until it did.
    public func choices(of context: RunContext) async throws(Problem) -> [RunChoice] {
        try await engine.read { connection in
            try Self.choices(of: context.runID, context.workspaceID, connection)
        }
    }

    static func choices(of run: Int64, _ workspace: Int64, _ connection: Connection) throws -> [RunChoice] {
        try connection.query(
            """
            SELECT list, way, why, calls, refused FROM run_choices WHERE workspace_id = $1 AND run_id = $2
            ORDER BY list
            """, [.integer(workspace), .integer(run)]
        ) { row in
            RunChoice(
                list: row.text(0), way: row.text(1), why: row.text(2), calls: Int(row.integer(3)),
                refused: row.optionalText(4))
        }
    }

    /// The kinds of lists whose other way Okta refused in the last two dozen runs, with what it said: asking again each
    /// time would cost calls that lead nowhere, never asking again would miss a right that was granted since.
    public func refusedWays(of integrationID: Int64) async throws(Problem) -> [String: String] {
        let workspace = workspaceID
        return try await engine.read { connection in
            let rows = try connection.query(
                """
                SELECT c.list, c.refused FROM run_choices c
                WHERE c.workspace_id = $1 AND c.refused IS NOT NULL AND c.run_id IN (
                    SELECT r.run_id FROM runs r
                    WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.kind <> 'tail'
                    ORDER BY r.run_id DESC LIMIT 24)
                ORDER BY c.run_id
                """, [.integer(workspace), .integer(integrationID)]
            ) { ($0.text(0), $0.text(1)) }
            return Dictionary(rows, uniquingKeysWith: { $1 })
        }
    }

    /// Keeps what a run chose and puts the work of the chosen ways on its list, in one transaction: a run that is gone on
    /// with reads on in the same way.
    public func choose(_ choices: [RunChoice], of context: RunContext) async throws(Problem) {
        try await record(context) { writer in
            for choice in choices {
                try writer.keep(choice)
                if let ways = OtherWay.of(choice.list) {
                    if choice.way == ways.way {
                        try ways.begin(writer)
                    } else {
                        try writer.move(ways.stage, from: .pending, to: .setAside)
                    }
                }
            }
        }
    }

    /// Keeps one choice that puts no other work on the list.
    public func keep(_ choice: RunChoice, of context: RunContext) async throws(Problem) {
        try await record(context) { writer in try writer.keep(choice) }
    }

    /// Okta refused the other way of a kind of lists: the ordinary one is gone on with.
    public func giveUp(_ choice: RunChoice, of context: RunContext) async throws(Problem) {
        try await record(context) { writer in
            try writer.keep(choice)
            try OtherWay.of(choice.list)?.giveUp(writer)
        }
    }

    /// Closes what the other way's lists, now all read, did not show.
    public func finishOtherWay(of list: String, _ context: RunContext) async throws(Problem) {
        try await record(context) { writer in try OtherWay.of(list)?.finish(writer) }
    }
}

extension RunWriter {
    fileprivate func keep(_ choice: RunChoice) throws {
        try connection.execute(
            """
            INSERT INTO run_choices (workspace_id, run_id, list, way, why, calls, refused)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (workspace_id, run_id, list) DO UPDATE SET
                way = excluded.way, why = excluded.why, calls = excluded.calls, refused = excluded.refused
            """,
            [
                .integer(context.workspaceID), .integer(context.runID), .text(choice.list), .text(choice.way),
                .text(choice.why), .integer(Int64(choice.calls)), .optional(choice.refused),
            ])
    }

    /// Moves the listings of a stage from one state to another.
    func move(_ stage: String, from: ListingState.Progress, to: ListingState.Progress) throws {
        try connection.execute(
            """
            UPDATE listings SET state = $4 WHERE workspace_id = $1 AND run_id = $2 AND call_class = $3 AND state = $5
            """,
            [
                .integer(context.workspaceID), .integer(context.runID), .text(stage), .integer(to.rawValue),
                .integer(from.rawValue),
            ])
    }
}

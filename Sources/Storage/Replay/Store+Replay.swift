import DatabaseEngine
public import Directory
public import Problems

extension Store {
    /// Replays the System Log backwards from what the first sync saw, for every list that was not replayed before and may
    /// be read: history then begins where the log begins.
    ///
    /// Goes on where an interrupted replay stopped. Each transaction does a bounded piece of work and moves the checkpoint
    /// with it; done twice, the work changes nothing. A list counts as replayed when its row in `replays` is there.
    ///
    /// - Parameter piece: how many events one transaction takes, but for the rest of the last story.
    public func replayLog(
        _ context: RunContext, readable: Set<Resource>, piece: Int = 4_000
    ) async throws(Problem) {
        let done = try await replayedLists(of: context.integrationID)
        let lists = ReplayList.all.filter { readable.contains($0.resource) && !done.contains($0.name) }
        for list in lists {
            var state = try await listing("replay_\(list.name)", of: context)
            while state.progress != .complete {
                if Task.isCancelled { throw StorageProblem.cancelled }
                let before = state
                state = try await record(context) { writer in
                    var state = before
                    try list.advance(&state, writer, piece: piece)
                    try writer.save(state)
                    return state
                }
            }
        }
        if context.isFirst { try await takeBackBeginnings(context) }
    }

    private func replayedLists(of integrationID: Int64) async throws(Problem) -> Set<String> {
        let workspace = workspaceID
        return try await engine.read { connection in
            Set(
                try connection.query(
                    "SELECT list FROM replays WHERE workspace_id = $1 AND integration_id = $2",
                    [.integer(workspace), .integer(integrationID)]
                ) { $0.text(0) })
        }
    }
}

extension ReplayList {
    /// Does steps until enough is done for one transaction.
    fileprivate func advance(_ state: inout ListingState, _ writer: RunWriter, piece: Int) throws {
        guard let replay = try replay(writer, piece: piece) else { return state.progress = .complete }
        var (step, key) = Self.position(state.cursor)
        var left = piece
        if replay.since >= replay.horizon { step = steps.count }
        while step < steps.count, left > 0 {
            let (last, work) = try steps[step].advance(replay, key)
            left -= work
            if let last {
                key = last
            } else {
                step += 1
                key = ReplayKey()
            }
        }
        state.pages += 1
        state.cursor = "\(step) \(key.subject) \(key.object)"
        state.progress = .walking
        if step < steps.count { return }
        state.progress = .complete
        try writer.connection.execute(
            """
            INSERT INTO replays (workspace_id, integration_id, list, since, horizon, run_id)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, integration_id, list) DO NOTHING
            """,
            [
                replay.workspace, replay.integration, .text(name), .integer(min(replay.since, replay.horizon)),
                .integer(replay.horizon), replay.run,
            ])
    }

    private static func position(_ cursor: String?) -> (step: Int, key: ReplayKey) {
        let numbers = (cursor ?? "").split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 3 else { return (0, ReplayKey()) }
        return (Int(numbers[0]), ReplayKey(subject: numbers[1], object: numbers[2]))
    }

    /// Between which moments the list is replayed; nil when the log was never read.
    private func replay(_ writer: RunWriter, piece: Int) throws -> Replay? {
        let context = writer.context
        let whole: [Value] = [.integer(context.workspaceID), .integer(context.integrationID)]
        let read = try writer.connection.first(
            "SELECT log_since FROM integrations WHERE workspace_id = $1 AND integration_id = $2", whole,
            { $0.optionalInteger(0) })
        guard let logSince = read ?? nil else { return nil }
        var horizon = context.seenAt.rawValue
        var until = Int64.max
        if !context.isFirst, let first = try firstRun(writer) {
            horizon = first.began
            until = first.ended
        }
        // Behind a gap of the log nothing can be told backwards.
        let gap = try writer.connection.first(
            """
            SELECT max(gap_to) FROM log_gaps WHERE workspace_id = $1 AND integration_id = $2 AND gap_to <= $3
            """, whole + [.integer(horizon)], { $0.optionalInteger(0) })
        return Replay(
            writer: writer, since: max(logSince, (gap ?? nil) ?? .min), horizon: horizon, until: until,
            piece: piece)
    }

    /// The first finished run that had written rows of the list; nil when this run is the first.
    private func firstRun(_ writer: RunWriter) throws -> (began: Int64, ended: Int64)? {
        let context = writer.context
        return try writer.connection.first(
            """
            SELECT r.started_at, r.finished_at FROM runs r
            WHERE r.workspace_id = $1 AND r.integration_id = $2 AND r.run_id < $3 AND r.kind <> 'tail'
                AND r.status IN ('complete', 'partial', 'held') AND r.run_id >= (
                    SELECT min(t.opened_run) FROM \(table) t
                    JOIN runs o ON o.workspace_id = t.workspace_id AND o.run_id = t.opened_run
                        AND o.integration_id = $2
                    WHERE t.workspace_id = $1)
            ORDER BY r.run_id LIMIT 1
            """, [.integer(context.workspaceID), .integer(context.integrationID), .integer(context.runID)]
        ) { ($0.integer(0), $0.optionalInteger(1) ?? .max) }
    }
}

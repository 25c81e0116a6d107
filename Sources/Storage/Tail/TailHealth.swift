import DatabaseEngine
public import Directory
public import Problems

/// How following a tenant's System Log goes.
public struct TailHealth: Sendable, Equatable {
    /// When the log was last asked for and answered; nil when it never was.
    public let askedAt: Timestamp?
    /// When the newest event happened that it told of.
    public let eventAt: Timestamp?
    /// What keeps it from being followed; nil when nothing does.
    public let problem: RecordedProblem?
    /// Things that wait to be read again.
    public let waiting: Int
    /// Since when the oldest of them waits.
    public let waitingSince: Timestamp?
    /// The last 24 hours together.
    public let day: TailFigures
    /// The last whole hour and what there is of this one.
    public let hour: TailFigures

    /// Whether the log counts as followed: asked within the last two minutes.
    public func isFollowing(at now: Timestamp) -> Bool {
        askedAt.map { now.seconds - $0.seconds <= 120 } ?? false
    }
}

/// What following the log took and brought in some hours.
public struct TailFigures: Sendable, Equatable {
    /// How long they are, in seconds; 0 when nobody followed the log.
    public var seconds: Int64 = 0
    /// Calls that asked for the log.
    public var logCalls = 0
    /// Calls that read again what its events touched.
    public var otherCalls = 0
    /// Events that were new.
    public var events = 0
    /// Changes by how long they took from Okta's event to the row here: at most each of `bounds` seconds, then later.
    public var changes = [Int](repeating: 0, count: TailFigures.bounds.count + 1)

    /// No figures.
    public init() {}

    /// The bounds of `changes` but its last, in seconds.
    public static let bounds = [2, 5, 10, 30, 60]

    /// All changes.
    public var changeCount: Int { changes.reduce(0, +) }

    /// The bound within which half of the changes arrived, in seconds; nil without changes, or when later than all.
    public var medianBound: Int? {
        var sum = 0
        for (bound, count) in zip(Self.bounds, changes) {
            sum += count
            if sum * 2 >= changeCount, sum > 0 { return bound }
        }
        return nil
    }

    mutating func add(_ other: TailFigures) {
        seconds += other.seconds
        logCalls += other.logCalls
        otherCalls += other.otherCalls
        events += other.events
        for index in changes.indices { changes[index] += other.changes[index] }
    }
}

extension Store {
    /// How following the System Log of an integration goes.
    public func tailHealth(of integrationID: Int64, now: Timestamp) async throws(Problem) -> TailHealth {
        let workspace = workspaceID
        let waiting = try await markCount(of: integrationID)
        return try await engine.read { connection in
            let parameters: [Value] = [.integer(workspace), .integer(integrationID)]
            let row = try connection.first(
                """
                SELECT asked_at, event_at, problem_id, problem_title, problem_remedy FROM tails
                WHERE workspace_id = $1 AND integration_id = $2
                """, parameters
            ) { row in
                (
                    row.optionalInteger(0), row.optionalInteger(1),
                    row.optionalText(2).map { RecordedProblem(id: $0, title: row.text(3), remedy: row.text(4)) }
                )
            }
            let current = now.seconds / 3600
            var day = TailFigures()
            var hour = TailFigures()
            try connection.each(
                """
                SELECT hour, log_calls, other_calls, events, within_2s, within_5s, within_10s, within_30s, within_60s,
                    later
                FROM tail_hours WHERE workspace_id = $1 AND integration_id = $2 AND hour > $3
                """, parameters + [.integer(current - 24)]
            ) { row in
                var one = TailFigures()
                one.seconds = row.integer(0) == current ? now.seconds % 3600 : 3600
                one.logCalls = Int(row.integer(1))
                one.otherCalls = Int(row.integer(2))
                one.events = Int(row.integer(3))
                one.changes = (4..<10).map { Int(row.integer($0)) }
                day.add(one)
                if row.integer(0) >= current - 1 { hour.add(one) }
                return true
            }
            return TailHealth(
                askedAt: (row?.0).map(Timestamp.init(rawValue:)), eventAt: (row?.1).map(Timestamp.init(rawValue:)),
                problem: row?.2, waiting: waiting.count, waitingSince: waiting.oldest, day: day, hour: hour)
        }
    }

    /// Notes what keeps the log of an integration from being followed.
    public func noteTail(_ problem: RecordedProblem, of integrationID: Int64) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in
            try connection.execute(
                """
                INSERT INTO tails (workspace_id, integration_id, problem_id, problem_title, problem_remedy)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (workspace_id, integration_id) DO UPDATE SET problem_id = excluded.problem_id,
                    problem_title = excluded.problem_title, problem_remedy = excluded.problem_remedy
                """,
                [
                    .integer(workspace), .integer(integrationID), .text(problem.id), .text(problem.title),
                    .text(problem.remedy),
                ])
        }
    }
}

extension RunWriter {
    /// Notes that the log answered, up to which event, in the transaction of what it told.
    ///
    /// - Parameter settling: the problems of the tenant that an answer proves to be over.
    public func noteTail(askedAt: Timestamp, eventAt: Timestamp?, settling problems: [String]) throws {
        let tenant: [Value] = [
            .integer(context.workspaceID), .integer(context.integrationID), .integer(askedAt.rawValue),
        ]
        try connection.execute(
            "UPDATE integrations SET last_call_at = $3 WHERE workspace_id = $1 AND integration_id = $2", tenant)
        for problem in problems {
            try connection.execute(
                """
                UPDATE integrations SET problem_id = NULL, problem_title = NULL, problem_remedy = NULL
                WHERE workspace_id = $1 AND integration_id = $2 AND problem_id = $3
                """, tenant.prefix(2) + [.text(problem)])
        }
        try connection.execute(
            """
            INSERT INTO tails (workspace_id, integration_id, asked_at, event_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (workspace_id, integration_id) DO UPDATE SET asked_at = excluded.asked_at,
                event_at = coalesce(excluded.event_at, tails.event_at), problem_id = NULL, problem_title = NULL,
                problem_remedy = NULL
            """,
            [
                .integer(context.workspaceID), .integer(context.integrationID), .integer(askedAt.rawValue),
                .optional(eventAt?.rawValue),
            ])
    }

    /// Adds to the figures of the present hour.
    public func count(_ figures: TailFigures, at now: Timestamp) throws {
        let columns = [
            "log_calls", "other_calls", "events", "within_2s", "within_5s", "within_10s", "within_30s", "within_60s",
            "later",
        ]
        let values = [figures.logCalls, figures.otherCalls, figures.events] + figures.changes
        try connection.execute(
            """
            INSERT INTO tail_hours (workspace_id, integration_id, hour, \(columns.joined(separator: ", ")))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (workspace_id, integration_id, hour) DO UPDATE SET
                \(columns.map { "\($0) = tail_hours.\($0) + excluded.\($0)" }.joined(separator: ", "))
            """,
            [.integer(context.workspaceID), .integer(context.integrationID), .integer(now.seconds / 3600)]
                + values.map { .integer(Int64($0)) })
    }

    /// Lets go of marks whose things were read, and counts how long that took.
    public func answered(_ marks: [LogMark], at now: Timestamp) throws {
        let settled = try marks.filter { try !isContradicted($0, at: now) }
        try drop(settled)
        try countFreshness(settled, at: now)
    }

    /// For how long an answer may contradict an event and be asked for again: Okta's lists may lag behind its log, and a
    /// deletion takes a while after its event.
    private static let lag: Int64 = 60

    /// Whether what was read is not yet what the event told: it is there though it ended, or not there though it began.
    private func isContradicted(_ mark: LogMark, at now: Timestamp) throws -> Bool {
        guard now.seconds - mark.lastAt.seconds < Self.lag, mark.addedAt != mark.removedAt else { return false }
        let began = (mark.addedAt?.rawValue ?? .min) > (mark.removedAt?.rawValue ?? .min)
        let rows: (table: String, subject: String, object: String?)? =
            switch mark.kind {
            case .user: ("users", "user_key", nil)
            case .group: ("user_groups", "group_key", nil)
            case .app: ("apps", "app_key", nil)
            case .membership: ("memberships", "group_key", "user_key")
            case .assignment: ("assignments", "app_key", "user_key")
            case .appGroup: ("app_groups", "app_key", "group_key")
            case .userRoles, .groupRoles, .factors, .apiTokens: nil
            }
        guard let rows, (rows.object == nil) == (mark.object == 0) else { return false }
        let other = rows.object.map { " AND \($0) = $3" } ?? ""
        let isThere = try connection.first(
            "SELECT 1 FROM \(rows.table) WHERE workspace_id = $1 AND \(rows.subject) = $2\(other) AND valid_to IS NULL",
            [.integer(context.workspaceID), .integer(mark.subject)]
                + (rows.object == nil ? [] : [.integer(mark.object)]),
            { _ in true })
        return (isThere ?? false) != began
    }

    private func countFreshness(_ marks: [LogMark], at now: Timestamp) throws {
        var figures = TailFigures()
        for mark in marks {
            let lag = now.rawValue - mark.firstAt.rawValue
            let place = TailFigures.bounds.firstIndex { lag <= Int64($0) * 1_000_000 }
            figures.changes[place ?? TailFigures.bounds.count] += 1
        }
        try count(figures, at: now)
    }
}

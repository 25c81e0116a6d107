import DatabaseEngine
import Directory
public import Problems

/// How completely the past is known at a date.
public struct Completeness: Sendable, Equatable {
    /// The grade.
    public let grade: Grade
    /// Why, in one sentence for people.
    public let reason: String

    /// From what a date is known.
    public enum Grade: String, Sendable, Comparable {
        /// A sync saw it.
        case full
        /// Before the first sync, told by the events of the System Log.
        case inferred = "event-inferred"
        /// Only what Okta itself dates is known.
        case gap

        /// The worse is the greater.
        public static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }

        private var rank: Int { self == .full ? 0 : self == .inferred ? 1 : 2 }
    }

    /// A grade and why.
    public init(_ grade: Grade, _ reason: String) {
        self.grade = grade
        self.reason = reason
    }
}

extension Store {
    /// How completely the past is known at a date: of several integrations, as the worst of them.
    public func grade(of asOf: AsOf) async throws(Problem) -> Completeness {
        guard let time = asOf.time else { return Completeness(.full, "What the last sync saw.") }
        let workspace = workspaceID
        let known: (String) -> String = { column in
            if case .believed(_, let run) = asOf { " AND \(column) <= \(run)" } else { "" }
        }
        let (runs, replays) = (known("r.run_id"), known("run_id"))
        let grades = try await engine.read { connection in
            let integrations = try connection.query(
                """
                SELECT i.integration_id, i.log_since,
                    (SELECT min(r.started_at) FROM runs r WHERE r.workspace_id = i.workspace_id
                        AND r.integration_id = i.integration_id AND r.kind <> 'tail'
                        AND r.status IN ('complete', 'partial', 'held')\(runs)),
                    (SELECT max(r.finished_at) FROM runs r WHERE r.workspace_id = i.workspace_id
                        AND r.integration_id = i.integration_id AND r.kind <> 'tail'
                        AND r.status IN ('complete', 'partial', 'held')\(runs)),
                    (SELECT t.asked_at FROM tails t WHERE t.workspace_id = i.workspace_id
                        AND t.integration_id = i.integration_id)
                FROM integrations i WHERE i.workspace_id = $1 ORDER BY i.integration_id
                """, [.integer(workspace)]
            ) { row in
                Known(
                    integration: row.integer(0), logSince: row.optionalInteger(1), first: row.optionalInteger(2),
                    // Since the last sync, too, while somebody follows the log.
                    last: row.optionalInteger(3).map { max($0, row.optionalInteger(4) ?? $0) })
            }
            return try integrations.map { try $0.grade(at: time, workspace, connection, replays: replays) }
        }
        // The first of the worst, so that the same store always tells the same.
        return grades.reduce(nil) { worst, grade in worst.map { $0.grade >= grade.grade ? $0 : grade } ?? grade }
            ?? Completeness(.gap, "Nothing has been read yet.")
    }
}

/// What is known of one integration's time.
private struct Known {
    let integration: Int64
    let logSince: Int64?
    let first: Int64?
    let last: Int64?

    /// - Parameter replays: the condition that keeps the replays that were known of.
    func grade(
        at time: Timestamp, _ workspace: Int64, _ connection: Connection, replays: String
    ) throws -> Completeness {
        guard let first, let last else {
            return Completeness(.gap, replays.isEmpty ? "No sync has finished yet." : "No sync had finished by then.")
        }
        let gap = try connection.first(
            """
            SELECT gap_from, gap_to FROM log_gaps
            WHERE workspace_id = $1 AND integration_id = $2 AND gap_from <= $3 AND gap_to > $3 ORDER BY gap_from LIMIT 1
            """, [.integer(workspace), .integer(integration), .integer(time.rawValue)]
        ) { ($0.integer(0), $0.integer(1)) }
        if let (from, to) = gap {
            return Completeness(
                .gap,
                "From \(day(from)) to \(day(to)) nothing was read, and Okta has deleted its System Log of that time.")
        }
        if time.rawValue > last + 86_400 * 1_000_000 {
            return Completeness(.gap, "Nothing was read after \(day(last)): this is what was so then.")
        }
        if time.rawValue >= first { return Completeness(.full, "A sync saw it.") }
        let replayed = try connection.query(
            "SELECT list, since FROM replays WHERE workspace_id = $1 AND integration_id = $2\(replays)",
            [.integer(workspace), .integer(integration)]
        ) { ($0.text(0), $0.integer(1)) }
        let told = Set(replayed.filter { $0.1 <= time.rawValue }.map(\.0))
        if told.isEmpty { return Completeness(.gap, why(replayed.map(\.1).min(), first)) }
        let missing = ReplayList.all.map(\.name).filter { !told.contains($0) }.map(ReplayList.words)
        return Completeness(
            .inferred,
            "From before the first sync on \(day(first)), told by the System Log; profiles are as they were first seen."
                + (missing.isEmpty ? "" : " Not told: \(missing.joined(separator: ", ")).")
        )
    }

    private func why(_ since: Int64?, _ first: Int64) -> String {
        if let since, since < first {
            return "Before \(day(since)), where Okta's System Log begins: only what Okta itself dates is known."
        }
        if logSince == nil {
            return "From before the first sync on \(day(first)), and the System Log could not be read: only what Okta "
                + "itself dates is known."
        }
        return "From before the first sync on \(day(first)), and the System Log is not replayed yet: only what Okta "
            + "itself dates is known."
    }

    private func day(_ time: Int64) -> String { Timestamp(rawValue: time).date }
}

extension ReplayList {
    static func words(_ name: String) -> String {
        switch name {
        case "user_groups": "groups"
        case "app_groups": "groups of apps"
        default: name
        }
    }
}

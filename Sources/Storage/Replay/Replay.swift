import DatabaseEngine
import Directory

/// The System Log of one integration replayed backwards from what the first sync saw: what every piece of it shares.
struct Replay {
    let writer: RunWriter
    /// The oldest moment the log tells of.
    let since: Int64
    /// When the first sync saw what is so.
    let horizon: Int64
    /// When that sync had read all lists; no end on a first connect, whose sync is still on.
    let until: Int64
    /// How many events a piece of work takes.
    let piece: Int
    /// What was asked before in this piece of work.
    let memo = ReplayMemo()

    var connection: Connection { writer.connection }
    var workspace: Value { .integer(writer.context.workspaceID) }
    var integration: Value { .integer(writer.context.integrationID) }
    var run: Value { .integer(writer.context.runID) }

    /// The log's beginning, or a date of Okta's when that is later.
    func beginning(notBefore made: Int64?...) -> Beginning {
        let latest = made.compactMap { $0 }.max() ?? .min
        return latest > since ? Beginning(at: latest, how: .oktaDate) : Beginning(at: since, how: .beforeLog)
    }

    /// Since when something is as the first sync saw it. That it is as old as the log, a first run only presumed.
    func seen(_ from: Int64, _ how: Evidence) -> Beginning {
        how == .beforeLog ? Beginning(at: horizon, how: .firstSight) : Beginning(at: from, how: how)
    }

    /// One event of something, in order of time.
    struct Event {
        let type: String
        let at: Int64
        let detail: String?
    }

    /// Events of one thing or one pair of things.
    struct Story {
        let key: ReplayKey
        var events: [Event]
    }

    /// The stories of the log in order of key, from behind a key on, until `most` events are read: whole stories, never a
    /// part of one. Failed events are left out, but Okta calls every lock-out a failure.
    func stories(
        _ types: [String], of columns: (String, String?), among: String, after last: ReplayKey, most: Int
    ) throws -> (stories: [Story], isLast: Bool) {
        let (subject, object) = columns
        let names = types.map { "'\($0)'" }.joined(separator: ", ")
        let second = object.map { "e.\($0)" } ?? "0"
        let behind =
            object.map { "(e.\(subject) > $3 OR e.\($0) > $4) AND e.\($0) IS NOT NULL" } ?? "e.\(subject) > $3"
        let order = object.map { "e.\(subject), e.\($0)" } ?? "e.\(subject)"
        var stories: [Story] = []
        var count = 0
        var isLast = true
        try connection.each(
            """
            SELECT e.\(subject), \(second), e.event_type, e.published_at, e.detail FROM log_events e
            WHERE e.workspace_id = $1 AND e.\(subject) >= $3 AND e.\(subject) IS NOT NULL
                AND \(behind) \(among)
                AND e.integration_id = $2 AND e.event_type IN (\(names))
                AND (e.result IS NULL OR e.result = 'SUCCESS' OR e.event_type = '\(StatusChange.lock)')
            ORDER BY \(order), e.published_at, e.uuid
            """,
            [workspace, integration, .integer(last.subject)] + (object == nil ? [] : [.integer(last.object)])
        ) { row in
            let key = ReplayKey(subject: row.integer(0), object: row.integer(1))
            if stories.last?.key != key {
                if count >= most {
                    isLast = false
                    return false
                }
                stories.append(Story(key: key, events: []))
            }
            count += 1
            stories[stories.count - 1].events.append(
                Event(type: row.text(2), at: row.integer(3), detail: row.optionalText(4)))
            return true
        }
        return (stories, isLast)
    }
}

/// Answers that many stories of one piece of work need.
final class ReplayMemo {
    private var answers: [Question: Int64?] = [:]

    private struct Question: Hashable {
        let about: String
        let key: Int64
    }

    func answer(_ about: String, _ key: Int64, _ ask: () throws -> Int64?) rethrows -> Int64? {
        let question = Question(about: about, key: key)
        if let known = answers[question] { return known }
        let answer = try ask()
        answers[question] = .some(answer)
        return answer
    }
}

/// Where a replay stands: what was done last.
struct ReplayKey: Equatable {
    var subject: Int64 = 0
    var object: Int64 = 0
}

/// One step of a replay: a kind of thing, gone through in order of key.
struct ReplayStep: Sendable {
    /// Does a bounded piece of work behind a key; returns the key of the last thing done, nil after the last.
    let advance: @Sendable (Replay, ReplayKey) throws -> (last: ReplayKey?, work: Int)

    init(_ advance: @escaping @Sendable (Replay, ReplayKey) throws -> (last: ReplayKey?, work: Int)) {
        self.advance = advance
    }

    /// A step that is one piece of work.
    static func once(_ body: @escaping @Sendable (Replay) throws -> Void) -> ReplayStep {
        ReplayStep { replay, _ in
            try body(replay)
            return (nil, 1)
        }
    }

    /// A step that tells stories.
    static func stories(
        _ types: [String], of columns: (String, String?), among: String = "",
        ahead: @escaping @Sendable (Replay, [Replay.Story]) throws -> Void = { _, _ in },
        _ tell: @escaping @Sendable (Replay, Replay.Story) throws -> Void
    ) -> ReplayStep {
        ReplayStep { replay, last in
            let (stories, isLast) = try replay.stories(
                types, of: columns, among: among, after: last, most: replay.piece)
            try ahead(replay, stories)
            for story in stories { try tell(replay, story) }
            return (isLast ? nil : stories.last?.key, stories.reduce(0) { $0 + $1.events.count })
        }
    }
}

/// One list whose past the log tells.
struct ReplayList: Sendable {
    /// The list, as the table `replays` names it.
    let name: String
    /// What must be readable for it.
    let resource: Resource
    /// The table that the first sync wrote.
    let table: String
    /// What is done, in order.
    let steps: [ReplayStep]

    /// Things before what links them: a link is no older than they are.
    static let all: [ReplayList] = [
        .users, .groups, .apps, .links(.memberships, .memberships), .links(.assignments, .assignments),
        .links(.appGroups, .appGroups), .roles,
    ]
}

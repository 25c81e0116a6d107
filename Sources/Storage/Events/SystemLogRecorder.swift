import DatabaseEngine
public import Directory

/// Records System Log events exactly once: sign-ins into the usage rollup, everything else as events.
///
/// The events of a page, their rollup and the place behind them commit together, so replaying a page changes nothing.
public struct SystemLogRecorder: Sendable {
    /// A recorder.
    public init() {}

    /// Writes one page of events and the place behind it.
    ///
    /// - Parameter place: where in the log they lie; nil for what an Event Hook told, whose sign-ons are left to the log.
    /// - Returns: how many of them were not written before.
    /// - Throws: `sync.log.moved`.
    @discardableResult
    public func record(_ events: [SystemLogEvent], at place: LogPlace?, _ writer: RunWriter) throws -> Int {
        var counted: Int64?
        if let place {
            counted = try writer.move(over: place, isEmpty: events.isEmpty)
            if counted == nil { return 0 }
        }
        try writer.expect(events.flatMap { event in event.targets.map(\.id) + (event.actorID.map { [$0] } ?? []) })
        var named: Set<Int64> = []
        let insert = try writer.connection.prepare(Self.insert)
        var kept: [(index: Int, targets: LogMarker.Targets)] = []
        var usage = PageUsage()
        var fresh = 0
        // By their place: an event is a dozen texts, each of which would be counted in and out again.
        for index in events.indices {
            if events[index].eventType == SystemLogEvent.signOn {
                guard let counted, Int64(events[index].published.day) >= counted else { continue }
                fresh += 1
                if events[index].result == "SUCCESS" { try add(events[index], to: &usage, &named, writer) }
            } else {
                // Kept as a row, which is what remembers it.
                kept.append((index, try write(events[index], &named, writer, insert)))
            }
        }
        // What is new shows only now: a server is asked once for the whole page.
        for (one, rows) in zip(kept, try insert.takeCounts()) where rows > 0 {
            fresh += 1
            try LogMarker.mark(events[one.index], one.targets, writer)
        }
        try usage.write(writer)
        writer.count("events", seen: events.count, added: fresh)
        return fresh
    }

    private static let insert = """
        INSERT INTO log_events (workspace_id, published_at, uuid, integration_id, event_type, result, actor_key,
            actor_name, user_key, group_key, app_key, summary, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (workspace_id, published_at, uuid) DO NOTHING
        """

    private func add(
        _ event: SystemLogEvent, to usage: inout PageUsage, _ named: inout Set<Int64>, _ writer: RunWriter
    ) throws {
        guard let app = event.targets.first(where: { $0.type == "AppInstance" }) else { return }
        let person = event.actorType == "User" ? event.actorID : event.targets.first { $0.type == "User" }?.id
        guard let person else { return }
        usage.add(
            app: try key(of: app, &named, writer), user: try writer.key(of: person), at: event.published)
    }

    /// Writes an event, unless it was written before; what it is about.
    private func write(
        _ event: SystemLogEvent, _ named: inout Set<Int64>, _ writer: RunWriter, _ insert: Statement
    ) throws -> LogMarker.Targets {
        var user: Int64?
        var group: Int64?
        var app: Int64?
        for target in event.targets {
            switch target.type {
            case "User" where user == nil: user = try key(of: target, &named, writer)
            case "UserGroup" where group == nil: group = try key(of: target, &named, writer)
            case "AppInstance" where app == nil: app = try key(of: target, &named, writer)
            default: continue
            }
        }
        insert.bind(1, writer.context.workspaceID)
        insert.bind(2, event.published.rawValue)
        insert.bind(3, event.uuid)
        insert.bind(4, writer.context.integrationID)
        insert.bind(5, event.eventType)
        insert.bind(6, event.result)
        insert.bind(7, try event.actorType == "User" ? event.actorID.map { try writer.key(of: $0) } : nil)
        insert.bind(8, event.actorName)
        insert.bind(9, user)
        insert.bind(10, group)
        insert.bind(11, app)
        insert.bind(12, Self.names(event.targets))
        insert.bind(13, event.detail)
        try insert.runCounted()
        return LogMarker.Targets(user: user, group: group, app: app)
    }

    /// The key of a target, which keeps the name the log first gave it: of what no list shows any more, the log is the
    /// only place that remembers it. Kept of every target: which of them a list shows is not known while both are read.
    private func key(
        of target: SystemLogEvent.Target, _ named: inout Set<Int64>, _ writer: RunWriter
    ) throws -> Int64 {
        let key = try writer.key(of: target.id)
        guard let name = target.displayName, named.insert(key).inserted else { return key }
        let insert = try writer.connection.prepare(
            """
            INSERT INTO log_names (workspace_id, object_key, type, name, seen_at, login)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, object_key) DO NOTHING
            """)
        insert.bind(1, writer.context.workspaceID)
        insert.bind(2, key)
        insert.bind(3, target.type)
        insert.bind(4, name)
        insert.bind(5, writer.context.seenAt.rawValue)
        insert.bind(6, target.login)
        try insert.run()
        return key
    }

    /// The names of the targets, each once: an assignment names its user twice, as a person and as an app user.
    private static func names(_ targets: [SystemLogEvent.Target]) -> String {
        var names: [String] = []
        for name in targets.compactMap(\.displayName) where !names.contains(name) { names.append(name) }
        return names.joined(separator: ", ")
    }

    /// Sixteen bytes of a UUID in text form; the text itself when it is none.
    static func bytes(ofUUID text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        var high: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case 48...57: digit = character - 48
            case 97...102: digit = character - 87
            case 65...70: digit = character - 55
            case 45: continue
            default: return Array(text.utf8)
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes.count == 16 && high == nil ? bytes : Array(text.utf8)
    }
}

public import DatabaseEngine
import Directory
public import Problems

/// Writes what a run learned inside one transaction: identities, counts and the journal of changes.
///
/// Lives as long as its transaction. What it counted is written by `finish`, with the rows it counts.
public final class RunWriter {
    /// The connection of the transaction.
    public let connection: Connection
    /// The run that writes.
    public let context: RunContext
    private var counts: [String: RunCount] = [:]
    let findKey: Statement
    let known: KeyCache
    /// Keys looked up or given out in this transaction.
    private(set) var fresh: [String: Int64] = [:]
    private var nextKey: Int64?
    /// Groups and apps of which single links were written: each is counted once, at the end.
    private var recounted: [String: Set<Int64>] = [:]

    init(connection: Connection, context: RunContext, known: KeyCache) throws {
        self.connection = connection
        self.context = context
        self.known = known
        findKey = try connection.prepare(
            "SELECT object_key FROM objects WHERE workspace_id = $1 AND integration_id = $2 AND okta_id = $3")
        findKey.bind(1, context.workspaceID)
        findKey.bind(2, context.integrationID)
    }

    /// The key of an Okta object, given out on first sight.
    public func key(of oktaID: String) throws -> Int64 {
        try knownKey(of: oktaID) ?? newKey(for: oktaID)
    }

    /// The key of an Okta object that was seen before.
    public func knownKey(of oktaID: String) throws -> Int64? {
        if let key = known[oktaID] ?? fresh[oktaID] { return key }
        findKey.bind(3, oktaID)
        guard let key = try findKey.first({ $0.integer(0) }) else { return nil }
        fresh[oktaID] = key
        return key
    }

    private func newKey(for oktaID: String) throws -> Int64 {
        let key = try nextKey ?? firstFreeKey()
        nextKey = key + 1
        let insert = try connection.prepare(
            "INSERT INTO objects (workspace_id, object_key, integration_id, okta_id) VALUES ($1, $2, $3, $4)")
        insert.bind(1, context.workspaceID)
        insert.bind(2, key)
        insert.bind(3, context.integrationID)
        insert.bind(4, oktaID)
        try insert.run()
        fresh[oktaID] = key
        return key
    }

    private func firstFreeKey() throws -> Int64 {
        let free = try connection.first(
            "SELECT next_key FROM workspace_counters WHERE workspace_id = $1", [.integer(context.workspaceID)],
            { $0.integer(0) })
        guard let free else { throw StorageProblem.workspaceMissing(context.workspaceID) }
        return free
    }

    /// Adds to the counts that the run reports for a noun.
    public func count(_ noun: String, seen: Int = 0, added: Int = 0, changed: Int = 0, closed: Int = 0) {
        counts[noun, default: RunCount(noun: noun)].add(seen: seen, added: added, changed: changed, closed: closed)
    }

    /// Notes one change in the run's journal. First runs keep none: everything would be new.
    public func change(_ noun: String, _ change: String, subject: Int64, object: Int64 = 0) throws {
        if context.isFirst { return }
        try noteDrift(noun, subject, object)
        let insert = try connection.prepare(
            """
            INSERT INTO changes (workspace_id, run_id, noun, change, subject_key, object_key)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, run_id, noun, change, subject_key, object_key) DO NOTHING
            """)
        insert.bind(1, context.workspaceID)
        insert.bind(2, context.runID)
        insert.bind(3, noun)
        insert.bind(4, change)
        insert.bind(5, subject)
        insert.bind(6, object)
        try insert.run()
    }

    /// Counts the links of a group or app again before the transaction ends.
    func recount(_ noun: String, _ subject: Int64) { recounted[noun, default: []].insert(subject) }

    func finish() throws {
        for group in recounted["memberships", default: []].sorted() {
            try MembershipRecorder.keepCount(of: group, self)
        }
        for app in recounted["assignments", default: []].sorted() { try AssignmentRecorder.keepCount(of: app, self) }
        if let nextKey {
            try connection.execute(
                "UPDATE workspace_counters SET next_key = $2 WHERE workspace_id = $1",
                [.integer(context.workspaceID), .integer(nextKey)])
        }
        if context.runID == RunContext.noRun { return }
        for (_, count) in counts.sorted(by: { $0.key < $1.key }) {
            try connection.execute(
                """
                INSERT INTO run_counts (workspace_id, run_id, noun, seen, added, changed, closed)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (workspace_id, run_id, noun) DO UPDATE SET
                    seen = run_counts.seen + excluded.seen, added = run_counts.added + excluded.added,
                    changed = run_counts.changed + excluded.changed, closed = run_counts.closed + excluded.closed
                """,
                [
                    .integer(context.workspaceID), .integer(context.runID), .text(count.noun),
                    .integer(Int64(count.seen)), .integer(Int64(count.added)), .integer(Int64(count.changed)),
                    .integer(Int64(count.closed)),
                ])
        }
    }
}

extension Store {
    /// Runs `body` in a transaction with a writer for the run; its counts are written with it.
    ///
    /// Pages that wait for the writer at the same moment share one transaction: what they have in common is then written
    /// once, and each still commits together with its checkpoint.
    @discardableResult
    public func record<Result: Sendable>(
        _ context: RunContext, _ body: @escaping @Sendable (RunWriter) throws -> Result
    ) async throws(Problem) -> Result {
        try await context.batch.record(body, context, engine)
    }
}

/// How many of a noun a run saw, and what it did with them.
public struct RunCount: Sendable, Equatable {
    /// `users`, `groups`, `memberships`, …
    public let noun: String
    /// Records read.
    public private(set) var seen = 0
    /// Intervals opened for something not held before.
    public private(set) var added = 0
    /// Intervals replaced because something changed.
    public private(set) var changed = 0
    /// Intervals closed because it is gone.
    public private(set) var closed = 0

    /// Counts of a noun, zero unless told.
    public init(noun: String, seen: Int = 0, added: Int = 0, changed: Int = 0, closed: Int = 0) {
        self.noun = noun
        add(seen: seen, added: added, changed: changed, closed: closed)
    }

    mutating func add(seen: Int, added: Int, changed: Int, closed: Int) {
        self.seen += seen
        self.added += added
        self.changed += changed
        self.closed += closed
    }
}

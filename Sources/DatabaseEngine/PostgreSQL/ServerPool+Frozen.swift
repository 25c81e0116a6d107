import Logging
import Problems

/// A session that stands in the middle of a write and that nobody sends anything to the server from.
struct SilentWriter: Sendable {
    let process: Int64
    let began: Int64
    let silentSince: Int64
}

extension ServerPool {
    /// Ends the sessions of frozen writers: what they hold, nobody else could ever have. The server's own limit for idle
    /// transactions counts from the end of a pipeline, which comes with the commit only.
    ///
    /// - Returns: how many writers were silent for too long when it looked first.
    func endFrozenWriters() async throws -> Int {
        let found = try await look { try $0.silentWriters(for: self.patience.silence) }
        if found.isEmpty { return 0 }
        try await Task.sleep(for: patience.confirmation)
        let ended = try await look { connection in try found.filter { try connection.end($0) } }
        for one in ended {
            Logger(label: "muster.database").warning(
                "a writer that froze in the middle of a transaction was ended, to let others write",
                metadata: ["server_process": "\(one.process)"])
        }
        return found.count
    }

    /// Whether a writer never got its turn. Nothing of what it does was answered: it can be begun anew unnoticed.
    func isKeptOut(_ problem: Problem) -> Bool {
        problem.context["sqlstate"] == "55P03"
            && problem.context["sql"]?.hasPrefix("SELECT pg_advisory_xact_lock") == true
    }

    /// Looks beside the limit of connections: those within may all wait for the writer that froze.
    private func look<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await writers.enter(.rows)
        defer { writers.leave(.rows) }
        return try await transact(.reading, body)
    }
}

extension Connection {
    private static let patientName = "muster: may be silent"

    /// Lets this transaction say nothing to the server for as long as it likes: it waits for something slower than a
    /// database. Others wait for it meanwhile.
    public func allowSilence() throws {
        if dialect == .postgresql { try execute("SET LOCAL application_name = '\(Self.patientName)'") }
    }

    /// Writers of this store, of whichever process, that the server waits for. Who works at a statement is none; nor is who
    /// waits for a lock.
    fileprivate func silentWriters(for silence: Duration) throws -> [SilentWriter] {
        try query(
            """
            SELECT DISTINCT a.pid, \(Self.microseconds("a.backend_start")), \(Self.microseconds("a.state_change"))
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
                AND l.classid IN (\(WriteTurn.storeLock), \(WriteTurn.rowsLock))
                AND l.objid = CAST(CAST(hashtext(current_schema()) AS BIGINT) & 4294967295 AS oid)
                AND a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid()
                AND a.wait_event = 'ClientRead' AND a.application_name <> '\(Self.patientName)'
                AND a.state_change < clock_timestamp() - CAST($1 AS DOUBLE PRECISION) * interval '1 millisecond'
            """, [.integer(silence.milliseconds)]
        ) { SilentWriter(process: $0.integer(0), began: $0.integer(1), silentSince: $0.integer(2)) }
    }

    /// Ends a session unless it has said anything since it was found.
    fileprivate func end(_ writer: SilentWriter) throws -> Bool {
        try first(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid = $1 AND \(Self.microseconds("backend_start")) = $2 AND \(Self.microseconds("state_change")) = $3
                AND wait_event = 'ClientRead'
            """, [.integer(writer.process), .integer(writer.began), .integer(writer.silentSince)]
        ) { _ in true } ?? false
    }

    private static func microseconds(_ time: String) -> String {
        "CAST(extract(epoch FROM \(time)) * 1000000 AS BIGINT)"
    }
}

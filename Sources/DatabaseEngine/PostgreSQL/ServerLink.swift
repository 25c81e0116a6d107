import CLibPQ
import Problems

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One connection to a PostgreSQL server, always in pipeline mode: statements whose result nobody asks for are sent
/// together, and their outcome is read with the next answer that somebody needs, or with the commit.
///
/// Used by one thread at a time. After a failure nothing more is sent until the transaction has been rolled back.
final class ServerLink {
    let handle: OpaquePointer
    /// What another thread needs to stop the statement that is running.
    let cancelHandle: OpaquePointer?
    private let server: String
    private var pending: [Sent] = []
    private var plans: [String: ServerPlan] = [:]
    private var names = 0
    private var syncs = 0
    private var cursor: ServerCursor?
    /// Rows that are not sent yet, and of which statement the last one is.
    var held: [ServerRows] = []
    var latest: ServerPlan?
    var failure: Problem?
    private var touched = 0
    private(set) var isCancelled: () -> Bool = { false }
    /// Whether the transaction was given any answer yet: until then it can be begun anew unnoticed.
    private(set) var hasAnswered = false
    var isBroken = false

    /// A statement on its way, or the definition of one.
    private struct Sent {
        let sql: String
        var defines: (plan: ServerPlan, name: String)?
        var counter: ServerCounter?
    }

    /// More answers than these are not left unread: they lie in the buffers of the system.
    private static let mostPending = 256
    /// Prepared statements take memory of the server; those about one date have no next time.
    private static let mostPlans = 250

    init(_ address: ServerAddress, lockWait: Duration) throws(Problem) {
        handle = try Self.connect(address)
        server = address.shown
        cancelHandle = PQgetCancel(handle)
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        // Plans are made for short questions; and nobody waits longer for a lock than on SQLite.
        let settings = """
            SET lock_timeout = \(lockWait.milliseconds); SET client_min_messages = warning; SET jit = off;
            SET bytea_output = 'hex'; SET standard_conforming_strings = on
            """
        let result = PQexec(handle, settings)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK, PQenterPipelineMode(handle) == 1 else {
            let message = String(cString: PQerrorMessage(handle))
            PQfreeCancel(cancelHandle)
            PQfinish(handle)
            throw StorageProblem.serverRefused(message, address.shown)
        }
    }

    deinit {
        cursor = nil
        PQfreeCancel(cancelHandle)
        PQfinish(handle)
    }

    /// Whether the server said something, most likely goodbye, while nobody was asking.
    var isStale: Bool {
        if isBroken || PQstatus(handle) != CONNECTION_OK { return true }
        var socket = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&socket, 1, 0) != 0
    }

    // MARK: transactions

    /// Begins a transaction. Nothing is waited for: it goes out with the first statement.
    func begin(_ statements: [String], isCancelled: @escaping () -> Bool) throws {
        self.isCancelled = isCancelled
        failure = nil
        held = []
        touched = 0
        hasAnswered = false
        for statement in statements { try sendText(statement) }
        if plans.count > Self.mostPlans {
            plans = [:]
            try sendText("DEALLOCATE ALL")
        }
    }

    /// Ends the transaction. The server skips the commit when anything before it failed.
    func commit() throws {
        if let failure { throw failure }
        if isCancelled() { throw StorageProblem.cancelled }
        try release()
        try sendText("COMMIT")
        try sync()
        try collect()
        readSyncs()
        if PQtransactionStatus(handle) != PQTRANS_IDLE { throw lost() }
    }

    /// Undoes the transaction, whatever state it is in.
    func rollback() {
        held = []
        for _ in 0..<2 where !isBroken {
            cursor?.finish()
            cursor = nil
            failure = nil
            do {
                try sendText("ROLLBACK")
                try sync()
                try collect()
            } catch {}
            readSyncs()
            if PQtransactionStatus(handle) == PQTRANS_IDLE { return }
        }
        isBroken = true
    }

    // MARK: statements

    func plan(_ sql: String) -> ServerPlan {
        if let plan = plans[sql] { return plan }
        let plan = ServerPlan(sql)
        plans[sql] = plan
        return plan
    }

    /// Sends a statement whose rows nobody wants. Its outcome is read later.
    func run(_ plan: ServerPlan, _ values: [Value], counter: ServerCounter? = nil) throws {
        if counter == nil, try hold(plan, values) { return }
        try send(plan, values)
        try note(sent: plan, counter: counter)
    }

    /// A statement whose outcome is read later is on its way.
    func note(sent plan: ServerPlan, counter: ServerCounter? = nil) throws {
        pending.append(Sent(sql: plan.sql, counter: counter))
        if pending.count >= Self.mostPending { try collect() }
    }

    /// Asks a question. `whole`: all its rows are taken at once; else one by one as they come.
    func ask(_ plan: ServerPlan, _ values: [Value], whole: Bool) throws -> ServerCursor {
        try send(plan, values)
        PQsendFlushRequest(handle)
        try collect()
        if !whole { PQsetSingleRowMode(handle) }
        let cursor = ServerCursor(self, sql: plan.sql)
        self.cursor = cursor
        return cursor
    }

    /// The question's rows are wanted no more.
    func close(_ cursor: ServerCursor) {
        cursor.finish()
        if self.cursor === cursor { self.cursor = nil }
    }

    /// How many rows the last INSERT, UPDATE or DELETE touched. A failure on the way there shows at the next statement.
    var changes: Int {
        try? release(last: true)
        if !pending.isEmpty { try? collect() }
        return touched
    }

    /// The next result of the question whose rows are being read; nil after its last.
    func nextResult(_ sql: String) throws -> OpaquePointer? {
        guard let result = PQgetResult(handle) else {
            if PQstatus(handle) != CONNECTION_OK { throw fail(lost()) }
            return nil
        }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_COMMAND_OK:
            hasAnswered = true
            count(result)
            return result
        default:
            let problem = problem(result, sql)
            PQclear(result)
            while let more = PQgetResult(handle), PQstatus(handle) == CONNECTION_OK { PQclear(more) }
            throw fail(problem)
        }
    }

    // MARK: the pipeline

    /// What is prepared for values like these; is prepared first where nothing is.
    @discardableResult
    func shape(_ plan: ServerPlan, _ values: [Value]) throws -> ServerPlan.Shape {
        if let known = plan.shape(for: values) { return known }
        names += 1
        let shape = plan.addShape(for: values, name: "m\(names)")
        guard PQsendPrepare(handle, shape.name, plan.sql, Int32(shape.types.count), shape.types) == 1 else {
            plan.forget(shape.name)
            throw fail(lost())
        }
        pending.append(Sent(sql: plan.sql, defines: (plan, shape.name)))
        return shape
    }

    func send(_ plan: ServerPlan, _ values: [Value]) throws {
        if let failure { throw failure }
        if isCancelled() { throw StorageProblem.cancelled }
        try release()
        try post(plan, values)
    }

    /// Sends a statement before the rows that wait.
    func post(_ plan: ServerPlan, _ values: [Value]) throws {
        let shape = try shape(plan, values)
        let sent = ServerParameters(values).with { pointers, lengths, formats in
            PQsendQueryPrepared(handle, shape.name, Int32(values.count), pointers, lengths, formats, 0)
        }
        if sent != 1 { throw fail(lost()) }
    }

    private func sendText(_ sql: String) throws {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 0) == 1 else { throw fail(lost()) }
        pending.append(Sent(sql: sql))
    }

    func sync() throws {
        guard PQpipelineSync(handle) == 1 else { throw fail(lost()) }
        syncs += 1
    }

    /// Reads the outcome of everything that was sent before.
    func collect() throws {
        try cursor?.keepRest()
        if pending.isEmpty { return }
        // Without it the server keeps its answers to itself until the next end of a transaction.
        if syncs == 0 { PQsendFlushRequest(handle) }
        let sent = pending
        pending.removeAll(keepingCapacity: true)
        for one in sent {
            while let result = PQgetResult(handle) {
                note(result, one)
                PQclear(result)
                if PQstatus(handle) != CONNECTION_OK { break }
            }
        }
        if PQstatus(handle) != CONNECTION_OK { throw fail(failure ?? lost()) }
        if let failure { throw fail(failure) }
    }

    private func note(_ result: OpaquePointer, _ one: Sent) {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
            count(result)
            one.counter?.counts.append(touched)
        case PGRES_PIPELINE_ABORTED: one.defines.map { $0.plan.forget($0.name) }
        default:
            one.defines.map { $0.plan.forget($0.name) }
            if failure == nil { failure = problem(result, one.sql) }
        }
    }

    private func count(_ result: OpaquePointer) {
        guard let tag = PQcmdStatus(result), let first = UnsafePointer(tag).pointee as CChar? else { return }
        // INSERT, UPDATE and DELETE; a SELECT touches nothing.
        guard first == 73 || first == 85 || first == 68, let number = PQcmdTuples(result) else { return }
        touched = Int(strtol(number, nil, 10))
    }

    /// Makes the connection ready for a rollback, and remembers why.
    private func fail(_ problem: Problem) -> Problem {
        failure = failure ?? problem
        if PQstatus(handle) != CONNECTION_OK {
            isBroken = true
        } else if PQpipelineStatus(handle) == PQ_PIPELINE_ABORTED {
            if syncs == 0 { try? sync() }
            readSyncs()
        }
        return failure ?? problem
    }

    /// Reads up to the end of what was sent, wherever the server stopped.
    func readSyncs() {
        // Between two results stands at most one nil; several in a row mean that nothing more will come.
        var silent = 0
        while syncs > 0, silent < 1000, PQstatus(handle) == CONNECTION_OK {
            guard let result = PQgetResult(handle) else {
                silent += 1
                continue
            }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { syncs -= 1 }
            PQclear(result)
            silent = 0
        }
        if syncs > 0 {
            isBroken = true
            syncs = 0
        }
        // What was sent after the statement that failed has been skipped with it.
        for one in pending { one.defines.map { $0.plan.forget($0.name) } }
        pending.removeAll(keepingCapacity: true)
    }

    func problem(_ result: OpaquePointer, _ sql: String) -> Problem {
        let state = PQresultErrorField(result, 67).map { String(cString: $0) } ?? "08006"
        let message = PQresultErrorField(result, 77).map { String(cString: $0) } ?? "no answer"
        if state == "57014", isCancelled() { return StorageProblem.cancelled }
        return StorageProblem.server(state: state, message: message, sql: sql, server: server)
    }

    func lost() -> Problem { StorageProblem.serverLost(String(cString: PQerrorMessage(handle)), server) }
}

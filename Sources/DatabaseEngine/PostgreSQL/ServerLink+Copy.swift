import CLibPQ
import Problems

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension ServerLink {
    /// Sends the batches that `next` gives to a `COPY … FROM STDIN (FORMAT binary)`.
    ///
    /// - Returns: how many rows the server took.
    func copyIn(_ sql: String, _ next: () throws -> [UInt8]?) throws -> Int64 {
        try outsidePipeline(sql) {
            try expect(PGRES_COPY_IN, of: sql)
            do {
                try put(BulkRows.header)
                while let batch = try next() {
                    if isCancelled() { throw StorageProblem.cancelled }
                    try put(batch)
                }
                try put(BulkRows.trailer)
            } catch {
                PQputCopyEnd(handle, "stopped")
                throw error
            }
            guard PQputCopyEnd(handle, nil) == 1 else { throw lost() }
            var count: Int64 = 0
            while let result = PQgetResult(handle) {
                defer { PQclear(result) }
                guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw problem(result, sql) }
                count = PQcmdTuples(result).map { Int64(strtoll($0, nil, 10)) } ?? 0
            }
            if PQstatus(handle) != CONNECTION_OK { throw lost() }
            return count
        }
    }

    /// Gives the rows of a question to `body` in batches.
    func copyOut(_ question: String, _ body: ([UInt8]) throws -> Void) throws {
        let sql = "COPY (\(question)) TO STDOUT (FORMAT binary)"
        try outsidePipeline(sql) {
            try expect(PGRES_COPY_OUT, of: sql)
            var batch: [UInt8] = []
            var isFirst = true
            while let message = try nextMessage(sql) {
                defer { PQfreemem(message.baseAddress) }
                var rows = UnsafeRawBufferPointer(message)[...]
                // The server writes its header before the first row, and two bytes after the last.
                if isFirst { rows = rows.dropFirst(BulkRows.header.count) }
                isFirst = false
                if rows.elementsEqual(BulkRows.trailer) { continue }
                batch.append(contentsOf: rows)
                if batch.count >= 1 << 18 {
                    if isCancelled() { throw StorageProblem.cancelled }
                    try body(batch)
                    batch.removeAll(keepingCapacity: true)
                }
            }
            if !batch.isEmpty { try body(batch) }
        }
    }

    private func nextMessage(_ sql: String) throws -> UnsafeMutableRawBufferPointer? {
        var start: UnsafeMutablePointer<CChar>?
        let count = PQgetCopyData(handle, &start, 0)
        if count > 0 { return UnsafeMutableRawBufferPointer(start: start, count: Int(count)) }
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw problem(result, sql) }
        }
        if PQstatus(handle) != CONNECTION_OK { throw lost() }
        return nil
    }

    private func put(_ bytes: [UInt8]) throws {
        let sent = bytes.withUnsafeBytes {
            PQputCopyData(handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        if sent != 1 { throw lost() }
    }

    private func expect(_ status: ExecStatusType, of sql: String) throws {
        guard PQsendQuery(handle, sql) == 1, let result = PQgetResult(handle) else { throw lost() }
        defer { PQclear(result) }
        if PQresultStatus(result) != status { throw problem(result, sql) }
    }

    /// No COPY passes through a pipeline: the pipeline is emptied first and taken up again afterwards.
    private func outsidePipeline<Result>(_ sql: String, _ work: () throws -> Result) throws -> Result {
        if let failure { throw failure }
        if isCancelled() { throw StorageProblem.cancelled }
        try release()
        try sync()
        try collect()
        readSyncs()
        guard PQexitPipelineMode(handle) == 1 else {
            isBroken = true
            throw lost()
        }
        do {
            let result = try work()
            try resume()
            return result
        } catch {
            drain()
            try? resume()
            let problem = StorageProblem.from(error)
            failure = failure ?? problem
            throw problem
        }
    }

    /// Reads what is left of a COPY that somebody wants no more. The rest of a long one would take as long as itself, so
    /// the server is asked to stop.
    private func drain() {
        var message = [CChar](repeating: 0, count: 256)
        if PQtransactionStatus(handle) == PQTRANS_ACTIVE { PQcancel(cancelHandle, &message, Int32(message.count)) }
        while PQstatus(handle) == CONNECTION_OK, let result = PQgetResult(handle) {
            if PQresultStatus(result) == PGRES_COPY_OUT {
                var start: UnsafeMutablePointer<CChar>?
                while PQgetCopyData(handle, &start, 0) > 0 {
                    PQfreemem(start)
                    start = nil
                }
            }
            PQclear(result)
        }
    }

    private func resume() throws {
        if PQstatus(handle) == CONNECTION_OK, PQenterPipelineMode(handle) == 1 { return }
        isBroken = true
        throw lost()
    }
}

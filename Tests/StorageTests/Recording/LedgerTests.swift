import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite("The call ledger can be taken out and checked") struct LedgerTests {
    private static func with(_ kind: TestEngine, _ body: (Store) async throws -> Void) async throws {
        try await SampleStore.with(kind, people: 0) { sample in
            let calls = (1...25).map { number in
                CallRecord(
                    runID: number < 3 ? nil : 1, calledAt: SampleStore.now.advanced(bySeconds: Int64(number)),
                    method: "GET",
                    path: "/api/v1/users?limit=200&after=\(number)", callClass: "users", bucket: "/api/v1/users",
                    status: 200, items: number == 7 ? nil : 200, bytes: 1000 + number, requestID: "req\(number)",
                    durationMicroseconds: 42, retry: 0, bodySHA256: Array(repeating: UInt8(number), count: 32))
            }
            // In three transactions, as a sync writes them.
            for part in [calls[..<10], calls[10..<11], calls[11...]] {
                try await sample.store.recordCalls(Array(part), gauges: [], of: 1)
            }
            try await body(sample.store)
        }
    }

    private static func verdict(_ store: Store, batch: Int = 4) async throws -> String {
        var check = LedgerCheck()
        var position: Int64 = 0
        while true {
            let lines = try await store.ledger(of: 1, after: position, limit: batch)
            guard let last = lines.last else { return "\(check.count) \(check.lastHash.count)" }
            for line in lines {
                do throws(LedgerCheck.Break) { try check.add(line) } catch { return "\(error.position): \(error.what)" }
            }
            position = last.call.position
        }
    }

    @Test("a whole ledger is whole, however it is read", arguments: TestEngine.available)
    func whole(_ kind: TestEngine) async throws {
        try await Self.with(kind) { store in
            for batch in [1, 4, 25, 100] { #expect(try await Self.verdict(store, batch: batch) == "25 64") }
            let lines = try await store.ledger(of: 1)
            #expect(lines.map(\.call.position) == Array(1...25))
            #expect(lines.allSatisfy { $0.values.count == LedgerLine.columns.count })
            #expect(lines[6].csv.hasPrefix("7,2026-11-21T12:00:07.000Z,1,GET,/api/v1/users?limit=200&after=7,users,"))
            #expect(lines[6].json.contains("\"items\":null,") && lines[0].json.contains("\"run\":null,"))
        }
    }

    @Test(
        "whatever is changed, taken out, put in or moved is found where it happened", arguments: TestEngine.available,
        [
            (
                "UPDATE calls SET path = '/api/v1/groups' WHERE position = 9",
                "9: it, or what stood before it, was changed"
            ),
            ("UPDATE calls SET status = 403 WHERE position = 1", "1: it, or what stood before it, was changed"),
            ("UPDATE calls SET request_id = NULL WHERE position = 25", "25: it, or what stood before it, was changed"),
            ("DELETE FROM calls WHERE position = 12", "12: it is gone"),
            ("DELETE FROM calls WHERE position < 4", "1: it and 2 more are gone"),
            (
                "UPDATE calls SET position = position - 100 WHERE position > 12; "
                    + "UPDATE calls SET position = position + 99 WHERE position < 0",
                "12: it, or what stood before it, was changed"
            ),
        ])
    func broken(_ kind: TestEngine, _ what: (sql: String, verdict: String)) async throws {
        try await Self.with(kind) { store in
            if what.sql.contains(";") {
                try await store.engine.write { try $0.execute("DELETE FROM calls WHERE position = 12") }
            }
            for statement in what.sql.split(separator: ";") {
                try await store.engine.write { try $0.execute(String(statement)) }
            }
            #expect(try await Self.verdict(store) == what.verdict)
        }
    }
}

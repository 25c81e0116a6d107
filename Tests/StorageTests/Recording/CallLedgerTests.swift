import Crypto
import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite("The call ledger is a chain")
struct CallLedgerTests {
    @Test("every entry's hash covers the one before it, across runs", arguments: TestEngine.available)
    func chain(_ engine: TestEngine) async throws {
        let fixture = try await RecordingFixture(engine)
        defer { fixture.remove() }
        func call(_ path: String) -> CallRecord {
            CallRecord(
                runID: nil, calledAt: RecordingFixture.start, method: "GET", path: path, callClass: "users",
                bucket: "users", status: 200, items: 3, bytes: 10, requestID: "r", durationMicroseconds: 5, retry: 0,
                bodySHA256: [7])
        }
        try await fixture.store.recordCalls([call("/a"), call("/b")], gauges: [], of: fixture.integrationID)
        try await fixture.store.recordCalls([call("/c")], gauges: [], of: fixture.integrationID)
        let rows = try await fixture.rows("SELECT position, path, chain_sha256 FROM calls ORDER BY position")
        var before: [UInt8] = []
        for (row, path) in zip(rows, ["/a", "/b", "/c"]) {
            var hash = SHA256()
            hash.update(data: before)
            guard case .integer(let position) = row[0] else { return }
            let fields = [
                "\(position)", "\(RecordingFixture.start.rawValue)", "GET", path, "200", "3", "10", "r",
            ]
            for field in fields {
                hash.update(data: Array(field.utf8))
                hash.update(data: [0])
            }
            hash.update(data: [7])
            before = Array(hash.finalize())
            #expect(row == [.integer(position), .text(path), .blob(before)])
        }
        #expect(rows.count == 3)
    }
}

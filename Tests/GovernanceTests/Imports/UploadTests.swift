import DatabaseEngine
import Directory
import Governance
import Problems
import Storage
import Support
import Testing

@Suite("Files that are handed in")
struct UploadTests {
    private let now = SampleStore.now

    private func upload(_ bytes: [UInt8], to store: Store, limit: Int64 = 1 << 30, at time: Timestamp? = nil)
        async throws
        -> Upload
    {
        var writer = try await store.beginUpload(
            purpose: "spend", name: "cards.csv", actor: "ada", limit: limit, now: time ?? now)
        for start in stride(from: 0, to: bytes.count, by: 100_000) {
            try await writer.write(bytes[start..<min(bytes.count, start + 100_000)])
        }
        return try await writer.finish()
    }

    @Test("a file comes back byte by byte, whatever its parts were", arguments: TestEngine.available)
    func roundTrip(_ kind: TestEngine) async throws {
        try await SampleStore.with(kind, people: 5) { sample in
            let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let upload = try await upload(bytes, to: sample.store)
            #expect(upload.size == 700_001)
            var back: [UInt8] = []
            try await sample.store.eachPart(of: upload) { part in
                back += part
                return true
            }
            #expect(back == bytes)
            #expect(try await sample.store.upload(upload.id) == upload)
            let again = try await self.upload(bytes, to: sample.store)
            #expect(again.sha256 == upload.sha256)
            #expect(again.id != upload.id)
        }
    }

    @Test("a file that is too large, or empty, leaves nothing behind", arguments: TestEngine.available)
    func refused(_ kind: TestEngine) async throws {
        try await SampleStore.with(kind, people: 5) { sample in
            await #expect(throws: Problem.self) {
                _ = try await upload([UInt8](repeating: 65, count: 600_000), to: sample.store, limit: 500_000)
            }
            await #expect(throws: Problem.self) { _ = try await upload([], to: sample.store) }
            let rows = try await sample.store.engine.read { connection in
                try connection.first("SELECT (SELECT count(*) FROM uploads) + (SELECT count(*) FROM upload_parts)") {
                    $0.integer(0)
                }
            }
            #expect(rows == 0)
        }
    }

    @Test(
        "a file that nobody imported is gone after a day, and its number is not given again",
        arguments: TestEngine.available)
    func old(_ kind: TestEngine) async throws {
        try await SampleStore.with(kind, people: 5) { sample in
            let first = try await upload([65], to: sample.store)
            let later = try await upload([66], to: sample.store, at: now.advanced(bySeconds: 90_000))
            await #expect(throws: Problem.self) { _ = try await sample.store.upload(first.id) }
            #expect(later.id > first.id)
        }
    }
}

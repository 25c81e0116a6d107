import DatabaseEngine
import Directory
import Foundation
import Problems
import Storage
import Support

/// A store in a folder of its own, gone when the test ends, with a clock the test moves.
final class TemporaryStore: Sendable {
    let folder: String
    let store: Store

    init(_ kind: TestEngine) async throws {
        folder = NSTemporaryDirectory() + "muster-accounts-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try await Store.open(
            try await kind.open(in: URL(fileURLWithPath: folder)), workspace: "default", now: Timestamp(seconds: 0))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

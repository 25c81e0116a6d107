import DatabaseEngine
import Directory
import Foundation
import Problems
import Storage
import Support

/// A store that syncs are recorded into page by page, without Okta.
struct RecordingFixture: Sendable {
    let folder: URL
    let store: Store
    let integrationID: Int64

    static let day: Int64 = 86_400
    static let start = Timestamp(seconds: 1_760_000_000)

    init(_ kind: TestEngine = .sqlite) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("muster-recording-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try await Store.open(try await kind.open(in: folder), workspace: "default", now: Self.start)
        integrationID = try await store.addIntegration(
            name: "acme", baseURL: "https://acme.okta.com", organization: Organization(id: "00o1"), contact: nil,
            credentialKind: "apiToken", sealedCredential: [1], now: Self.start
        ).id
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Begins a run, lets `body` record into it, and ends it as complete.
    @discardableResult
    func run(
        day: Int64, status: RunStatus = .complete, _ body: (RunContext) async throws -> Void
    ) async throws -> RunRecord {
        let now = Self.start.advanced(bySeconds: day * Self.day)
        let (context, _) = try await store.beginRun(
            of: integrationID, kind: "full", resume: true, now: now, closureShare: 0.2)
        try await body(context)
        try await store.endRun(context, status: status, coverage: [:], problem: nil, now: now)
        guard let run = try await store.run(context.runID) else { throw CancellationError() }
        return run
    }

    /// Walks a whole list in one page: what is not on it is missing.
    @discardableResult
    func walk<Recorder: PageRecorder>(
        _ recorder: Recorder, _ stage: String, subject: String? = nil, _ items: [Recorder.Item], in context: RunContext
    ) async throws -> ListingState {
        try await store.record(context) { writer in
            var state = ListingState(stage: stage, subject: try subject.map { try writer.key(of: $0) } ?? 0)
            state.hasPrior = try recorder.hasRows(writer, state)
            try recorder.record(items, writer, &state)
            state.progress = .complete
            try recorder.complete(writer, &state)
            try writer.save(state)
            return state
        }
    }

    func rows(_ sql: String) async throws -> [[Value]] {
        try await store.engine.read { connection in
            try connection.query(sql) { row in (0..<row.count).map { row.value($0) } }
        }
    }

    static func time(day: Int64) -> Timestamp { start.advanced(bySeconds: day * Self.day) }

    static func user(_ id: String, _ status: UserStatus = .active, department: String? = nil, since: Int64 = -100)
        -> User
    {
        var user = User(id: id, status: status)
        user.attributes.login = "\(id)@acme.example"
        user.attributes.department = department
        user.statusChanged = time(day: since)
        return user
    }
}

import DatabaseEngine
public import Directory
public import Foundation
public import Storage

/// A store filled with a made-up company, for tests of what is read. Deterministic: the same size gives the same rows.
public struct SampleStore: Sendable {
    /// The store.
    public let store: Store
    /// Where its file lies.
    public let folder: URL
    /// The time the company is looked at.
    public static let now = Timestamp(seconds: 1_795_262_400)  // 2026-11-21T12:00:00Z

    /// Okta's id of a person, counted from 1.
    public static func id(ofPerson person: Int) -> String { SampleCompany.id("00u", person) }

    /// Makes the store in a fresh folder; ask for an empty one with `people: 0`.
    public static func make(
        _ kind: TestEngine = .sqlite, people: Int, in folder: URL? = nil, address: String? = nil
    ) async throws -> SampleStore {
        let folder =
            folder ?? FileManager.default.temporaryDirectory.appending(path: "muster-sample-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let engine: Engine =
            if let address { try Engine(path: address, connections: 4) } else { try await kind.open(in: folder) }
        let store = try await Store.open(engine, workspace: "default", now: now)
        if people > 0 {
            let company = SampleCompany(people: people, workspace: store.workspaceID, now: now)
            try await store.engine.write { connection in try company.fill(connection) }
        }
        return SampleStore(store: store, folder: folder)
    }

    /// Fills another workspace of the same database.
    public func another(named name: String, people: Int) async throws -> Store {
        let other = try await Store.open(store.engine, workspace: name, now: Self.now)
        let company = SampleCompany(people: people, workspace: other.workspaceID, now: Self.now)
        try await other.engine.write { connection in try company.fill(connection) }
        return other
    }

    /// Runs a body with a sample store and removes its files afterwards.
    public static func with<Result>(
        _ kind: TestEngine = .sqlite, people: Int, address: String? = nil,
        _ body: (SampleStore) async throws -> Result
    ) async throws -> Result {
        let sample = try await make(kind, people: people, address: address)
        do {
            let result = try await body(sample)
            try sample.remove()
            return result
        } catch {
            try sample.remove()
            throw error
        }
    }

    private func remove() throws {
        try store.engine.close()
        try FileManager.default.removeItem(at: folder)
    }
}

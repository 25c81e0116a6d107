import DatabaseEngine
import Foundation
import Support

/// An empty store on one of the databases, removed after the body.
func withEngine<Result>(
    _ kind: TestEngine, _ body: (Engine) async throws -> Result
) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "muster-engine-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let engine = try await kind.open(in: folder)
    let result = try await body(engine)
    try engine.close()
    return result
}

extension Engine {
    /// Makes a table of numbered names.
    func makeThings() async throws {
        let step = Migration(
            number: 1, title: "things",
            statements: [
                """
                CREATE TABLE things (
                    number BIGINT NOT NULL PRIMARY KEY, name {text}, weight DOUBLE PRECISION, picture BYTEA) WITHOUT ROWID
                """
            ])
        _ = try await migrate([step], at: 1)
    }

    /// How many things there are.
    func countThings() async throws -> Int64 {
        try await read { try $0.first("SELECT count(*) FROM things") { $0.integer(0) } ?? -1 }
    }
}

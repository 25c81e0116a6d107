import DatabaseEngine
import Directory
import Foundation
import Governance
import Problems
import Storage
import Support
import Testing

/// A store with a sample company, into which files of spend are imported.
struct SpendFixture {
    static let now = SampleStore.now

    let store: Store

    static func with(_ kind: TestEngine, _ body: (SpendFixture) async throws -> Void) async throws {
        try await SampleStore.with(kind, people: 40) { sample in try await body(SpendFixture(store: sample.store)) }
    }

    func upload(_ bytes: [UInt8], name: String = "file.csv") async throws -> Upload {
        var writer = try await store.beginUpload(
            purpose: "spend", name: name, actor: "ada", limit: 1 << 30, now: Self.now)
        for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
            try await writer.write(bytes[start..<min(bytes.count, start + 1 << 20)])
        }
        return try await writer.finish()
    }

    @discardableResult
    func take(_ bytes: [UInt8], _ choices: [(String, String)] = []) async throws -> SpendImport {
        let upload = try await upload(bytes)
        var choice = SpendChoice()
        for (name, value) in choices { choice.set(name, value) }
        let survey = try await store.surveySpend(upload, choice)
        return try await store.importSpend(upload, survey, actor: "ada", now: Self.now)
    }

    @discardableResult
    func take(_ text: String, _ choices: [(String, String)] = []) async throws -> SpendImport {
        try await take(Array(text.utf8), choices)
    }

    func survey(_ text: String) async throws -> SpendSurvey {
        try await store.surveySpend(try await upload(Array(text.utf8)))
    }

    /// Columns of every line, in order, as text.
    func lines(_ columns: String) async throws -> [String] {
        try await rows("SELECT \(columns) FROM spend_lines ORDER BY line_id")
    }

    func rows(_ sql: String) async throws -> [String] {
        try await store.engine.read { connection in
            try connection.query(sql) { row in
                (0..<row.count).map { column in
                    switch row.value(column) {
                    case .null: "-"
                    case .integer(let number): String(number)
                    case .text(let text): text
                    default: "?"
                    }
                }.joined(separator: "|")
            }
        }
    }

    /// Everything in the store but the trail of who did what.
    func everything() async throws -> [String] {
        let tables = try await store.engine.read { try $0.tables() }.filter { $0.name != "audit_trail" }
        var all: [String] = []
        for table in tables {
            let columns = table.columns.filter { $0.kind != .bytes }.map(\.name).joined(separator: ", ")
            let order = table.key.isEmpty ? "" : " ORDER BY " + table.key.joined(separator: ", ")
            all += try await rows("SELECT \(columns) FROM \(table.name)\(order)").map { "\(table.name): \($0)" }
        }
        return all
    }

    func errors(_ done: SpendImport) async throws -> [String] {
        var text = ""
        try await store.eachSpendError(of: done.id) { text += $0 }
        return text.components(separatedBy: "\r\n").filter { !$0.isEmpty }
    }
}

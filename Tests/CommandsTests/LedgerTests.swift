import DatabaseEngine
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct LedgerTests {
    @Test("the call ledger is printed with its hashes, found whole, and a changed line is found")
    func ledger() async throws {
        let company = try await SyncedCompany()
        let whole = try await company.ask(["ledger", "--check"])
        #expect(whole.status == 0 && whole.output.contains("is whole"), "\(whole.output) \(whole.errors)")
        let rows = CSV.rows(try await company.ask(["ledger", "acme", "--format", "csv"]).output)
        let (header, calls) = (try #require(rows.first), rows.dropFirst())
        #expect(header.first == "position" && header.last == "chain_sha256")
        #expect(calls.map { $0[0] } == (1...calls.count).map(String.init) && calls.count > 20)
        let last = try #require(calls.last?.last)
        #expect(last.utf8.count == 64 && whole.output.contains("\(calls.count) calls") && whole.output.contains(last))
        let json = try await company.ask(["ledger", "--format", "json"]).output
        let objects = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(objects.count == calls.count && objects.last?["chain_sha256"] as? String == last)

        let engine = try Engine(path: company.folder.path + "/muster.db")
        try await engine.write { try $0.execute("UPDATE calls SET bytes = bytes + 1 WHERE position = 5") }
        try engine.close()
        let broken = try await company.ask(["ledger", "--check"])
        #expect(broken.status == 65 && broken.errors.contains("breaks at call 5"), "\(broken.errors)")
        #expect(broken.output.isEmpty && broken.errors.split(separator: "\n").count == 2)
    }
}

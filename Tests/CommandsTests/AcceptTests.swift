import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct AcceptTests {
    @Test("what a sync holds is named with its rows, shown by a command, and ends once a person accepts it")
    func accept() async throws {
        let tenant = try await PretendTenant(people: 120)
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        func muster(_ arguments: [String]) async throws -> Muster.Result { try await Muster.run(arguments + data) }
        let connected = try await Muster.run(
            ["connect", tenant.url, "--name", "acme", "--token-file", "-"] + data, input: tenant.token)
        #expect(connected.status == 0, "\(connected.errors)")
        #expect(try await muster(["sync"]).status == 0)
        #expect(try await muster(["accept"]).output == "Nothing of “acme” is held.\n")
        #expect(
            try await muster(["accept", "--format", "csv"]).output == "list,of,id,open_rows,would_end,decision\r\n")

        let shrunk = try await tenant.replaced(people: 40, now: "2026-06-01T13:00:00Z", arguments: [])
        let held = try await muster(["sync"])
        #expect(held.status == 0 && held.output.contains(": held after"), "\(held.output) \(held.errors)")
        let words = try #require(held.output.firstMatch(of: #/Held: (\d+) lists? with (\d+) rows? that would end/#))
        #expect(held.output.contains("muster accept acme"))
        let listed = try await muster(["integrations", "--format", "csv"]).output
        #expect(listed.contains("\(words.output.1) list") && listed.contains("that would end: muster accept acme"))

        let shown = try await muster(["accept", "--format", "json"])
        #expect(shown.status == 0 && shown.errors.contains("--yes"))
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]])
        #expect(rows.count == Int(words.output.1))
        #expect(rows.compactMap { $0["would_end"] as? Int }.reduce(0, +) == Int(words.output.2))
        #expect(rows.contains { $0["list"] as? String == "users" && $0["of"] is NSNull })
        let apps = try await muster(["list", "apps", "--format", "csv"]).output
        for row in rows where row["list"] as? String == "app users" {
            #expect(apps.contains("\(row["id"] as? String ?? "?"),") && apps.contains(row["of"] as? String ?? "?"))
        }
        // Nothing is accepted by looking.
        #expect(try await muster(["accept"]).output.contains("waits"))

        let accepted = try await muster(["accept", "acme", "--yes"])
        #expect(accepted.status == 0 && accepted.errors.contains("Accepted: \(words.output.1) list"))
        #expect(try await muster(["accept"]).output.contains("accepted 20"))
        #expect(!(try await muster(["integrations", "--format", "csv"]).output.contains("muster accept")))
        let ended = try await muster(["sync", "--json"])
        #expect(!ended.output.contains("\"status\":\"held\""), "\(ended.output)")
        let people = try await muster(["list", "users", "--format", "csv"]).output
        #expect(people.split(separator: "\r\n").count == 41)
        withExtendedLifetime(shrunk) {}
    }
}

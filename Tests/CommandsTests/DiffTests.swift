import Foundation
import Testing

@Suite(.serialized) struct DiffTests {
    private static let columns = [
        "noun", "change", "user_id", "login", "app_id", "app_label", "group_id", "group_name", "role", "from_path",
        "to_path", "from_status", "to_status", "changed_at", "changed_at_source",
    ]

    @Test("diff says the same as CSV, JSON and in its summary, for the tenant and for one thing")
    func formats() async throws {
        let company = try await SyncedCompany()
        let dates = ["diff", "2026-04-01", "now"]
        let person = try #require(
            CSV.rows(try await company.ask(["list", "assignments", "--format", "csv"]).output).dropFirst().first)
        for subject in [[], ["user", person[1]], ["app", person[3]], ["group", "All Employees"]] {
            let csv = try await company.ask(dates + subject + ["--kept", "--format", "csv"])
            #expect(csv.status == 0 && csv.errors.isEmpty, "\(csv.errors)")
            let rows = CSV.rows(csv.output)
            #expect(rows.first == Self.columns)
            let json = try await company.ask(dates + subject + ["--kept", "--format", "json"])
            let objects = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]] ?? []
            #expect(objects.count == rows.count - 1 && !objects.isEmpty, "\(subject)")
            let summary = CSV.rows(
                try await company.ask(dates + subject + ["--summary", "--format", "csv"]).output)
            let names = try #require(summary.first)
            for line in summary.dropFirst() {
                for (name, count) in zip(names, line).dropFirst() {
                    let found = rows.count { $0[0] == line[0] && $0[1] == name }
                    #expect(Int(count) == found, "\(subject) \(line[0]) \(name)")
                }
            }
            let table = try await company.ask(dates + subject)
            #expect(table.status == 0 && table.output.hasPrefix("NOUN"))
        }
    }

    @Test("assignments that began between two dates are those of the tenant's truth")
    func truth() async throws {
        let company = try await SyncedCompany()
        let from = "2026-05-01T00:00:00Z"
        let rows = CSV.rows(try await company.ask(["diff", from, "now", "--format", "csv"]).output).dropFirst()
        let gained = Set(
            rows.filter { $0[0] == "assignments" && $0[1] == "gained" }.map { "\($0[2]) \($0[4])" })
        let listed = CSV.rows(try await company.ask(["list", "assignments", "--format", "csv"]).output).dropFirst()
        let expected = Set(listed.filter { $0[9] == "okta" && $0[10] > from }.map { "\($0[0]) \($0[2])" })
        #expect(!expected.isEmpty)
        #expect(gained == expected)
    }

    @Test("wrong dates and unknown things are one clear error")
    func wrongUsage() async throws {
        let company = try await SyncedCompany()
        for (arguments, status) in [
            (["diff", "2026-05-02", "2026-05-01"], 64), (["diff", "2026-05-02"], 64), (["diff", "may", "now"], 64),
            (["diff", "2026-05-02", "2099-01-01"], 64), (["diff", "2026-05-01", "now", "user"], 64),
            (["diff", "2026-05-01", "now", "user", "nobody@nowhere"], 66), (["state-hash", "--json", "--lines"], 64),
            (["state-hash", "--as-of", "2099-01-01"], 64),
        ] as [([String], Int32)] {
            let result = try await company.ask(arguments)
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 2, "\(arguments)")
            #expect(result.output.isEmpty)
        }
    }

    @Test("two data folders that read the same tenant have the same state hash, and its lines hash to it")
    func stateHash() async throws {
        let company = try await SyncedCompany()
        let other = try await SyncedCompany()
        let hash = try await company.ask(["state-hash"])
        #expect(hash.status == 0 && hash.output.count == 65)
        #expect(try await other.ask(["state-hash"]).output == hash.output)
        let json = try await company.ask(["state-hash", "--json"]).output
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(object?["hash"] as? String == hash.output.trimmingCharacters(in: .whitespacesAndNewlines))
        let lines = try await company.ask(["state-hash", "--lines"]).output
        #expect(lines.hasPrefix("muster-state\t1\ntenant\t"))
        #expect(lines.split(separator: "\n").count { $0.hasPrefix("user\t") } == 60)
        #expect(try await company.ask(["state-hash", "--as-of", "2001-01-01"]).output != hash.output)
    }
}

import Foundation
import Testing

/// A tenant that does not let everything be read: an answer never says "none" of what nobody looked at.
@Suite(.serialized) struct UnreadTests {
    private struct Company {
        let folder: TemporaryFolder
        let tenant: PretendTenant
        let connected: Muster.Result
        var synced: Muster.Result?

        init(_ faults: [String]) async throws {
            folder = try TemporaryFolder()
            tenant = try await PretendTenant(arguments: faults.flatMap { ["--fault", $0] })
            connected = try await Muster.run(
                ["connect", tenant.url, "--name", "acme", "--token-file", "-", "--data", folder.path],
                input: tenant.token)
            try #require(connected.status == 0, "\(connected.errors)")
        }

        mutating func sync() async throws {
            synced = try await ask(["sync"])
            try #require(synced?.status == 0, "\(synced?.errors ?? "")")
        }

        func ask(_ arguments: [String]) async throws -> Muster.Result {
            try await Muster.run(arguments + ["--data", folder.path])
        }
    }

    private static let memberships =
        "Memberships were not read: Okta refused them (403 E0000006). `muster check` says what to grant.\n"
    private static let roles =
        "Admin roles were not read: Okta refused them (403 E0000006). `muster check` says what to grant.\n"
    private static let log =
        "The System Log was not read: Okta refused it (403 E0000006). `muster check` says what to grant.\n"

    @Test("lists, reports, sheets and comparisons of what was refused say so, and files stay clean")
    func refused() async throws {
        var company = try await Company(["forbid=logs", "forbid=roles", "forbid=memberships"])
        try await company.sync()
        for (command, said) in [
            (["list", "roles"], Self.roles + Self.memberships), (["list", "memberships"], Self.memberships),
            (["report", "usage"], Self.log), (["list", "groups"], Self.memberships),
            (["list", "assignments"], Self.log), (["list", "users"], ""),
        ] {
            for format in ["table", "csv", "json"] {
                let answer = try await company.ask(command + ["--format", format])
                #expect(answer.status == 0 && answer.errors == said, "\(command) \(format): \(answer.errors)")
                #expect(!answer.output.contains("not read"), "\(command) \(format)")
            }
        }
        for (question, said) in [
            ("SELECT count(*) FROM V_Roles", Self.roles + Self.memberships), ("SELECT count(*) FROM v_users", ""),
            ("SELECT id FROM v_apps WHERE NOT EXISTS (SELECT 1 FROM v_usage_daily d WHERE d.app_id = id)", Self.log),
        ] {
            let answer = try await company.ask(["sql", question, "--format", "csv"])
            #expect(answer.status == 0 && answer.errors == said, "\(question): \(answer.errors)")
        }
        let login = try #require(CSV.rows(try await company.ask(["list", "users", "--format", "csv"]).output).last?[1])
        let sheet = try await company.ask(["show", "user", login])
        #expect(sheet.status == 0 && sheet.errors == Self.memberships + Self.roles + Self.log)
        for part in ["Groups (not evaluated)", "Roles (not evaluated)", "sign ins 30d     (not evaluated)"] {
            #expect(sheet.output.contains(part), "\(part) \(sheet.output)")
        }
        let object = try await company.ask(["show", "user", login, "--json"]).output
        #expect(object.contains("\"groups\":null") && object.contains("\"roles\":null"))
        let difference = try await company.ask(["diff", "2026-05-20", "now", "--summary"])
        #expect(difference.errors == Self.memberships + Self.roles)
        for noun in ["memberships", "roles"] {
            let line = try #require(difference.output.split(separator: "\n").first { $0.hasPrefix(noun) })
            #expect(line.hasSuffix("not evaluated"), "\(line)")
        }
        let rows = CSV.rows(
            try await company.ask(["diff", "2026-05-20", "now", "--summary", "--format", "csv"]).output)
        #expect(rows.first { $0[0] == "roles" } == ["roles", "", "", "", "", ""])
    }

    @Test("a tenant that was never synced has no people yet, and its lists say why")
    func neverSynced() async throws {
        let company = try await Company([])
        for command in [["list", "users"], ["list", "roles"], ["report", "usage"], ["diff", "2026-05-20", "now"]] {
            let answer = try await company.ask(command)
            #expect(answer.status == 0 && answer.errors == "acme was never synced. Run `muster sync`.\n", "\(command)")
        }
    }

    @Test("what was read before stays, with since when it is not read any more")
    func refusedLater() async throws {
        var company = try await Company([])
        try await company.sync()
        let before = try await company.ask(["list", "memberships", "--format", "csv"])
        #expect(before.errors.isEmpty)
        let later = try await company.tenant.replaced(
            people: 60, now: "2026-06-01T13:00:00Z", arguments: ["--fault", "forbid=memberships"])
        try await company.sync()
        let after = try await company.ask(["list", "memberships", "--format", "csv"])
        #expect(after.output == before.output)
        #expect(after.errors.hasPrefix("Memberships were not read since 20"), "\(after.errors)")
        #expect(after.errors.contains("What is shown is what was so then."))
        let login = try #require(CSV.rows(after.output).last?[3])
        #expect(try await company.ask(["show", "user", login]).output.contains("Groups ("))
        withExtendedLifetime(later) {}
    }

    /// What each reason for a way of reading reckons with.
    private static func compared(_ text: String) -> Set<String> {
        Set(text.matches(of: #/(\d+) calls in all/#).map { String($0.output.1) })
    }

    @Test("the plan, the run and the check say the same of what may not be read, and the run says what to do")
    func oneTruth() async throws {
        var company = try await Company([
            "forbid=logs", "forbid=roles", "forbid=memberships", "unavailable=factors",
        ])
        let text = company.connected.output
        let planned = try #require(text.firstMatch(of: #/(\d+) calls, about/#)).output.1
        #expect(Self.compared(text) == [String(planned)], "\(text)")
        try await company.sync()
        let run = try #require(company.synced).output
        let calls = try #require(run.firstMatch(of: #/ (\d+) calls \((\d+) predicted\)/#)).output
        #expect(calls.1 == calls.2 && Self.compared(run) == [String(calls.1)], "\(run)")
        let checked = try await company.ask(["check", "--format", "csv"]).output
        for resource in ["factors", "roles", "memberships", "logs"] {
            let row = try #require(CSV.rows(checked).first { $0[0] == resource })
            #expect(run.contains("Not read: \(resource) (\(row[1]))"), "\(resource): \(run)")
        }
        #expect(run.contains("`muster check acme` says what to grant."))
        let login = try #require(CSV.rows(try await company.ask(["list", "users", "--format", "csv"]).output).last?[1])
        let sheet = try await company.ask(["show", "user", login])
        #expect(sheet.errors.contains("Factors were not read: the tenant does not have the feature (401 E0000015)."))
    }

    @Test("the path of an assignment that ended before the first sync is not known, and nothing else is said of it")
    func unknownPaths() async throws {
        let company = try await SyncedCompany()
        let date = ["--as-of", "2026-04-15"]
        let rows = CSV.rows(try await company.ask(["list", "assignments", "--format", "csv"] + date).output)
        let ended = try #require(rows.dropFirst().first { $0[4].isEmpty })
        for command in [["show", "user", ended[1]], ["show", "app", ended[2]]] {
            let text = try await company.ask(command + date).output
            #expect(text.contains("path not known: it ended before Muster first looked"), "\(text)")
            #expect(text.firstMatch(of: #/ via  /#) == nil, "\(command)")
        }
    }
}

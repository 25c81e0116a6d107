import Foundation
import Testing

@Suite(.serialized) struct JourneyTests {
    private func connect(_ tenant: PretendTenant, _ folder: TemporaryFolder) async throws -> [String] {
        let data = ["--data", folder.path + "/data"]
        let connected = try await Muster.run(
            ["connect", tenant.url, "--name", "acme", "--token-file", "-"] + data, input: tenant.token + "\n")
        #expect(connected.status == 0, "\(connected.errors)")
        #expect(connected.output.contains("readable"))
        return data
    }

    @Test("a tenant is connected, synced, listed, shown, backed up, restored and let go")
    func wholeJourney() async throws {
        let tenant = try await PretendTenant()
        let folder = try TemporaryFolder()
        let data = try await connect(tenant, folder)

        let synced = try await Muster.run(["sync", "--json"] + data)
        #expect(synced.status == 0, "\(synced.errors)")
        let run = try #require(try JSONSerialization.jsonObject(with: Data(synced.output.utf8)) as? [String: Any])
        #expect(run["status"] as? String == "complete")
        #expect(run["integration"] as? String == "acme")
        for key in ["run", "kind", "started_at", "finished_at", "calls", "predicted_calls", "retries", "rate_limited"] {
            #expect(run[key] != nil, "\(key)")
        }
        let counts = try #require(run["counts"] as? [String: [String: Int]])
        #expect(counts["users"]?["seen"] == 60)
        #expect(counts["events"]?["new"] != nil)

        for noun in ["users", "groups", "apps"] {
            let listed = try await Muster.run(["list", noun, "--format", "csv"] + data)
            let truth = try await Muster.run([
                "simulate", "--people", "60", "--now", "2026-06-01T12:00:00Z", "--print", noun, "--format", "csv",
            ])
            #expect(ids(listed.output) == ids(truth.output), "\(noun)")
            #expect(listed.output.split(separator: "\r\n").first == truth.output.split(separator: "\r\n").first)
        }

        let json = try await Muster.run(["list", "assignments", "--format", "json", "--where", "scope=USER"] + data)
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(!rows.isEmpty && rows.allSatisfy { $0["scope"] as? String == "USER" })
        let login = try #require(rows.first?["login"] as? String)
        let shown = try await Muster.run(["show", "user", login] + data)
        #expect(shown.status == 0 && shown.output.contains("direct"))

        let asked = try await Muster.run(["sql", "SELECT count(*) AS n FROM v_users", "--format", "csv"] + data)
        #expect(asked.output == "n\r\n60\r\n")

        #expect(try await Muster.run(["schedule", "acme", "6h"] + data).output.contains("every 6h"))
        #expect(try await Muster.run(["schedule", "acme", "sometimes"] + data).status == 64)
        #expect(try await Muster.run(["integrations", "--format", "csv"] + data).output.contains(",6h,"))

        let backup = folder.path + "/copy"
        #expect(try await Muster.run(["backup", backup] + data).status == 0)
        let gone = try await Muster.run(["disconnect", "acme", "--erase-data"] + data)
        #expect(gone.status == 0, "\(gone.errors)")
        #expect(ids(try await Muster.run(["list", "users", "--format", "csv"] + data).output).isEmpty)
        #expect(try await Muster.run(["restore", backup] + data).status == 0)
        #expect(ids(try await Muster.run(["list", "users", "--format", "csv"] + data).output).count == 60)
        #expect(try await Muster.run(["sync"] + data).status == 0)
    }

    @Test("an org that is connected is not connected under a second name, unless the first is let go")
    func secondName() async throws {
        let tenant = try await PretendTenant()
        let folder = try TemporaryFolder()
        let data = try await connect(tenant, folder)
        func again(_ more: [String]) async throws -> Muster.Result {
            try await Muster.run(
                ["connect", tenant.url, "--token-file", "-"] + more + data, input: tenant.token + "\n")
        }
        for more in [["--name", "again"], []] {
            let twice = try await again(more)
            #expect(twice.status == 75 && twice.errors.contains("--name acme"), "\(twice.errors)")
            #expect(twice.errors.split(separator: "\n").count == 2)
        }
        #expect(try await again(["--name", "acme"]).status == 0)
        let listed = try await Muster.run(["integrations", "--format", "csv"] + data).output
        #expect(listed.split(separator: "\r\n").count == 2)
        #expect(try await Muster.run(["disconnect", "acme", "--keep-data"] + data).status == 0)
        #expect(try await again(["--name", "again"]).status == 0)
        #expect(try await again(["--name", "acme"]).status == 75)
    }

    @Test("a plan says which way each list is read and why, and the run that follows says the same")
    func planSaysWhy() async throws {
        let tenant = try await PretendTenant(people: 60, arguments: ["--limits", "workforce"])
        let folder = try TemporaryFolder()
        let data = try await connect(tenant, folder)
        let words = try await Muster.run(["sync", "--plan"] + data)
        #expect(words.status == 0, "\(words.errors)")
        for start in [
            "Groups of apps are read ", "Assignments are read ", "Memberships are read ", "Factors are read ",
        ] {
            #expect(
                words.output.split(separator: "\n").count { $0.hasPrefix(start) && $0.hasSuffix(".") } == 1, "\(start)")
        }
        let json = try await Muster.run(["sync", "--plan", "--json"] + data).output
        let plan = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let choices = try #require(plan["choices"] as? [[String: Any]])
        #expect(
            choices.compactMap { $0["list"] as? String }.sorted() == [
                "app_groups", "assignments", "factors", "memberships",
            ])
        #expect(choices.allSatisfy { ($0["why"] as? String)?.isEmpty == false && $0["way"] is String })
    }

    @Test("a sync that is told to stop ends with 75, and the next one goes on with the same run")
    func stopped() async throws {
        let tenant = try await PretendTenant(people: 30)
        let folder = try TemporaryFolder()
        let data = try await connect(tenant, folder)
        let slow = try await tenant.again(people: 30, latency: 3000)
        let errors = Pipe.own()
        let process = try Muster.start(["sync"] + data, errors: errors)
        while process.isRunning {
            let state = try await Muster.run(["integrations", "--format", "csv"] + data).output
            if state.contains(",running,") { break }
        }
        process.send(SIGINT)
        #expect(process.wait() == .exit(75))
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 2, "\(text)")
        let quick = try await slow.again(people: 30, latency: 0)
        let next = try await Muster.run(["sync", "--json"] + data)
        let run = try #require(try JSONSerialization.jsonObject(with: Data(next.output.utf8)) as? [String: Any])
        #expect(run["run"] as? Int == 1)
        #expect(run["status"] as? String == "complete")
        withExtendedLifetime(quick) {}
    }

    @Test("a port that is taken is one clear error")
    func portTaken() async throws {
        let tenant = try await PretendTenant(people: 5)
        let folder = try TemporaryFolder()
        let port = try #require(tenant.url.split(separator: ":").last.map(String.init))
        let result = try await Muster.run(["serve", "--port", port, "--data", folder.path])
        #expect(result.status == 78, "\(result.errors)")
        #expect(result.errors.contains("--port"))
    }

    @Test("a wrong token ends with 77, an empty one with 65, an unknown host with 69, and nothing is stored")
    func badCredentials() async throws {
        let tenant = try await PretendTenant()
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path + "/data"]
        let wrong = try folder.file("wrong", "00not-the-token")
        let cases: [(String, String, Int32)] = [
            (tenant.url, wrong, 77), (tenant.url, try folder.file("empty"), 65),
            (tenant.url, folder.path + "/missing", 66), ("no-such-host.invalid", wrong, 69),
            ("http://acme.okta.com", wrong, 65), ("not a domain", wrong, 65),
        ]
        for (domain, file, status) in cases {
            let result = try await Muster.run(["connect", domain, "--token-file", file] + data)
            #expect(result.status == status, "\(domain): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 2)
            #expect(!result.errors.contains("00not-the-token"))
        }
        let integrations = try await Muster.run(["integrations", "--format", "json"] + data)
        #expect(integrations.output == "[]\n" || integrations.status == 66)
    }

    @Test(
        "SQL may read the views and nothing else",
        arguments: [
            ("DELETE FROM users", 77), ("SELECT * FROM sessions", 77), ("SELECT * FROM users", 77),
            ("WITH v_x AS (SELECT sealed_credential FROM integrations) SELECT * FROM v_x", 77),
            ("WITH v_users AS (SELECT * FROM sessions) SELECT * FROM v_users", 77),
            ("SELECT * FROM pragma_database_list", 65), ("SELECT sql FROM sqlite_schema", 77),
            ("ATTACH 'other.db' AS other", 77), ("PRAGMA query_only = OFF", 77), ("CREATE TABLE t (x)", 77),
            ("SELECT load_extension('x')", 65), ("SELECT 1; SELECT 2", 65), ("SELEKT", 65), ("", 65),
            ("SELECT nothing FROM v_users", 65),
            (
                "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", 75
            ), ("WITH people AS (SELECT * FROM v_users) SELECT count(*) FROM people", 0),
        ] as [(String, Int32)])
    func sql(text: String, status: Int32) async throws {
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        #expect(try await Muster.run(["migrate"] + data).status == 0)
        let result = try await Muster.run(["sql", text, "--timeout", "1"] + data)
        #expect(result.status == status, "\(result.errors)")
    }

    @Test("every documented view can be asked, with the columns of its list")
    func views() async throws {
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        #expect(try await Muster.run(["migrate"] + data).status == 0)
        for view in ["users", "groups", "apps", "assignments", "memberships", "roles", "usage_daily", "departments"] {
            let result = try await Muster.run(["sql", "SELECT * FROM v_\(view)", "--format", "csv"] + data)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.hasSuffix(",workspace_id\r\n"))
        }
    }

    @Test("a restore refuses what is not a backup and keeps what was there")
    func restoreRefuses() async throws {
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path + "/data"]
        #expect(try await Muster.run(["migrate"] + data).status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/data/muster.db"))
        let text = try folder.file("text", String(repeating: "hello ", count: 500))
        let foreign = try await Muster.run(["restore", text] + data)
        #expect(foreign.status == 65)
        #expect(try await Muster.run(["restore", folder.path + "/none"] + data).status == 66)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/data/muster.db")) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/data")
        #expect(!names.contains { $0.contains("restoring") })
    }
}

/// The first column of a CSV text, sorted, without its header.
private func ids(_ csv: String) -> [String] {
    csv.split(separator: "\r\n").dropFirst().compactMap { $0.split(separator: ",").first.map(String.init) }.sorted()
}

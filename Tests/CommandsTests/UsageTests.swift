import Foundation
import Testing

@Suite struct UsageTests {
    @Test(
        "a secret on the command line is refused before anything else happens, with the reason",
        arguments: [
            ["connect", "acme.okta.com", "--token", "x"], ["connect", "acme.okta.com", "--token=x"],
            ["connect", "acme.okta.com", "--client-secret", "x"],
            ["connect", "acme.okta.com", "00" + String(repeating: "aB3-_", count: 8)],
            ["connect", "acme.okta.com", "--token-file", "00" + String(repeating: "aB3-_", count: 8)],
            ["sync", "--api-token=SSWS abc"],
        ])
    func secretArgument(arguments: [String]) async throws {
        let result = try await Muster.run(arguments)
        #expect(result.status == 64)
        #expect(result.output.isEmpty)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains("can read the arguments") == true)
        #expect(lines.last?.contains("--token-file") == true)
        #expect(!result.errors.contains("aB3-_aB3"))
    }

    @Test(
        "a database's password is refused on the command line, and an address without one is not",
        arguments: [
            ("postgres://u:hush@h/d", true), ("postgresql://:hush@/d?host=/run", true),
            ("postgres://h/d?user=u&password=hush", true), ("postgres://u@h:5432/d", false),
            ("postgres://h:5432/d?sslmode=require", false),
        ])
    func databasePassword(address: String, isRefused: Bool) async throws {
        let folder = try TemporaryFolder()
        for arguments in [["--database", address], ["--database=\(address)"]] {
            let result = try await Muster.run(["config", "--data", folder.path] + arguments)
            #expect(result.status == (isRefused ? 64 : 0), "\(result.errors)")
            #expect(!isRefused || result.errors.contains("MUSTER_DATABASE"))
            guard isRefused else { continue }
            for command in [["sql", "SELECT 1"], ["demo"]] {
                #expect(try await Muster.run(command + ["--data", folder.path] + arguments).status == 64)
            }
            #expect(!result.errors.contains("hush") && !result.output.contains("hush"))
        }
    }

    @Test(
        "wrong usage ends with 64 and two lines",
        arguments: [
            ["nonsense"], ["list"], ["list", "cars"], ["connect"], ["connect", "acme.okta.com"],
            ["connect", "acme.okta.com", "--client-id", "x"], ["disconnect", "acme"],
            ["disconnect", "acme", "--keep-data", "--erase-data"], ["list", "users", "--limit", "0"],
            ["list", "users", "--format", "xml"], ["report", "money"],
        ])
    func wrongUsage(arguments: [String]) async throws {
        let result = try await Muster.run(arguments)
        #expect(result.status == 64)
        #expect(result.errors.split(separator: "\n").count == 2)
        #expect(result.errors.hasPrefix("Error: "))
        #expect(result.output.isEmpty)
    }

    @Test("help, version and nothing at all end with 0", arguments: [["--help"], ["--version"], ["version"], []])
    func help(arguments: [String]) async throws {
        let result = try await Muster.run(arguments)
        #expect(result.status == 0)
        #expect(!result.output.isEmpty)
        #expect(result.errors.isEmpty)
    }

    @Test(
        "each bad setting is one clear error with status 78",
        arguments: [
            ["migrate", "--database", "mysql://somebody:secret@db/muster"], ["serve", "--port", "http"],
            ["serve", "--role", "king"], ["migrate", "--log-level", "loud"], ["migrate", "--log-format", "xml"],
        ])
    func badSetting(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let result = try await Muster.run(arguments + ["--data", folder.path + "/data"])
        #expect(result.status == 78)
        #expect(result.errors.split(separator: "\n").count == 2)
        #expect(!result.errors.contains("secret"))
    }

    @Test("a folder without data, one that is a file, and a damaged database are told apart")
    func badData() async throws {
        let folder = try TemporaryFolder()
        let missing = try await Muster.run(["list", "users", "--data", folder.path + "/none"])
        #expect(missing.status == 66)
        let file = try folder.file("file")
        let notFolder = try await Muster.run(["migrate", "--data", file])
        #expect(notFolder.status == 78)
        try FileManager.default.createDirectory(atPath: folder.path + "/damaged", withIntermediateDirectories: true)
        let noise = String(repeating: "not a database. ", count: 1000)
        _ = try folder.file("damaged/muster.db", noise)
        let damaged = try await Muster.run(["list", "users", "--data", folder.path + "/damaged"])
        #expect(damaged.status == 65)
        #expect(damaged.errors.contains("restore"))
        #expect(try String(contentsOfFile: folder.path + "/damaged/muster.db", encoding: .utf8) == noise)
    }

    @Test("a workspace that is not there is said and not made, the names that look like it first")
    func mistypedWorkspace() async throws {
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        for name in ["default", "second", "seconds"] {
            let connected = try await Muster.run(
                ["connect", "no-such-host.invalid", "--token-file", "-", "--workspace", name] + data, input: "00token")
            #expect(connected.status == 69)
        }
        for command in [
            ["list", "users"], ["integrations"], ["sync"], ["sql", "SELECT 1"], ["report", "usage"], ["state-hash"],
            ["show", "user", "x"], ["check"], ["sign-in-link"], ["disconnect", "x", "--keep-data"],
        ] {
            let result = try await Muster.run(command + ["--workspace", "secnd"] + data)
            #expect(result.status == 66 && result.output.isEmpty, "\(command) \(result.errors)")
            #expect(result.errors.contains("“secnd”") && result.errors.contains("second, seconds, default"))
            #expect(result.errors.split(separator: "\n").count == 2)
        }
        let names = try await Muster.run(["copy", "--from", folder.path, "--to", folder.path + "/copy"])
        #expect(names.status == 0 && !names.output.contains("secnd"), "\(names.output) \(names.errors)")
        // A database that was only migrated has the workspace that was named first, and no other.
        #expect(try await Muster.run(["migrate", "--workspace", "one", "--data", folder.path + "/new"]).status == 0)
        #expect(try await Muster.run(["migrate", "--workspace", "two", "--data", folder.path + "/new"]).status == 0)
        let listed = try await Muster.run(["list", "users", "--data", folder.path + "/new"])
        #expect(listed.status == 66 && listed.errors.contains("--workspace: one."), "\(listed.errors)")
    }

    @Test("config masks secrets and names each value's source")
    func config() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("muster.yaml", "sync:\n  interval-minutes: 15\n")
        let result = try await Muster.run(
            ["config", "--data", folder.path, "--format", "csv"],
            environment: ["MUSTER_HTTP_PORT": "9000", "MUSTER_DATABASE": "postgres://u:hush@h/d"])
        #expect(result.status == 0)
        #expect(result.output.contains("database,******,environment MUSTER_DATABASE\r\n"))
        #expect(!result.output.contains("hush"))
        #expect(result.output.contains("http.port,9000,environment MUSTER_HTTP_PORT\r\n"))
        #expect(result.output.contains("sync.interval-minutes,15,\(folder.path)/muster.yaml\r\n"))
        #expect(result.output.contains("http.host,127.0.0.1,default\r\n"))
    }

    @Test("an unknown name in muster.yaml ends with 78, an unknown variable is a warning beside the answer")
    func unknownSettings() async throws {
        let folder = try TemporaryFolder()
        let warned = try await Muster.run(
            ["config", "--data", folder.path, "--format", "csv"], environment: ["MUSTER_HTTP_PROT": "9000"])
        #expect(warned.status == 0)
        #expect(warned.output.hasPrefix("name,value,source\r\n"))
        #expect(warned.errors.hasPrefix("Warning: There is no setting “MUSTER_HTTP_PROT” (in: environment)."))
        #expect(warned.errors.contains("Perhaps “MUSTER_HTTP_PORT” is meant."))
        let yaml = try folder.file("muster.yaml", "htp:\n  port: 80\n")
        for command in [["config"], ["migrate"], ["serve"], ["list", "users"]] {
            let refused = try await Muster.run(command + ["--data", folder.path])
            #expect(refused.status == 78, "\(command)")
            #expect(refused.errors.hasPrefix("Error: There is no setting “htp.port” (in: \(yaml))."))
            #expect(refused.errors.split(separator: "\n").count == 2)
        }
    }

    @Test("a proxy that does not answer is one clear error that keeps its password")
    func proxy() async throws {
        let folder = try TemporaryFolder()
        let environment = ["MUSTER_OKTA_PROXY": "http://muster:hush@127.0.0.1:1"]
        let result = try await Muster.run(
            ["connect", "acme.okta.com", "--token-file", "-", "--log-level", "trace", "--data", folder.path + "/data"],
            input: "00token", environment: environment)
        #expect(result.status == 69)
        #expect(result.errors.contains("okta.proxy"))
        #expect(!result.errors.contains("hush"))
        let shown = try await Muster.run(["config", "--data", folder.path], environment: environment)
        #expect(shown.output.contains("http://******@127.0.0.1:1") && !shown.output.contains("hush"))
    }

    @Test("docs/commands.md is what --help prints")
    func commandsPage() async throws {
        let names = [
            "demo", "simulate", "connect", "check", "sync", "accept", "ledger", "schedule", "integrations",
            "disconnect", "list", "show",
            "report", "diff", "state-hash", "sql", "roster", "serve", "sign-in-link", "backup", "restore", "copy",
            "migrate",
            "database", "config", "version",
        ]
        var page = "# Commands\n\nWhat `muster --help` and each command's `--help` print.\n"
        for name in [nil] + names.map(Optional.some) {
            let help = try await Muster.run((name.map { [$0] } ?? []) + ["--help"])
            page += "\n## muster\(name.map { " " + $0 } ?? "")\n\n```text\n\(help.output)```\n"
        }
        try Documentation.expect(page, isPage: "commands.md")
    }
}

/// Pages of `docs/` that are written by tests: `MUSTER_WRITE_DOCS=1 swift test` rewrites them.
enum Documentation {
    static func expect(_ text: String, isPage name: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = root.appendingPathComponent("docs/\(name)")
        if ProcessInfo.processInfo.environment["MUSTER_WRITE_DOCS"] != nil {
            try text.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == text, "docs/\(name) is out of date")
    }
}

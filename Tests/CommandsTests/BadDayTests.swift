import Foundation
import Testing

/// What the world around Muster does wrong: each is one clear error with the way out, and nothing is lost.
@Suite("Bad days", .serialized) struct BadDayTests {
    private func expect(_ result: Muster.Result, _ status: Int32, _ wayOut: String, _ name: String) {
        #expect(result.status == status, "\(name): \(result.errors)")
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 2 && lines.first?.hasPrefix("Error: ") == true, "\(name): \(result.errors)")
        #expect(lines.last?.contains(wayOut) == true, "\(name): \(result.errors)")
    }

    @Test("a folder that cannot be written is refused with the system's reason, whoever asks")
    func folder() async throws {
        let tenant = try await PretendTenant(people: 5)
        let folder = try TemporaryFolder()
        let file = try folder.file("file")
        for path in ["/proc/muster", file, file + "/below"] {
            let result = try await Muster.run(
                ["connect", tenant.url, "--token-file", "-", "--data", path], input: tenant.token)
            expect(result, 78, "--data DIR", path)
            #expect(result.errors.contains(path))
        }
    }

    @Test("a disk that fills up in the middle of a sync stops it, and with room it goes on with the same run")
    func fullDisk() async throws {
        let tenant = try await PretendTenant()
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        try #require(
            try await Muster.run(
                ["connect", tenant.url, "--name", "acme", "--token-file", "-"] + data, input: tenant.token
            ).status == 0)
        // No file may grow beyond 900 blocks of 512 bytes: writing fails as on a full disk, and only for this process.
        let shell = ["-c", "trap '' XFSZ; ulimit -f 900; exec \"$0\" \"$@\"", Muster.path, "sync"]
        let stopped = try await Muster.run(shell + data, program: "/bin/sh")
        expect(stopped, 75, "Free some space", "full disk")
        let state = try await Muster.run(["integrations", "--format", "csv"] + data).output
        // Where there is no room even for that, the run is found unfinished by the next one.
        #expect(state.contains(",1,interrupted,") || state.contains(",1,running,"), "\(state)")
        let next = try await Muster.run(["sync", "--json"] + data)
        #expect(next.output.contains("\"run\":1,") && next.output.contains("\"status\":\"complete\""), "\(next.output)")
        let users = try await Muster.run(["list", "users", "--format", "csv"] + data)
        #expect(CSV.rows(users.output).count == 61)
    }

    @Test("a question that is inside one long step of the database is ended at its time, too")
    func longStep() async throws {
        let company = try await SyncedCompany()
        // Each of 900,000 letters is looked for among 80,000: no row and no loop of the database's own in between.
        let sql =
            "SELECT length(trim(replace(hex(zeroblob(450000)), '0', 'b'), "
            + "replace(hex(zeroblob(40000)), '0', 'a') || 'b')) AS n"
        let result = try await company.ask(["sql", sql, "--timeout", "1"])
        expect(result, 75, "--timeout", "long step")
        #expect(result.errors.contains("longer than 1 second"))
    }

    @Test("a database that is damaged, cut off or empty is said to be, and left as it is")
    func damagedDatabase() async throws {
        let company = try await SyncedCompany()
        let path = company.folder.path + "/muster.db"
        // Everything is in the one file now.
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try #require(whole.count > 400_000)
        var noise = SystemRandomNumberGenerator()
        let junk = Data((0..<300_000).map { _ in UInt8.random(in: .min ... .max, using: &noise) })
        let cases: [(String, Data, Int32)] = [
            ("damaged at its beginning", junk.prefix(2000) + whole.dropFirst(2000), 65),
            ("damaged inside", whole.prefix(8192) + junk + whole.dropFirst(8192 + junk.count), 65),
            ("cut off", whole.prefix(100_000), 65), ("empty", Data(), 66),
        ]
        for (name, bytes, status) in cases {
            for command in [["list", "users"], ["sync"], ["show", "user", "x"]] {
                try bytes.write(to: URL(fileURLWithPath: path))
                let result = try await company.ask(command)
                expect(result, status, status == 65 ? "muster restore FILE" : "--data DIR", "\(name), \(command)")
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes, "\(name), \(command)")
                for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            }
        }
    }

    @Test("a second sync of the same tenant waits for nobody, and the first one is not disturbed")
    func twoSyncs() async throws {
        let tenant = try await PretendTenant(people: 30)
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        try #require(
            try await Muster.run(
                ["connect", tenant.url, "--name", "acme", "--token-file", "-"] + data, input: tenant.token
            ).status == 0)
        let slow = try await tenant.again(people: 30, latency: 3000)
        let first = try Muster.start(["sync"] + data)
        while first.isRunning {
            if try await Muster.run(["integrations", "--format", "csv"] + data).output.contains(",1,running,") {
                break
            }
        }
        expect(try await Muster.run(["sync"] + data), 75, "Wait for it to finish", "second sync")
        let disconnected = try await Muster.run(["disconnect", "acme", "--keep-data"] + data)
        expect(disconnected, 75, "Wait for it to finish", "disconnect")
        let state = try await Muster.run(["integrations", "--format", "csv"] + data).output
        #expect(first.isRunning && state.contains("connected,1,running,"), "\(state)")
        first.send(SIGINT)
        #expect(first.wait() == .exit(75))
        withExtendedLifetime(slow) {}
    }

    @Test(
        "a certificate that nobody vouches for is refused, with the setting for networks that inspect TLS",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "openssl is not installed"))
    func selfSigned() async throws {
        let folder = try TemporaryFolder()
        let (key, certificate) = (folder.path + "/key.pem", folder.path + "/certificate.pem")
        let made = try await Muster.run(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ], program: "/usr/bin/openssl")
        try #require(made.status == 0, "\(made.errors)")
        let pipe = Pipe.own()
        let server = try Muster.start(
            ["s_server", "-accept", "0", "-key", key, "-cert", certificate, "-www"], output: pipe,
            program: "/usr/bin/openssl")
        let text = pipe.text { $0.contains(#/ACCEPT \S+:\d+\n/#) }
        let port = try #require(text.firstMatch(of: #/ACCEPT \S+:(\d+)\n/#)).output.1
        let arguments = ["connect", "https://localhost:\(port)", "--token-file", "-", "--data", folder.path + "/data"]
        let stranger = try await Muster.run(arguments, input: "00token")
        expect(stranger, 69, "MUSTER_OKTA_TRUST_ROOTS_FILE", "self-signed")
        let known = try await Muster.run(
            arguments, input: "00token", environment: ["MUSTER_OKTA_TRUST_ROOTS_FILE": certificate])
        #expect(known.errors.contains("not an Okta org"), "\(known.errors)")
        let missing = try await Muster.run(
            arguments, input: "00token", environment: ["MUSTER_OKTA_TRUST_ROOTS_FILE": "/no/such/file"])
        expect(missing, 78, "Check the path", "no such file")
        withExtendedLifetime(server) {}
    }

    @Test("a sealing key that is gone, damaged or open to others is said to be, and the data stays readable")
    func sealingKey() async throws {
        let company = try await SyncedCompany()
        let key = company.folder.path + "/muster.key"
        let whole = try String(contentsOfFile: key, encoding: .utf8)
        chmod(key, 0o644)
        expect(try await company.ask(["sync"]), 78, "chmod 600", "open to others")
        chmod(key, 0o600)
        try "junk".write(toFile: key, atomically: false, encoding: .utf8)
        expect(try await company.ask(["sync"]), 78, "Put the key file of the last backup back", "damaged")
        try FileManager.default.removeItem(atPath: key)
        expect(try await company.ask(["sync"]), 78, "Put back the muster.key", "gone")
        #expect(try await company.ask(["list", "users"]).status == 0)
        // None of it counts as a run.
        #expect(try await company.ask(["integrations", "--format", "csv"]).output.contains(",1,complete,"))
        try whole.write(toFile: key, atomically: false, encoding: .utf8)
        chmod(key, 0o600)
        #expect(try await company.ask(["sync"]).status == 0)
    }
}

import Foundation
import Support
import Testing

@Suite("A store is copied to another place")
struct CopyStoreTests {
    @Test("from a folder to PostgreSQL and back, with the same state, and told what else must go along")
    func there() async throws {
        let folder = try TemporaryFolder()
        let company = try await SyncedCompany()
        var places: [(String, [String: String])] = [("\(folder.path)/one", [:])]
        if TestEngine.available.contains(.postgresql) {
            places.append(("env:COPY_TARGET", ["COPY_TARGET": try await TestServer.shared.freshAddress()]))
        }
        places.append(("\(folder.path)/last.db", [:]))
        var from = (company.folder.path, [String: String]())
        for place in places {
            let result = try await Muster.run(
                ["copy", "--from", from.0, "--to", place.0], environment: from.1.merging(place.1) { $1 })
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("Source and copy are the same") && result.output.contains("muster.key"))
            from = place
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/end", withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: folder.path + "/last.db", toPath: folder.path + "/end/muster.db")
        let before = try await company.ask(["state-hash"])
        let after = try await Muster.run(["state-hash", "--data", folder.path + "/end"])
        #expect(before.output == after.output && before.output.utf8.count == 65)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/one/muster.db")[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o600)
    }

    @Test(
        "a store on PostgreSQL answers SQL questions, and says that it cannot be distributed",
        .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
    func server() async throws {
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        let environment = ["MUSTER_DATABASE": try await TestServer.shared.freshAddress()]
        #expect(try await Muster.run(["migrate"] + data, environment: environment).status == 0)
        let asked = try await Muster.run(
            ["sql", "SELECT count(*) AS n FROM v_users", "--format", "csv"] + data, environment: environment)
        #expect(asked.status == 0 && asked.output == "n\r\n0\r\n", "\(asked.errors)")
        for (sql, status) in [
            ("SELECT * FROM sessions", 77), ("SELECT pg_sleep(5)", 77), ("SELEKT", 77), ("SELECT 1; SELECT 2", 65),
            ("", 65),
            ("SELECT nothing FROM v_users", 65),
            ("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", 75),
        ] as [(String, Int32)] {
            let result = try await Muster.run(["sql", sql, "--timeout", "1"] + data, environment: environment)
            #expect(result.status == status, "\(sql): \(result.errors)")
        }
        let distribute = try await Muster.run(["database", "distribute"] + data, environment: environment)
        #expect(distribute.status == 78 && distribute.errors.contains("Citus"))
        let dry = try await Muster.run(["database", "distribute", "--dry-run"] + data, environment: environment)
        #expect(dry.status == 78 && dry.output.contains("create_reference_table('workspaces')"))
        #expect(
            dry.output.contains("create_distributed_table('users', 'workspace_id', colocate_with => 'active_months')"))
    }

    @Test(
        "what cannot be copied, or not there, is refused with the way out",
        arguments: [
            (["--from", "DATA", "--to", "DATA"], 64, "copy.place.same"),
            (["--from", "DATA", "--to", "DATA/muster.db"], 64, ""),
            (["--from", "DATA/none", "--to", "DATA/new"], 66, ""),
            (["--from", "env:NOT_SET", "--to", "DATA/new"], 64, ""),
            (["--from", "mysql://db/x", "--to", "DATA/new"], 64, ""),
            (["--from", "DATA", "--to", "postgres://u:hush@h/d"], 64, ""), (["--from", "DATA"], 64, ""),
        ] as [([String], Int32, String)])
    func refused(_ arguments: [String], _ status: Int32, _ id: String) async throws {
        let folder = try TemporaryFolder()
        #expect(try await Muster.run(["migrate", "--data", folder.path]).status == 0)
        let result = try await Muster.run(["copy"] + arguments.map { $0.replacing("DATA", with: folder.path) })
        #expect(result.status == status, "\(result.errors)")
        #expect(!result.errors.contains("hush"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/new/muster.db"))
    }
}

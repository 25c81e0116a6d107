import Foundation
import Testing

@Suite("A sync can be killed at any moment")
struct KilledSyncTests {
    @Test("killed with SIGKILL again and again, it ends with the store of an unbroken run and asks no page twice")
    func killed() async throws {
        let tenant = try await PretendTenant(
            people: 150, arguments: ["--apps", "30", "--groups", "30", "--page-latency", "4"])
        let (whole, broken) = (try TemporaryFolder(), try TemporaryFolder())
        for folder in [whole, broken] {
            let connected = try await Muster.run(
                ["connect", tenant.url, "--name", "acme", "--token-file", "-", "--data", folder.path],
                input: tenant.token)
            try #require(connected.status == 0)
        }
        let unbroken = try run(of: await Muster.run(["sync", "--json", "--data", whole.path]).output)
        var random = SystemRandomNumberGenerator()
        var kills = 0
        while kills < 12 {
            let process = try Muster.start(["sync", "--data", broken.path])
            try await Task.sleep(for: .milliseconds(Int.random(in: 60...320, using: &random)))
            process.send(SIGKILL)
            process.wait()
            kills += 1
        }
        let last = try run(of: await Muster.run(["sync", "--json", "--data", broken.path]).output)
        #expect(last["status"] as? String == "complete")
        let lists = ["users", "groups", "apps", "assignments", "memberships", "roles"]
        for noun in lists {
            let ended = try await rows(noun, broken), expected = try await rows(noun, whole)
            #expect(!expected.isEmpty && ended == expected, "\(noun)")
        }
        if last["run"] as? Int == 1 {
            // Still the first run: its calls are those of all its attempts together.
            for callClass in ["users", "groups", "group_users", "apps", "app_groups", "app_users"] {
                #expect(calls(last)[callClass] == calls(unbroken)[callClass], "\(callClass)")
            }
        }
    }

    @Test("backups taken while a sync is on restore to stores from which it goes on, and ends the same")
    func backedUp() async throws {
        let tenant = try await PretendTenant(
            people: 120, arguments: ["--apps", "30", "--groups", "30", "--page-latency", "20"])
        let original = try TemporaryFolder()
        let connected = try await Muster.run(
            ["connect", tenant.url, "--name", "acme", "--token-file", "-", "--data", original.path],
            input: tenant.token)
        try #require(connected.status == 0)
        let process = try Muster.start(["sync", "--data", original.path])
        var backups: [String] = []
        while process.isRunning, backups.count < 3 {
            try await Task.sleep(for: .milliseconds(150))
            let file = "\(original.path)/copy-\(backups.count)"
            let made = try await Muster.run(["backup", file, "--data", original.path])
            #expect(made.status == 0, "\(made.errors)")
            backups.append(file)
        }
        #expect(process.wait() == .exit(0))
        try #require(!backups.isEmpty)
        for file in backups {
            let restored = try TemporaryFolder()
            // The key of the credentials is never in a backup: whoever restores elsewhere brings it.
            try FileManager.default.copyItem(
                atPath: original.path + "/muster.key", toPath: restored.path + "/muster.key")
            #expect(try await Muster.run(["restore", file, "--data", restored.path]).status == 0)
            let synced = try run(of: await Muster.run(["sync", "--json", "--data", restored.path]).output)
            #expect(synced["status"] as? String == "complete")
            for noun in ["users", "groups", "apps", "assignments", "memberships", "roles"] {
                let ended = try await rows(noun, restored), expected = try await rows(noun, original)
                #expect(!expected.isEmpty && ended == expected, "\(noun)")
            }
        }
    }

    private func run(of output: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(output)")
    }

    private func calls(_ run: [String: Any]) -> [String: Int] {
        (run["calls"] as? [String: Any])?["by_class"] as? [String: Int] ?? [:]
    }

    /// The rows of a list without the moments that depend on when they were first seen.
    private func rows(_ noun: String, _ folder: TemporaryFolder) async throws -> [String] {
        let listed = try await Muster.run(["list", noun, "--format", "json", "--data", folder.path])
        let rows = try JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]] ?? []
        return rows.map { row in
            row.filter { !["valid_from", "valid_to", "assigned_at_source"].contains($0.key) }
                .map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "|")
        }.sorted()
    }
}

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct DemoTests {
    @Test("the demo answers its probes, stops when told to, and starts again with the same company")
    func twice() async throws {
        let folder = try TemporaryFolder()
        for attempt in 1...2 {
            let demo = try RunningServer(
                ["demo", "--data", folder.path] + (attempt == 1 ? ["--people", "40"] : []))
            let base = try #require(demo.address, "\(demo.text)")
            #expect(demo.text.contains("complete"), "\(demo.text)")
            #expect(try await Web.get(base + "/healthz").status == 200)
            #expect(try await Web.get(base + "/readyz").status == 200)
            let metrics = try await Web.get(base + "/metrics").text
            #expect(metrics.contains("muster_runs{integration=\"demo\",status=\"complete\"} \(attempt)"))
            // It lives on from where it was, and is not made up again.
            let apps = attempt == 1 ? "apps: 120 seen, 120 new, 0 changed" : "apps: 120 seen, 0 new, 0 changed"
            #expect(demo.text.contains(apps), "\(demo.text)")
            #expect(demo.stop() == .exit(0))
        }
        // A real tenant's people would stand among made-up ones.
        let tenant = try await PretendTenant()
        let refused = try await Muster.run(
            ["connect", tenant.url, "--name", "acme", "--token-file", "-", "--data", folder.path], input: tenant.token)
        #expect(refused.status == 64 && refused.errors.contains("--data DIR"), "\(refused.errors)")
        let connected = try await Muster.run(["integrations", "--format", "csv", "--data", folder.path]).output
        #expect(!connected.contains("acme"))
        let other = try await Muster.run(["demo", "--people", "41", "--port", "0", "--data", folder.path])
        #expect(other.status == 64)
    }

    @Test("a demo that is stopped in its first sync says so, keeps the run, and goes on with it at the next start")
    func stoppedWhileSyncing() async throws {
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        let errors = Pipe.own()
        let process = try Muster.start(["demo", "--people", "3000", "--port", "0"] + data, errors: errors)
        while process.isRunning {
            let state = try await Muster.run(["integrations", "--format", "csv"] + data).output
            if state.contains(",1,running,") { break }
        }
        process.send(SIGINT)
        #expect(process.wait() == .exit(75))
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 2 && text.contains("goes on"), "\(text)")
        let state = try await Muster.run(["integrations", "--format", "csv"] + data).output
        #expect(state.contains(",1,interrupted,"), "\(state)")

        let demo = try RunningServer(["demo"] + data)
        #expect(demo.text.hasPrefix("Run 1 of “demo”: complete"), "\(demo.text)")
        #expect(demo.stop() == .exit(0))
    }
}

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct ServeTests {
    /// A data folder with a tenant that was connected and never synced.
    private struct Connected {
        let tenant: PretendTenant
        let folder: TemporaryFolder

        var data: [String] { ["--data", folder.path] }
        var state: String {
            get async throws { try await Muster.run(["integrations", "--format", "csv"] + data).output }
        }
    }

    private func connected(_ tenant: PretendTenant) async throws -> Connected {
        let folder = try TemporaryFolder()
        let connected = try await Muster.run(
            ["connect", tenant.url, "--name", "acme", "--token-file", "-", "--data", folder.path], input: tenant.token)
        try #require(connected.status == 0, "\(connected.errors)")
        return Connected(tenant: tenant, folder: folder)
    }

    @Test("a worker syncs by itself, and serves the probes and nothing else")
    func worker() async throws {
        let company = try await connected(try await PretendTenant(people: 20))
        let server = try RunningServer(["serve", "--role", "worker"] + company.data, linkFollows: false)
        let base = try #require(server.address, "\(server.text)")
        #expect(!server.text.contains("Sign in"))
        #expect(try await Web.get(base + "/healthz").status == 200)
        #expect(try await Web.get(base + "/readyz").status == 200)
        for path in ["/", "/login", "/users", "/connect", "/users.csv"] {
            #expect(try await Web.get(base + path).status == 404, "\(path)")
        }
        while server.process.isRunning {
            if try await company.state.contains(",1,complete,") { break }
            try await Task.sleep(for: .milliseconds(200))
        }
        let metrics = try await Web.get(base + "/metrics").text
        #expect(metrics.contains("muster_runs{integration=\"acme\",status=\"complete\"} 1"))
        #expect(metrics.contains("muster_tenant_attended{integration=\"acme\"} 1"))
        #expect(server.stop() == .exit(0))
    }

    @Test("a server of pages alone never begins a sync, where one that does both begins at once")
    func web() async throws {
        let tenant = try await PretendTenant(people: 20)
        let (pages, both) = (try await connected(tenant), try await connected(tenant))
        let web = try RunningServer(["serve", "--role", "web"] + pages.data)
        let base = try #require(web.address, "\(web.text)")
        #expect(web.text.contains("Sign in: \(base)/login?link="))
        #expect(try await Web.get(base + "/login").status == 200)
        let all = try RunningServer(["serve"] + both.data)
        while all.process.isRunning {
            if try await both.state.contains(",1,complete,") { break }
            try await Task.sleep(for: .milliseconds(200))
        }
        // In all the time that the other one took to begin and to end.
        #expect(!(try await pages.state.contains(",1,")))
        #expect(try await Web.get(base + "/metrics").text.contains("muster_okta_calls_total{") == false)
        #expect(web.stop() == .exit(0))
        #expect(all.stop() == .exit(0))
    }

    @Test(
        "beside a server of the same folder, a command asks it, and a second server stands by until the first is killed"
    )
    func beside() async throws {
        let company = try await connected(try await PretendTenant(people: 20))
        let first = try RunningServer(["serve"] + company.data)
        while !(try await company.state.contains(",1,complete,")) {}
        let errors = Pipe.own()
        let second = try Muster.start(["serve", "--port", "0"] + company.data, errors: errors)
        #expect(errors.text { $0.contains("\n") }.contains("another server syncs the tenants of this data folder"))
        let asked = try await Muster.run(["sync", "--json"] + company.data)
        #expect(asked.output.contains("\"run\":2,") && asked.output.contains("\"status\":\"complete\""), "\(asked)")
        first.process.send(SIGKILL)
        first.process.wait()
        // Nobody waits for the end of a lease where the system tells that its holder is dead.
        let alone = try await Muster.run(["sync", "--json"] + company.data)
        #expect(alone.output.contains("\"run\":3,") && alone.output.contains("\"status\":\"complete\""), "\(alone)")
        #expect(second.isRunning)
        second.send(SIGTERM)
        #expect(second.wait() == .exit(0))
    }

    @Test("a server that is stopped in the middle of a sync ends it in good order")
    func stoppedWhileSyncing() async throws {
        let company = try await connected(try await PretendTenant(people: 20))
        let slow = try await company.tenant.again(people: 20, latency: 3000)
        let server = try RunningServer(["serve"] + company.data)
        while server.process.isRunning {
            if try await company.state.contains(",1,running,") { break }
        }
        #expect(server.stop() == .exit(0))
        #expect(try await company.state.contains(",1,interrupted,"))
        let quick = try await slow.again(people: 20, latency: 0)
        let next = try await Muster.run(["sync", "--json"] + company.data)
        #expect(next.output.contains("\"run\":1,") && next.output.contains("\"status\":\"complete\""), "\(next.output)")
        withExtendedLifetime(quick) {}
    }

    @Test("a sign-in link leads to the server that runs, and says when none does")
    func signInLink() async throws {
        let folder = try TemporaryFolder()
        let data = ["--data", folder.path]
        #expect(try await Muster.run(["migrate"] + data).status == 0)
        func link(_ more: [String] = []) async throws -> (text: String, note: String) {
            let result = try await Muster.run(["sign-in-link"] + more + data)
            #expect(result.status == 0, "\(result.errors)")
            return (result.output, result.errors)
        }
        let none = try await link()
        #expect(none.text.hasPrefix("http://127.0.0.1:8080/login?link=") && none.note.contains("No server runs"))
        let server = try RunningServer(["serve"] + data)
        let base = try #require(server.address)
        let found = try await link()
        #expect(found.text.hasPrefix(base + "/login?link=") && found.note.isEmpty, "\(found)")
        #expect(try await Web.get(found.text.trimmingCharacters(in: .newlines)).status == 200)
        let other = try await link(["--port", "9"])
        #expect(other.text.hasPrefix("http://127.0.0.1:9/login?link=") && other.note.contains(base))
        // One that was killed leaves its note behind, and the next one clears it away.
        server.process.send(SIGKILL)
        server.process.wait()
        #expect(try await link().note.contains("No server runs"))
        let next = try RunningServer(["serve"] + data, linkFollows: false)
        #expect(try await link().text.hasPrefix(try #require(next.address)))
        #expect(next.stop() == .exit(0))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("serving-") }
        #expect(left.isEmpty)
    }

    @Test("an address that is none of this computer's is one clear error", arguments: ["999.1.1.1", "192.0.2.1"])
    func noSuchAddress(_ host: String) async throws {
        let folder = try TemporaryFolder()
        let result = try await Muster.run(["serve", "--port", "0", "--host", host, "--data", folder.path])
        #expect(
            result.status == 78 && result.errors.contains("The server cannot listen on \(host)"), "\(result.errors)")
        #expect(!result.errors.contains("unexpected"))
    }

    @Test("whoever asks a second time does not wait for open requests")
    func secondSignal() async throws {
        let folder = try TemporaryFolder()
        let server = try RunningServer(["serve", "--data", folder.path])
        let base = try #require(server.address)
        let port = try #require(base.split(separator: ":").last.flatMap { UInt16($0) })
        // A form that never comes: a server that stops in good order waits for it.
        let open = try OpenRequest(port: port, "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
        while try await Web.get(base + "/healthz").status != 200 {}
        server.process.send(SIGINT)
        try await Task.sleep(for: .milliseconds(500))
        #expect(server.process.isRunning)
        #expect(server.stop() == .exit(128 + SIGTERM))
        withExtendedLifetime(open) {}
    }
}

/// A request that was begun and is not finished.
private final class OpenRequest {
    private let descriptor: Int32

    init(port: UInt16, _ text: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let isOpen = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isOpen)
        let bytes = Array(text.utf8)
        try #require(send(descriptor, bytes, bytes.count, 0) == bytes.count)
    }

    deinit { close(descriptor) }
}

import Directory
import Foundation
import Logging
import NIOHTTP1
import NIOSSL
import Problems
import Synchronization
import Testing

@testable import OktaAPI

@Suite("A proxy on the way to Okta")
struct ProxyTests {
    /// Runs a tenant `tenant.muster.test` that only a proxy leads to.
    private func run(
        proxy: String = "http://127.0.0.1", gate: @escaping ScriptedServer.Gate,
        _ script: @escaping ScriptedServer.Script, change: (inout OktaClientConfiguration) -> Void = { _ in },
        _ body: (OktaClient, ScriptedServer) async throws -> Void
    ) async throws {
        let (context, pem) = try SelfSigned.make()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("root-\(UUID().uuidString).pem")
        try Data(pem.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await ScriptedServer.run(tls: context, gate: gate, script) { server in
            var configuration = OktaClientConfiguration()
            configuration.retryBaseSeconds = 0.001
            configuration.maxRetries = 1
            configuration.trustRootsPEMFile = file.path
            configuration.proxy = OktaProxy("\(proxy):\(server.port)")
            change(&configuration)
            let client = OktaClient(
                domain: try OktaDomain(pasted: "tenant.muster.test"), credential: .apiToken("00secret"),
                configuration: configuration, ledger: NoLedger(), logger: .init(label: "test"))
            try await body(client, server)
            await client.shutdown()
        }
    }

    @Test("a tenant is read through the proxy, which sees its name and the proxy's password, and nothing of Okta's")
    func through() async throws {
        let heads = Mutex<[String]>([])
        try await run(
            proxy: "http://muster:h%40sh@127.0.0.1",
            gate: { head in
                heads.withLock { $0.append(head) }
                return "HTTP/1.1 200 Connection established"
            },
            { _ in .json("[{\"id\":\"00g1\",\"profile\":{\"name\":\"Everyone\"}}]") },
            { client, server in
                let page = try await client.page(.groups)
                #expect(page.items.map(\.id) == ["00g1"])
                #expect(server.requests.first?.headers.first(name: "Authorization") == "SSWS 00secret")
                #expect(server.requests.first?.headers.contains(name: "Proxy-Authorization") == false)
                let head = heads.withLock { $0.first } ?? ""
                #expect(head.hasPrefix("CONNECT tenant.muster.test:443 HTTP/1.1\r\n"))
                let password = Data("muster:h@sh".utf8).base64EncodedString()
                #expect(head.lowercased().contains("proxy-authorization: basic \(password)\r\n".lowercased()))
                #expect(!head.contains("00secret"))
            })
    }

    @Test(
        "a proxy that refuses, wants a password or talks nonsense is one problem that tells no secret",
        arguments: [
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0",
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0",
            "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0",
        ])
    func refused(answer: String) async throws {
        try await run(
            proxy: "http://muster:hush@127.0.0.1", gate: { _ in answer }, { _ in .json("[]") },
            { client, server in
                let problem = await #expect(throws: Problem.self) { try await client.page(.groups) }
                #expect(problem?.id == "okta.proxy.unusable")
                #expect(problem.map { "\($0) \($0.explanation) \($0.remedy) \($0.context)".contains("hush") } == false)
                #expect(server.requests.isEmpty)
            })
    }

    @Test("a proxy that does not answer is told apart from an Okta that does not")
    func gone() async throws {
        try await run(gate: { _ in "" }, { _ in .json("[]") }, change: { $0.proxy = OktaProxy("127.0.0.1:1") }) {
            client, _ in
            let id = await problemID { () throws(Problem) in try await client.page(.groups) }
            #expect(id == "okta.proxy.unusable")
        }
    }

    @Test("an address is read in the shapes that people write, and nothing else is taken for one")
    func addresses() {
        let whole = OktaProxy("http://na%3Ame:p%40ss@proxy.example.com:3128/")
        #expect(whole?.host == "proxy.example.com" && whole?.port == 3128)
        #expect(whole?.name == "na:me" && whole?.password == "p@ss")
        #expect(OktaProxy("proxy:8080")?.port == 8080)
        #expect(OktaProxy("http://proxy")?.port == 80)
        #expect(OktaProxy("http://[::1]:3128")?.host == "::1")
        for text in [
            "", "https://proxy:3128", "socks5://proxy:1080", "http://", "http://proxy:0", "http://proxy:70000",
            "http://proxy:3128/path", "http://proxy?x", "two words",
        ] {
            #expect(OktaProxy(text) == nil, "\(text)")
        }
    }

    @Test("what opens a proxy is in no text that is made of it")
    func masked() throws {
        let proxy = try #require(OktaProxy("http://muster:hush@proxy.example.com:3128"))
        var dumped = ""
        dump(proxy, to: &dumped)
        var configuration = OktaClientConfiguration()
        configuration.proxy = proxy
        for text in ["\(proxy)", String(reflecting: proxy), dumped, "\(configuration)"] {
            #expect(text.contains("http://******@proxy.example.com:3128"))
            #expect(!text.contains("hush"))
        }
    }

    @Test(
        "an exception stands for its host and all below it, and this computer never needs one",
        arguments: [
            ("acme.okta.com", "", true), ("acme.okta.com", "okta.com", false), ("acme.okta.com", ".okta.com", false),
            ("acme.okta.com", "*.okta.com", false), ("acme.okta.com", "ACME.okta.com:443", false),
            ("acme.okta.com", "kta.com", true), ("acme.okta.com", "okta.com.evil", true), ("acme.okta.com", "*", false),
            ("127.0.0.1:9100", "", false), ("localhost", "", false),
        ])
    func exceptions(host: String, exception: String, stands: Bool) throws {
        var proxy = try #require(OktaProxy("http://proxy:3128"))
        proxy.exceptions = exception.isEmpty ? [] : ["other.example", exception]
        let domain = try OktaDomain(pasted: host)
        #expect(proxy.stands(before: domain) == stands)
    }

    private func open(_ head: String) -> String { "HTTP/1.1 200 OK" }

    @Test("answers come compressed, as Okta sends them, and are read as if they were not")
    func compressed() async throws {
        let groups = (0..<200).map { "{\"id\":\"00g\($0)\",\"profile\":{\"name\":\"Group\"}}" }
        try await run(gate: open, { _ in .json("[\(groups.joined(separator: ","))]") }) { client, server in
            let page = try await client.page(.groups)
            #expect(page.items.count == 200)
            #expect(page.bytes > 8000)
            #expect(server.requests.first?.headers.first(name: "Accept-Encoding") == "gzip")
        }
    }

    @Test("a small answer that grows too large when it is unpacked is refused")
    func bomb() async throws {
        let blanks = String(repeating: " ", count: 3 << 20)
        try await run(gate: open, { _ in .json("[\(blanks)]") }, change: { $0.maxBodyBytes = 1 << 20 }) {
            client, server in
            let id = await problemID { () throws(Problem) in try await client.page(.groups) }
            #expect(id == "okta.answer.tooLarge")
            #expect(server.requests.count == 1)
        }
    }

    @Test("a compressed answer that is damaged on the way is asked for again")
    func damaged() async throws {
        try await run(
            gate: open,
            { request in
                guard request.number == 0 else {
                    return .json("[{\"id\":\"00g1\",\"profile\":{\"name\":\"Everyone\"}}]")
                }
                // Already encoded, so that the server leaves it as it is.
                return .json("\u{1F}this is no gzip", [("Content-Encoding", "gzip")])
            },
            { client, server in
                let page = try await client.page(.groups)
                #expect(page.items.count == 1)
                #expect(server.requests.count == 2)
            })
    }
}

import Foundation
import FoundationNetworking
import Testing

@Suite(.serialized) struct HookTests {
    @Test("a hook made by the command is verified and delivered to by a tenant that lives, and says how it goes")
    func journey() async throws {
        let tenant = try await PretendTenant()
        let folder = try TemporaryFolder()
        let token = try folder.file("token", tenant.token)
        let data = ["--data", folder.path + "/data"]
        #expect(
            try await Muster.run(["connect", tenant.url, "--name", "acme", "--token-file", token] + data).status == 0)
        let none = try await Muster.run(["hook", "acme", "--rotate"] + data)
        #expect(none.status != 0 && none.errors.contains("has no hook"))
        let made = try await Muster.run(["hook", "acme"] + data)
        #expect(made.status == 0, "\(made.errors)")
        func word(_ label: String, _ text: String) -> String {
            text.split(separator: "\n").first { $0.hasPrefix(label) }?.split(separator: " ").last.map(String.init) ?? ""
        }
        let secret = word("Secret", made.output)
        let path = try #require(made.output.firstMatch(of: #/\/hooks\/okta\/1-[A-Za-z0-9_-]{22}/#)).output
        #expect(secret.count == 43 && made.output.contains("user.lifecycle.create"))
        #expect(made.output.contains("https addresses only"))

        let server = try RunningServer(["serve"] + data)
        let address = try #require(server.address) + String(path)
        let pipe = Pipe.own()
        let living = try Muster.start(
            [
                "simulate", "--port", "0", "--people", "60", "--changes-per-minute", "120", "--hook", address,
                "--hook-secret-file", try folder.file("secret", secret),
            ], output: pipe)
        #expect(pipe.text { $0.contains("Ctrl-C") }.contains("Pretended tenant"))
        var state = ""
        while true {
            state = try await Muster.run(["hook", "acme"] + data).output
            if (Int(word("Deliveries today", state)) ?? 0) >= 3 { break }
            try await Task.sleep(for: .milliseconds(200))
        }
        living.send(SIGTERM)
        living.wait()
        #expect(!state.contains("not yet") && !state.contains("none yet") && !state.contains(secret))
        #expect(word("Refused", state) == "0")

        #expect(try await Muster.run(["hook", "acme", "--rotate"] + data).output.contains("Secret"))
        let old = try await Web.post(address, "{}", authorization: secret)
        #expect(old == 401)
        #expect(try await Muster.run(["hook", "acme", "--off"] + data).output.contains("switched off"))
        #expect(try await Web.post(address, "{}", authorization: secret) == 404)
        #expect(server.stop() == .exit(0))
    }
}

extension Web {
    /// The status that a posted JSON text is answered with.
    fileprivate static func post(_ address: String, _ body: String, authorization: String) async throws -> Int {
        var request = URLRequest(url: try #require(URL(string: address)))
        request.httpMethod = "POST"
        request.setValue(authorization, forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(body.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        return (response as? HTTPURLResponse)?.statusCode ?? 0
    }
}

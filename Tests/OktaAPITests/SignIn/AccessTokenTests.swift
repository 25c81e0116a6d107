import Foundation
import NIOHTTP1
import Problems
import Synchronization
import Testing

@testable import OktaAPI

@Suite("Access tokens")
struct AccessTokenTests {
    @Test("an integration shows its secret by Basic at the token endpoint only")
    func basic() async throws {
        let tenant = SignInTenant(demandsProof: false)
        try await ScriptedServer.run {
            tenant.answer($0)
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "0oaclient", secret: "s:1"))
            #expect(try await walk(client, .apps).count == 1)
            #expect(tenant.state.withLock { $0.faults } == [])
            let first = try #require(server.requests.first?.headers.first(name: "Authorization"))
            #expect(first == "Basic " + Data("0oaclient:s%3A1".utf8).base64EncodedString())
            #expect(server.requests.last?.headers.first(name: "Authorization") == "Bearer access1")
            #expect(server.requests.first?.headers.first(name: "DPoP") == nil)
            await client.shutdown()
        }
    }

    @Test("many calls at once fetch one token")
    func singleFlight() async throws {
        let tenant = SignInTenant(demandsProof: false)
        try await ScriptedServer.run {
            tenant.answer($0)
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "c", secret: "s"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await client.page(.apps) } }
                try await group.waitForAll()
            }
            #expect(tenant.state.withLock { $0.granted } == 1)
            #expect(server.requests.count == 21)
            await client.shutdown()
        }
    }

    @Test("a token is renewed before it ends, and once when Okta refuses it; a second refusal is final")
    func renewal() async throws {
        let shortLived = SignInTenant(demandsProof: false, lifetime: 1)
        try await ScriptedServer.run {
            shortLived.answer($0)
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "c", secret: "s"))
            _ = try await client.page(.apps)
            _ = try await client.page(.apps)
            #expect(shortLived.state.withLock { $0.granted } == 2)
            await client.shutdown()
        }
        let tenant = SignInTenant(demandsProof: false)
        try await ScriptedServer.run {
            tenant.answer($0)
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "c", secret: "s"))
            tenant.state.withLock { $0.refuseResource = 1 }
            #expect(try await client.page(.apps).items.count == 1)
            #expect(tenant.state.withLock { $0.granted } == 2)
            tenant.state.withLock { $0.refuseResource = 2 }
            #expect(await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.token.rejected")
            await client.shutdown()
        }
    }

    @Test("a refused client, no granted scope and an unreadable key are told apart")
    func refusals() async throws {
        func id(_ answer: ScriptedServer.Answer, _ credential: OktaCredential) async throws -> String? {
            try await ScriptedServer.run { _ in
                answer
            } _: { server in
                let client = try makeClient(server, credential: credential)
                let id = await problemID { () throws(Problem) in try await client.page(.apps) }
                await client.shutdown()
                return id
            }
        }
        let secret = OktaCredential.clientSecret(clientID: "c", secret: "s")
        #expect(try await id(.json("{\"error\":\"invalid_client\"}", status: 401), secret) == "okta.token.rejected")
        #expect(try await id(.json("{\"error\":\"invalid_scope\"}", status: 400), secret) == "okta.scope.notGranted")
        #expect(try await id(.json("{}"), secret) == "okta.answer.malformed")
        #expect(try await id(ScriptedServer.Answer(status: 503), secret) == "okta.unreachable")
        for key in ["", "no key", "{\"kty\":\"RSA\"}", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            #expect(try await id(.json("{}"), .privateKey(clientID: "c", pem: key)) == "okta.key.unreadable")
        }
    }
}

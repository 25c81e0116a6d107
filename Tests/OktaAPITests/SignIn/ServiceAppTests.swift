import Crypto
import CryptoExtras
import Foundation
import NIOHTTP1
import Problems
import Synchronization
import Testing

@testable import OktaAPI

@Suite("A service app with a private key")
struct ServiceAppTests {
    private static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    @Test("a service app signs with RSA and proves possession; every assertion and proof is new")
    func rsaWithProof() async throws {
        let key = try #require(Self.rsa)
        let tenant = SignInTenant(publicKey: key.publicKey.pemRepresentation)
        let ledger = RecordingLedger()
        try await ScriptedServer.run {
            tenant.answer($0)
        } _: { server in
            let client = try makeClient(
                server, credential: .privateKey(clientID: "0oaclient", pem: key.pemRepresentation), ledger: ledger)
            #expect(try await walk(client, .apps).count == 1)
            #expect(try await walk(client, .groups).count == 1)
            tenant.state.withLock { $0.demandResourceNonce = true }
            #expect(try await walk(client, .apps).count == 1)
            #expect(try await walk(client, .groups).count == 1)
            #expect(tenant.state.withLock { $0.faults } == [])
            #expect(tenant.state.withLock { $0.granted } == 1)
            // One that demanded the nonce, one granted, four pages and one that demanded a nonce of its own.
            #expect(server.requests.count == 7)
            #expect(ledger.calls.filter { $0.callClass == "token" }.map(\.status) == [400, 200])
            #expect(!ledger.calls.contains { $0.path.contains("assertion") || $0.path.contains("access1") })
            await client.shutdown()
        }
    }

    @Test("a service app signs with P-256 as PEM, or with the JWK that Okta's console shows")
    func otherKeys() async throws {
        let key = P256.Signing.PrivateKey()
        let point = key.publicKey.x963Representation.dropFirst()
        func base64URL(_ data: Data) -> String {
            data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        let jwk =
            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k1\",\"x\":\"\(base64URL(point.prefix(32)))\",\"y\":\"\(base64URL(point.suffix(32)))\",\"d\":\"\(base64URL(key.rawRepresentation))\"}"
        for text in [key.pemRepresentation, jwk] {
            let tenant = SignInTenant(demandsProof: false, publicKey: key.publicKey.pemRepresentation)
            try await ScriptedServer.run {
                tenant.answer($0)
            } _: { server in
                let client = try makeClient(server, credential: .privateKey(clientID: "0oaclient", pem: text))
                #expect(try await walk(client, .apps).count == 1)
                #expect(tenant.state.withLock { $0.faults } == [])
                await client.shutdown()
            }
        }
    }

    @Test(
        "the recorded answers of Okta's token endpoint lead through the DPoP dance",
        .enabled(if: Recordings.present, Recordings.missing))
    func recordedAnswers() async throws {
        let recorded = try Recordings.exchanges("oauth2_token_POST.jsonl")
        func answer(_ exchange: Recordings.Exchange, _ more: [(String, String)] = []) -> ScriptedServer.Answer {
            .json(
                exchange.body, status: exchange.status,
                exchange.headers.filter { $0.name == "dpop-nonce" }.map { ($0.name, $0.value) } + more)
        }
        let missing = answer(try #require(recorded.first { $0.body.contains("invalid_dpop_proof") }))
        let granted = answer(try #require(recorded.first { $0.body.contains("\"DPoP\"") }))
        let nonce = ScriptedServer.Answer.json(
            "{\"error\":\"use_dpop_nonce\",\"error_description\":\"Authorization server requires nonce in DPoP proof.\"}",
            status: 400, [("dpop-nonce", "n1")])
        let managing = answer(try #require(recorded.first { $0.body.contains(".manage") }))
        try await ScriptedServer.run { request in
            switch request.number {
            case 0: missing
            case 1: nonce
            case 2: granted
            default: .json("[{\"id\":\"a\"}]")
            }
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "c", secret: "s"))
            #expect(try await client.page(.apps).items.count == 1)
            #expect(server.requests.map { $0.headers.contains(name: "DPoP") } == [false, true, true, true])
            #expect(server.requests.last?.headers.first(name: "Authorization") == "DPoP REDACTED")
            await client.shutdown()
        }
        try await ScriptedServer.run { _ in
            managing
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "c", secret: "s"))
            #expect(await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.scope.notReadOnly")
            await client.shutdown()
        }
    }
}

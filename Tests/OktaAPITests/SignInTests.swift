import Crypto
import CryptoExtras
import Foundation
import NIOHTTP1
import Problems
import Synchronization
import Testing

@testable import OktaAPI

@Suite("Signing in")
struct SignInTests {
    /// The parts of a signed token, as the other side reads them.
    private struct Token {
        let header: [String: Any]
        let claims: [String: Any]
        let signed: Data
        let signature: Data

        init?(_ text: String?) {
            guard let text else { return nil }
            let parts = text.split(separator: ".").map(String.init)
            guard parts.count == 3, let header = Self.data(parts[0]), let claims = Self.data(parts[1]),
                let signature = Self.data(parts[2])
            else { return nil }
            self.header = (try? JSONSerialization.jsonObject(with: header)) as? [String: Any] ?? [:]
            self.claims = (try? JSONSerialization.jsonObject(with: claims)) as? [String: Any] ?? [:]
            self.signature = signature
            signed = Data("\(parts[0]).\(parts[1])".utf8)
        }

        static func data(_ text: String) -> Data? {
            let padded = text.replacing("-", with: "+").replacing("_", with: "/")
            return Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4))
        }

        /// Whether the key in the header made the signature.
        var isSignedByItsKey: Bool {
            guard let jwk = header["jwk"] as? [String: String], jwk["d"] == nil,
                let modulus = jwk["n"].flatMap(Self.data), let exponent = jwk["e"].flatMap(Self.data),
                let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
            else { return false }
            return key.isValidSignature(
                .init(rawRepresentation: signature), for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
        }
    }

    /// A token endpoint and one resource that demand what Okta demands, and note what they saw.
    private final class Tenant: Sendable {
        struct State {
            var assertionIDs: Set<String> = []
            var proofIDs: Set<String> = []
            var faults: [String] = []
            var granted = 0
            var refuseResource = 0
            var demandResourceNonce = false
        }

        let state = Mutex(State())
        let demandsProof: Bool
        let publicKey: String?
        let scope: String
        let lifetime: Int

        init(
            demandsProof: Bool = true, publicKey: String? = nil, lifetime: Int = 3600,
            scope: String = "okta.users.read okta.apps.read"
        ) {
            self.demandsProof = demandsProof
            self.publicKey = publicKey
            self.scope = scope
            self.lifetime = lifetime
        }

        func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
            request.path == "/oauth2/v1/token" ? token(request) : resource(request)
        }

        private func fault(_ text: String) { state.withLock { $0.faults.append(text) } }

        private func token(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
            let form = URLComponents(string: "?" + request.body)?.queryItems ?? []
            func field(_ name: String) -> String? { form.first { $0.name == name }?.value }
            if request.method != "POST" || request.target.contains("?") { fault("token request is no bare POST") }
            if field("grant_type") != "client_credentials" { fault("grant type") }
            checkAssertion(Token(field("client_assertion")), request)
            guard demandsProof else { return grant(type: "Bearer") }
            guard let proof = Token(request.headers.first(name: "DPoP")) else {
                return .json(
                    "{\"error\":\"invalid_dpop_proof\",\"error_description\":\"The DPoP proof JWT header is missing.\"}",
                    status: 400)
            }
            check(proof, request, htm: "POST")
            if proof.claims["nonce"] as? String != "token-nonce" {
                return .json(
                    "{\"error\":\"use_dpop_nonce\",\"error_description\":\"Authorization server requires nonce in DPoP proof.\"}",
                    status: 400, [("dpop-nonce", "token-nonce")])
            }
            return grant(type: "DPoP")
        }

        private func grant(type: String) -> ScriptedServer.Answer {
            let number = state.withLock { state in
                state.granted += 1
                return state.granted
            }
            return .json(
                "{\"token_type\":\"\(type)\",\"expires_in\":\(lifetime),\"access_token\":\"access\(number)\",\"scope\":\"\(scope)\"}",
                [("dpop-nonce", "token-nonce")])
        }

        private func checkAssertion(_ assertion: Token?, _ request: ScriptedServer.Request) {
            guard publicKey != nil else { return }
            guard let assertion else { return fault("no assertion") }
            let fresh = state.withLock { $0.assertionIDs.insert(assertion.claims["jti"] as? String ?? "").inserted }
            if !fresh { fault("assertion used twice") }
            let audience = "http://\(request.headers.first(name: "Host") ?? "")/oauth2/v1/token"
            if assertion.claims["aud"] as? String != audience { fault("audience") }
            if assertion.claims["iss"] as? String != "0oaclient" || assertion.claims["sub"] as? String != "0oaclient" {
                fault("issuer")
            }
            let life = (assertion.claims["exp"] as? Int ?? 0) - (assertion.claims["iat"] as? Int ?? 0)
            if !(1...3600).contains(life) { fault("lifetime") }
            if !isSigned(assertion) { fault("assertion signature") }
        }

        private func isSigned(_ assertion: Token) -> Bool {
            guard let publicKey else { return false }
            switch assertion.header["alg"] as? String {
            case "RS256":
                guard let key = try? _RSA.Signing.PublicKey(pemRepresentation: publicKey) else { return false }
                return key.isValidSignature(
                    .init(rawRepresentation: assertion.signature), for: SHA256.hash(data: assertion.signed),
                    padding: .insecurePKCS1v1_5)
            case "ES256":
                guard let key = try? P256.Signing.PublicKey(pemRepresentation: publicKey),
                    let signature = try? P256.Signing.ECDSASignature(rawRepresentation: assertion.signature)
                else { return false }
                return key.isValidSignature(signature, for: assertion.signed)
            default: return false
            }
        }

        private func check(_ proof: Token, _ request: ScriptedServer.Request, htm: String) {
            if proof.header["typ"] as? String != "dpop+jwt" || proof.header["alg"] as? String != "RS256" {
                fault("proof header")
            }
            if !proof.isSignedByItsKey { fault("proof signature") }
            if proof.claims["htm"] as? String != htm { fault("htm") }
            if proof.claims["htu"] as? String != "http://\(request.headers.first(name: "Host") ?? "")\(request.path)" {
                fault("htu \(proof.claims["htu"] ?? "")")
            }
            let fresh = state.withLock { $0.proofIDs.insert(proof.claims["jti"] as? String ?? "").inserted }
            if !fresh { fault("proof used twice") }
        }

        private func resource(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
            let authorization = request.headers.first(name: "Authorization") ?? ""
            let refused = state.withLock { state in
                state.refuseResource -= 1
                return state.refuseResource >= 0
            }
            if refused { return .error(401, "E0000011", [("WWW-Authenticate", "Bearer error=\"invalid_token\"")]) }
            guard demandsProof else {
                if !authorization.hasPrefix("Bearer access") { fault("bearer") }
                return .json("[{\"id\":\"a\"}]")
            }
            guard authorization.hasPrefix("DPoP access"), let proof = Token(request.headers.first(name: "DPoP")) else {
                fault("no proof")
                return .error(401, "E0000011")
            }
            check(proof, request, htm: "GET")
            let hash = Data(SHA256.hash(data: Data(authorization.dropFirst(5).utf8)))
            if (proof.claims["ath"] as? String).flatMap(Token.data) != hash { fault("ath") }
            let nonce = proof.claims["nonce"] as? String
            if nonce == "token-nonce" { fault("nonce of the token endpoint at a resource") }
            if state.withLock({ $0.demandResourceNonce }), nonce != "resource-nonce" {
                return .error(
                    401, "E0000011",
                    [("WWW-Authenticate", "DPoP error=\"use_dpop_nonce\""), ("DPoP-Nonce", "resource-nonce")])
            }
            return .json("[{\"id\":\"a\"}]")
        }
    }

    private static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    @Test("a service app signs with RSA and proves possession; every assertion and proof is new")
    func rsaWithProof() async throws {
        let key = try #require(Self.rsa)
        let tenant = Tenant(publicKey: key.publicKey.pemRepresentation)
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
            let tenant = Tenant(demandsProof: false, publicKey: key.publicKey.pemRepresentation)
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

    @Test("an integration shows its secret by Basic at the token endpoint only")
    func basic() async throws {
        let tenant = Tenant(demandsProof: false)
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
        let tenant = Tenant(demandsProof: false)
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
        let shortLived = Tenant(demandsProof: false, lifetime: 1)
        try await ScriptedServer.run {
            shortLived.answer($0)
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "c", secret: "s"))
            _ = try await client.page(.apps)
            _ = try await client.page(.apps)
            #expect(shortLived.state.withLock { $0.granted } == 2)
            await client.shutdown()
        }
        let tenant = Tenant(demandsProof: false)
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

    @Test("a scope that could write is neither asked for nor accepted")
    func writingScopes() async throws {
        let tenant = Tenant(demandsProof: false, scope: "okta.users.read okta.users.manage")
        try await ScriptedServer.run {
            tenant.answer($0)
        } _: { server in
            let credential = OktaCredential.clientSecret(clientID: "c", secret: "s")
            let client = try makeClient(server, credential: credential)
            #expect(await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.scope.notReadOnly")
            #expect(server.requests.count == 1)
            await client.shutdown()
            let asking = try makeClient(server, credential: credential) { $0.scopes = ["okta.users.manage"] }
            #expect(await problemID { () throws(Problem) in try await asking.page(.apps) } == "okta.scope.notReadOnly")
            #expect(server.requests.count == 1)
            await asking.shutdown()
        }
    }

    @Test("when one scope is not granted, the others are asked for")
    func someScopes() async throws {
        try await ScriptedServer.run { request in
            guard request.path == "/oauth2/v1/token" else { return .json("[{\"id\":\"a\"}]") }
            let scope = URLComponents(string: "?" + request.body)?.queryItems?.first { $0.name == "scope" }?.value ?? ""
            return scope.contains("roles")
                ? .json("{\"error\":\"invalid_scope\"}", status: 400)
                : .json("{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"t\",\"scope\":\"\(scope)\"}")
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "c", secret: "s")) {
                $0.scopes = ["okta.users.read", "okta.roles.read", "okta.apps.read"]
            }
            #expect(try await client.page(.apps).items.count == 1)
            #expect(server.requests.count == 6)
            #expect(server.requests[4].body.contains("scope=okta.users.read%20okta.apps.read"))
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

import Crypto
import CryptoExtras
import Foundation
import NIOHTTP1
import Synchronization

/// The parts of a signed token, as the other side reads them.
struct SignedToken {
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
final class SignInTenant: Sendable {
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
        checkAssertion(SignedToken(field("client_assertion")), request)
        guard demandsProof else { return grant(type: "Bearer") }
        guard let proof = SignedToken(request.headers.first(name: "DPoP")) else {
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

    private func checkAssertion(_ assertion: SignedToken?, _ request: ScriptedServer.Request) {
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

    private func isSigned(_ assertion: SignedToken) -> Bool {
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

    private func check(_ proof: SignedToken, _ request: ScriptedServer.Request, htm: String) {
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
        guard authorization.hasPrefix("DPoP access"), let proof = SignedToken(request.headers.first(name: "DPoP"))
        else {
            fault("no proof")
            return .error(401, "E0000011")
        }
        check(proof, request, htm: "GET")
        let hash = Data(SHA256.hash(data: Data(authorization.dropFirst(5).utf8)))
        if (proof.claims["ath"] as? String).flatMap(SignedToken.data) != hash { fault("ath") }
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

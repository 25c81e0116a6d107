import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import JWTKit
import NIOCore
import Synchronization

/// What a credential opens.
struct Grant: Sendable {
    /// Nil for an API token: whatever its owner may.
    var scopes: Set<String>?
    /// The thumbprint of the key that must sign every use; nil for plain bearer tokens.
    var thumbprint: String?
    var expires: Double = .infinity

    func allows(_ resource: Resource) -> Bool { scopes?.contains(resource.scope) ?? true }
}

/// A JSON Web Token's claims, as far as the simulator looks at them.
private struct Claims: JWTPayload {
    var iss: String?
    var sub: String?
    var aud: String?
    var exp: Double?
    var iat: Double?
    var jti: String?
    var htm: String?
    var htu: String?
    var nonce: String?
    var ath: String?

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// A token request that is refused, in OAuth's own form.
private struct TokenError: Error {
    var status = 400
    let error: String
    let description: String
    var nonce: String?
}

/// The organisation's authorization server and the check of every credential.
final class SignIn: Sendable {
    let token: String
    let clientID: String
    let clientSecret: String
    let privateKeyPEM: String
    private let publicKey: P256.Signing.PublicKey
    private let nonce: String
    private let state = Mutex(State())

    private struct State {
        var grants: [String: Grant] = [:]
        var used: Set<String> = []
        var issued = 0
    }

    /// The scopes a Super Admin has granted to the service app.
    static let scopes: Set<String> = [
        "okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read", "okta.roles.read",
        "okta.apiTokens.read",
        "okta.orgs.read", "okta.policies.read", "okta.schemas.read", "okta.userTypes.read", "okta.factors.read",
        "okta.appGrants.read", "okta.authenticators.read", "okta.features.read",
    ]

    init(_ configuration: SimulatorConfiguration, clientID: String) throws {
        var chance = Randomness(configuration.seed, .secret)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        func word(_ length: Int) -> String { String((0..<length).map { _ in alphabet[chance.below(alphabet.count)] }) }
        token = configuration.token ?? "00" + word(40)
        clientSecret = word(64)
        nonce = word(32)
        self.clientID = clientID
        let key = try P256.Signing.PrivateKey(
            rawRepresentation: Data(SHA256.hash(data: Data("service app \(configuration.seed)".utf8))))
        privateKeyPEM = key.pemRepresentation
        publicKey = key.publicKey
    }

    // MARK: Credentials on requests

    /// What the request's credential opens; throws Okta's 401 when it opens nothing.
    func check(_ request: Request, base: String) async throws -> Grant {
        let header = request.headers[.authorization] ?? ""
        // Okta's Python SDK sends "SSWStoken" without a blank, so Okta must take it.
        if header.lowercased().hasPrefix("ssws") {
            guard header.dropFirst(4).drop(while: { $0 == " " }) == token else { throw OktaError.badToken }
            return Grant()
        }
        let parts = header.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw OktaError.badToken }
        switch parts[0].lowercased() {
        case "bearer":
            let grant = try grant(for: parts[1])
            guard grant.thumbprint == nil else { throw OktaError.badAccessToken }
            return grant
        case "dpop":
            let grant = try grant(for: parts[1])
            try await prove(request, grant, token: parts[1], base: base)
            return grant
        default: throw OktaError.badToken
        }
    }

    private func grant(for token: String) throws -> Grant {
        guard let grant = state.withLock({ $0.grants[token] }), grant.expires > Tenant.wallClock() else {
            throw OktaError.badAccessToken
        }
        return grant
    }

    private func prove(_ request: Request, _ grant: Grant, token: String, base: String) async throws {
        let bad = OktaError(
            status: 401, code: "E0000005", summary: "Invalid session",
            headers: [("WWW-Authenticate", "DPoP error=\"invalid_dpop_proof\"")])
        guard let text = Self.proofName.flatMap({ request.headers[$0] }) else { throw bad }
        guard let proof = try? await proof(text, request, base: base), proof.thumbprint == grant.thumbprint,
            proof.claims.ath == Self.base64URL(Data(SHA256.hash(data: Data(token.utf8))))
        else { throw bad }
    }

    // MARK: POST /oauth2/v1/token

    func token(_ request: Request, base: String) async -> Answer {
        do {
            guard request.method == .post else {
                throw TokenError(status: 405, error: "invalid_request", description: "Use POST.")
            }
            return try await issue(request, base: base)
        } catch let error as TokenError {
            return refusal(error)
        } catch {
            return refusal(TokenError(error: "invalid_request", description: "The request could not be read."))
        }
    }

    private func refusal(_ error: TokenError) -> Answer {
        var json = JSON(base: "", identifiers: Identifiers(seed: 0))
        json.object { json in
            json.text("error", error.error)
            json.text("error_description", error.description)
        }
        var answer = Answer(status: error.status, body: json.bytes)
        if let nonce = error.nonce { answer.headers.append(("dpop-nonce", nonce)) }
        return answer
    }

    private func issue(_ request: Request, base: String) async throws -> Answer {
        var body = ByteBuffer()
        for try await part in request.body {
            body.writeImmutableBuffer(part)
            guard body.readableBytes <= 65_536 else {
                throw TokenError(error: "invalid_request", description: "Too large.")
            }
        }
        let form = Query(String(buffer: body))
        guard form["grant_type"] == "client_credentials" else {
            throw TokenError(error: "unsupported_grant_type", description: "Only client_credentials is supported.")
        }
        let isBasic = request.headers[.authorization]?.lowercased().hasPrefix("basic ") ?? false
        var thumbprint: String?
        if isBasic {
            try checkSecret(request)
        } else {
            try await checkAssertion(form, base: base)
            thumbprint = try await checkProof(request, base: base)
        }
        let scopes = try granted(form["scope"] ?? "")
        return give(scopes, thumbprint)
    }

    private func checkSecret(_ request: Request) throws {
        let encoded = (request.headers[.authorization] ?? "").dropFirst(6)
        let text = Data(base64Encoded: String(encoded)).map { String(decoding: $0, as: UTF8.self) }
        guard text == "\(clientID):\(clientSecret)" else {
            throw TokenError(
                status: 401, error: "invalid_client",
                description: "The client secret supplied for a confidential client is invalid.")
        }
    }

    private func checkAssertion(_ form: Query, base: String) async throws {
        func bad(_ why: String) -> TokenError { TokenError(status: 401, error: "invalid_client", description: why) }
        guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            let assertion = form["client_assertion"]
        else { throw bad("The client_assertion is missing.") }
        let keys = JWTKeyCollection()
        let key = try ES256PublicKey(pem: publicKey.pemRepresentation)
        await keys.add(ecdsa: key)
        guard let claims = try? await keys.verify(assertion, as: Claims.self, iteratingKeys: true) else {
            throw bad("The client_assertion signature is invalid.")
        }
        guard claims.iss == clientID, claims.sub == clientID else {
            throw bad("The client_assertion names another client.")
        }
        guard claims.aud == base + "/oauth2/v1/token" else {
            throw bad("The audience claim for client_assertion must be \(base)/oauth2/v1/token.")
        }
        let now = Tenant.wallClock()
        guard let expires = claims.exp, expires > now, expires <= now + 3_660 else {
            throw bad("The client_assertion token must expire within the next hour.")
        }
        if let identifier = claims.jti, !state.withLock({ $0.used.insert("assertion " + identifier).inserted }) {
            throw bad("The client_assertion token has already been used.")
        }
    }

    /// The nonce dance: no proof, no nonce, right nonce.
    private func checkProof(_ request: Request, base: String) async throws -> String {
        guard let text = Self.proofName.flatMap({ request.headers[$0] }) else {
            throw TokenError(error: "invalid_dpop_proof", description: "The DPoP proof JWT header is missing.")
        }
        let proof = try await proof(text, request, base: base)
        guard proof.claims.nonce == nonce else {
            throw TokenError(
                error: "use_dpop_nonce", description: "Authorization server requires nonce in DPoP proof.", nonce: nonce
            )
        }
        return proof.thumbprint
    }

    private func granted(_ asked: String) throws -> [String] {
        let asked = asked.split(separator: " ").map(String.init)
        let granted = asked.filter(Self.scopes.contains)
        guard !granted.isEmpty else {
            throw TokenError(error: "invalid_scope", description: "You are not allowed any of the requested scopes.")
        }
        return granted
    }

    private func give(_ scopes: [String], _ thumbprint: String?) -> Answer {
        let access = state.withLock { state in
            state.issued += 1
            let digest = SHA256.hash(data: Data("\(clientSecret) access \(state.issued)".utf8))
            let access = "eyJraWQiOiJzaW11bGF0b3IifQ." + Self.base64URL(Data(digest))
            state.grants[access] = Grant(
                scopes: Set(scopes), thumbprint: thumbprint, expires: Tenant.wallClock() + 3_600)
            return access
        }
        var json = JSON(base: "", identifiers: Identifiers(seed: 0))
        json.object { json in
            json.text("token_type", thumbprint == nil ? "Bearer" : "DPoP")
            json.number("expires_in", 3_600)
            json.text("access_token", access)
            json.text("scope", scopes.joined(separator: " "))
        }
        var answer = Answer(json.bytes)
        if thumbprint != nil { answer.headers.append(("dpop-nonce", nonce)) }
        return answer
    }

    // MARK: DPoP

    private static let proofName = HTTPField.Name("DPoP")

    /// Checks form, signature, method, address, age and single use of a proof; gives its claims and its key's thumbprint.
    private func proof(_ text: String, _ request: Request, base: String) async throws -> (
        claims: Claims, thumbprint: String
    ) {
        func bad(_ why: String) -> TokenError { TokenError(error: "invalid_dpop_proof", description: why) }
        guard let header = text.split(separator: ".").first.flatMap({ Self.data(base64URL: String($0)) }),
            let fields = try? JSONDecoder().decode(ProofHeader.self, from: header), fields.typ == "dpop+jwt"
        else { throw bad("The DPoP proof JWT header is invalid.") }
        guard fields.jwk.kty == "RSA", let modulus = fields.jwk.n, let exponent = fields.jwk.e, fields.jwk.d == nil
        else {
            throw bad("Okta DPoP requires RSA.")
        }
        let keys = JWTKeyCollection()
        await keys.add(rsa: try Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent), digestAlgorithm: .sha256)
        guard let claims = try? await keys.verify(text, as: Claims.self, iteratingKeys: true) else {
            throw bad("The DPoP proof JWT signature is invalid.")
        }
        guard claims.htm == request.method.rawValue else { throw bad("The DPoP proof JWT htm is wrong.") }
        guard claims.htu == base + request.uri.path else { throw bad("The DPoP proof JWT htu is wrong.") }
        guard let issued = claims.iat, abs(issued - Tenant.wallClock()) < 300 else {
            throw bad("The DPoP proof JWT is too old.")
        }
        guard let identifier = claims.jti, state.withLock({ $0.used.insert("proof " + identifier).inserted }) else {
            throw bad("The DPoP proof JWT has already been used.")
        }
        let canonical = #"{"e":"\#(exponent)","kty":"RSA","n":"\#(modulus)"}"#
        return (claims, Self.base64URL(Data(SHA256.hash(data: Data(canonical.utf8)))))
    }

    private struct ProofHeader: Decodable {
        struct Key: Decodable {
            var kty: String
            var n: String?
            var e: String?
            var d: String?
        }
        var typ: String
        var jwk: Key
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    private static func data(base64URL text: String) -> Data? {
        var plain = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while plain.utf8.count % 4 != 0 { plain += "=" }
        return Data(base64Encoded: plain)
    }
}

import Foundation
import JWTKit
import Problems

/// Signs the assertions by which a service app proves who it is.
struct ClientAssertion: Sendable {
    private let keys: JWTKeyCollection
    private let kid: JWKIdentifier?
    private let clientID: String
    private let audience: String

    private struct Claims: JWTPayload {
        let iss: String
        let sub: String
        let aud: String
        let iat: Int
        let exp: Int
        let jti: String

        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    /// Reads the private key: PEM of an RSA or P-256 key, or a JWK.
    init(clientID: String, key: String, audience: String) async throws(Problem) {
        self.clientID = clientID
        self.audience = audience
        keys = JWTKeyCollection()
        do {
            kid = try await Self.add(key.trimmingCharacters(in: .whitespacesAndNewlines), to: keys)
        } catch {
            // The error underneath may quote the key, so it is not carried along.
            throw OktaProblem.keyUnreadable.problem()
        }
    }

    private static func add(_ text: String, to keys: JWTKeyCollection) async throws -> JWKIdentifier? {
        if text.hasPrefix("{") {
            let jwk = try JWK(json: text)
            // Okta's console leaves out what the key itself tells.
            let algorithm: JWK.Algorithm = jwk.keyType == .ecdsa ? .es256 : .rs256
            var complete = jwk
            complete.algorithm = jwk.algorithm ?? algorithm
            complete.keyIdentifier = jwk.keyIdentifier ?? JWKIdentifier(string: "key")
            try await keys.add(jwk: complete, isDefault: true)
            return jwk.keyIdentifier
        }
        if let rsa = try? Insecure.RSA.PrivateKey(pem: text) {
            await keys.add(rsa: rsa, digestAlgorithm: .sha256)
        } else {
            await keys.add(ecdsa: try ES256PrivateKey(pem: text))
        }
        return nil
    }

    /// A new assertion with an id of its own, good for five minutes.
    func text(at seconds: Int) async throws(Problem) -> String {
        let claims = Claims(
            iss: clientID, sub: clientID, aud: audience, iat: seconds, exp: seconds + 300, jti: UUID().uuidString)
        do {
            return try await keys.sign(claims, kid: kid)
        } catch {
            throw OktaProblem.keyUnreadable.problem()
        }
    }
}

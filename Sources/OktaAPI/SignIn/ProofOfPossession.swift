import Crypto
import CryptoExtras
import Foundation
import JWTKit
import Problems

/// Signs DPoP proofs (RFC 9449): that the bearer of an access token is the one it was given to.
///
/// Okta accepts RSA only, so a key of its own is made for each client; it never leaves memory.
struct ProofOfPossession: Sendable {
    private let keys: JWTKeyCollection
    private let publicKey: [String: JWTHeaderField]

    private struct Claims: JWTPayload {
        let htm: String
        let htu: String
        let iat: Int
        let jti: String
        let nonce: String?
        let ath: String?

        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    init() async throws(Problem) {
        do {
            let key = try Insecure.RSA.PrivateKey(backing: _RSA.Signing.PrivateKey(keySize: .bits2048))
            let (modulus, exponent) = try key.publicKey.getKeyPrimitives()
            publicKey = [
                "kty": "RSA", "n": .string(modulus.base64URL), "e": .string(exponent.base64URL),
            ]
            keys = JWTKeyCollection()
            await keys.add(rsa: key, digestAlgorithm: .sha256)
        } catch {
            throw Problem.from(error)
        }
    }

    /// A proof for one request. `url` has no query, as Okta demands.
    func text(
        method: String, url: String, nonce: String?, accessToken: String?, at seconds: Int
    ) async throws(Problem) -> String {
        let hash = accessToken.map { Data(SHA256.hash(data: Data($0.utf8))).base64URL }
        let claims = Claims(htm: method, htu: url, iat: seconds, jti: UUID().uuidString, nonce: nonce, ath: hash)
        do {
            return try await keys.sign(claims, header: ["typ": "dpop+jwt", "jwk": .object(publicKey)])
        } catch {
            throw Problem.from(error)
        }
    }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

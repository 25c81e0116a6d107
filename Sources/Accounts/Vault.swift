import Crypto
import Foundation
public import Problems
public import Storage

/// Seals secrets with AES-256-GCM under a key that lies in a file of its own, outside the database.
///
/// A sealed secret is `1 | key id (4 bytes) | nonce (12) | ciphertext | tag (16)`. The purpose is authenticated: a secret
/// sealed for one integration does not open as another's.
public struct Vault: SecretVault {
    private static let version: UInt8 = 1
    private static let headerBytes = 5
    private let key: SymmetricKey
    private let keyID: [UInt8]

    /// Opens the key file, making it (mode 0600) when there is none yet.
    public init(keyFile path: String) throws(Problem) {
        let bytes: [UInt8]
        if let present = try KeyFile.read(path) { bytes = present } else { bytes = try KeyFile.create(path) }
        self.init(key: bytes)
    }

    /// A vault with a key in hand.
    init(key bytes: [UInt8]) {
        key = SymmetricKey(data: bytes)
        keyID = Array(SHA256.hash(data: Data(bytes)).prefix(4))
    }

    /// The sealed form of a secret, bound to its purpose.
    public func seal(_ secret: [UInt8], purpose: String) throws(Problem) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(Data(secret), using: key, authenticating: authenticated(purpose))
            guard let combined = box.combined else { throw AccountsProblem.keyWrong(reason: "no combined form") }
            return [Self.version] + keyID + combined
        } catch {
            throw Problem.from(error)
        }
    }

    /// The secret again.
    public func open(_ sealed: [UInt8], purpose: String) throws(Problem) -> [UInt8] {
        guard sealed.count > Self.headerBytes, sealed[0] == Self.version else {
            throw AccountsProblem.keyWrong(reason: "unknown format")
        }
        guard constantTimeEquals(sealed[1..<Self.headerBytes], keyID) else {
            throw AccountsProblem.keyWrong(reason: "sealed with another key")
        }
        do {
            let box = try AES.GCM.SealedBox(combined: Data(sealed[Self.headerBytes...]))
            return [UInt8](try AES.GCM.open(box, using: key, authenticating: authenticated(purpose)))
        } catch {
            throw AccountsProblem.keyWrong(reason: "authentication failed")
        }
    }

    private func authenticated(_ purpose: String) -> Data { Data([Self.version] + keyID + Array(purpose.utf8)) }
}

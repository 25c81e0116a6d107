import Crypto
import Foundation

/// A 256-bit random value that opens a door: shown once, stored only as its SHA-256.
struct SecretToken: Sendable {
    /// What the person or browser holds: 43 characters of base64url.
    let text: String

    /// A new token from the system's random source.
    static func random() -> SecretToken {
        SecretToken(text: base64URL(SymmetricKey(size: .bits256).withUnsafeBytes { [UInt8]($0) }))
    }

    init(text: String) { self.text = text }

    /// Whether the text has the shape of a token at all; anything else is refused without asking the store.
    var isWellFormed: Bool {
        text.utf8.count == 43
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
                    || byte == 95
            }
    }

    /// What the store keeps.
    var sha256: [UInt8] { [UInt8](SHA256.hash(data: Data(text.utf8))) }

    /// A second value that only the holder of this token can be given, bound to a purpose.
    func derived(for purpose: String) -> String {
        let key = SymmetricKey(data: Data(text.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data("muster \(purpose)".utf8), using: key)
        return Self.base64URL([UInt8](code))
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// Whether two byte strings are equal, in a time that does not tell where they differ.
public func constantTimeEquals(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}

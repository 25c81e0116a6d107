public import Problems

/// Seals secrets before they reach the store and opens them again: the store itself never sees one in clear.
public protocol SecretVault: Sendable {
    /// The sealed form of a secret, bound to what it is for (`purpose` is authenticated, not hidden).
    func seal(_ secret: [UInt8], purpose: String) throws(Problem) -> [UInt8]
    /// The secret again. Throws `secrets.key.wrong` when the key or the purpose differ.
    func open(_ sealed: [UInt8], purpose: String) throws(Problem) -> [UInt8]
}

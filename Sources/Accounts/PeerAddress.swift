/// The network address a request came from.
public struct PeerAddress: Sendable, Hashable {
    /// The address as text: `127.0.0.1`, `::1`, `10.0.0.7`.
    public let text: String
    /// Whether a proxy passed the request on, in which case the address is the proxy's and not the person's.
    public let isForwarded: Bool

    /// The peer of a connection; `isForwarded` when the request carries `Forwarded` or `X-Forwarded-For`.
    public init(_ text: String, isForwarded: Bool = false) {
        self.text = text
        self.isForwarded = isForwarded
    }

    /// Whether the request began on this computer.
    public var isLoopback: Bool {
        guard !isForwarded else { return false }
        if text == "::1" { return true }
        let address = text.hasPrefix("::ffff:") ? text.dropFirst(7) : text[...]
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

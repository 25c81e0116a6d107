/// The network address a request came from.
public struct PeerAddress: Sendable, Hashable {
    /// The address as text: `127.0.0.1`, `::1`, `10.0.0.7`.
    public let text: String
    /// Whether something passed the request on, in which case the address is not the person's.
    public let isForwarded: Bool
    private let arrivedAt: String

    /// The peer of a connection.
    ///
    /// - Parameters:
    ///   - text: the address at the other end of the connection.
    ///   - arrivedAt: the address at this end.
    ///   - isForwarded: whether the request shows that a proxy passed it on.
    public init(_ text: String, arrivedAt: String = "", isForwarded: Bool = false) {
        self.text = Self.plain(text)
        self.arrivedAt = Self.plain(arrivedAt)
        self.isForwarded = isForwarded
    }

    /// Whether the request began on this computer: it came from a loopback address, or from the very address it went to.
    public var isThisComputer: Bool {
        !isForwarded && (Self.isLoopback(text) || (!text.isEmpty && text == arrivedAt))
    }

    /// Whether an address leads back to the computer that uses it.
    public static func isLoopback(_ address: String) -> Bool {
        if address == "::1" { return true }
        let parts = plain(address).split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// An IPv4 address that IPv6 wraps as itself.
    private static func plain(_ address: String) -> String {
        address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address
    }
}

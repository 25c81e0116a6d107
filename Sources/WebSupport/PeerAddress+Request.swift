public import Accounts
import HTTPTypes
public import Hummingbird

extension PeerAddress {
    /// Where a request came from.
    ///
    /// A proxy on this computer would make everybody look local. So whatever carries a trace of one, or names another
    /// host than this computer (a proxy that keeps the name people typed, or a foreign name that leads here), counts as
    /// passed on.
    public init(_ request: Request, _ context: AppRequestContext) {
        let isForwarded =
            request.headers.contains { Self.isTraceOfProxy($0.name) }
            || !Self.isOwnName(request.head.authority ?? "", context.arrivedAt)
        self.init(context.peer, arrivedAt: context.arrivedAt, isForwarded: isForwarded)
    }

    private static func isTraceOfProxy(_ name: HTTPField.Name) -> Bool {
        let name = name.canonicalName
        return name.hasPrefix("x-forwarded") || ["forwarded", "via", "x-real-ip"].contains(name)
    }

    /// Whether `host` or `host:port` names this computer: a loopback name, or the address the request arrived at.
    private static func isOwnName(_ authority: String, _ arrivedAt: String) -> Bool {
        var host = authority[...]
        if let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber) {
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let name = host.lowercased()
        return name == "localhost" || isLoopback(name) || (!name.isEmpty && PeerAddress(arrivedAt).text == name)
    }
}

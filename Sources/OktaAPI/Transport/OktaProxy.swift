import Foundation

/// An HTTP proxy that stands between Muster and Okta. What Muster and Okta say to each other stays encrypted on the way
/// through it.
public struct OktaProxy: Sendable, Equatable {
    let host: String
    let port: Int
    let name: String?
    let password: String?
    /// Hosts that are reached without the proxy: `example.com` stands for itself and every host below it, `*` for all.
    public var exceptions: [String] = []

    /// Reads `http://NAME:PASSWORD@HOST:PORT`; scheme, name and password, and a port of 80 may be left out.
    ///
    /// - Returns: nil for `none`, and when the text is no such address. Proxies that speak TLS or SOCKS themselves are none.
    public init?(_ text: String) {
        guard text != "none", let parts = URLComponents(string: text.contains("://") ? text : "http://" + text),
            parts.scheme?.lowercased() == "http", let host = parts.host, !host.isEmpty,
            ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil,
            (1...65535).contains(parts.port ?? 80)
        else { return nil }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? 80
        name = parts.user
        password = parts.password
    }

    /// Whether the way to a host leads through the proxy. The way to this computer never does.
    func stands(before domain: OktaDomain) -> Bool {
        guard !domain.isLoopback else { return false }
        return !exceptions.contains { exception in
            let name = exception.lowercased().drop { $0 == "." || $0 == "*" }.prefix { $0 != ":" }
            return name.isEmpty ? exception == "*" : domain.host == name || domain.host.hasSuffix("." + name)
        }
    }
}

extension OktaProxy: CustomStringConvertible, CustomReflectable {
    /// The address, without what opens it.
    public var description: String {
        "http://\(name == nil ? "" : "******@")\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Nothing but the address, so that no dump tells the password.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

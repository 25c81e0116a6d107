public import Problems

/// The host of an Okta org, made from whatever an admin pasted.
public struct OktaDomain: Sendable, Hashable {
    /// The host's name, lower case, without `-admin`: `acme.okta.com`.
    public let host: String
    /// The port when it is not the usual one.
    public let port: Int?

    /// Whether the host is this machine, where plain `http` is accepted: a simulated tenant.
    public var isLoopback: Bool { Self.isLoopback(host) }

    /// `https://acme.okta.com`, without a path or a slash at the end.
    public var baseURL: String { "\(scheme)://\(authority)" }

    /// `acme.okta.com` or `127.0.0.1:9100`.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(name):\($0)" } ?? name
    }

    /// `http` or `https`.
    public let scheme: String

    /// Reads a domain in any shape: `acme.okta.com`, `HTTPS://Acme-Admin.okta.com/admin/dashboard`, an issuer address.
    ///
    /// The scheme may be left out; `http` is accepted for loopback addresses only.
    public init(pasted: String) throws(Problem) {
        var rest = Substring(Self.trimmed(pasted))
        var scheme: String?
        if let range = rest.firstRange(of: "://") {
            scheme = rest[..<range.lowerBound].lowercased()
            rest = rest[range.upperBound...]
        }
        rest = rest.prefix { !"/?#\\".contains($0) }
        guard !rest.isEmpty, !rest.contains("@"), let (name, port) = Self.hostAndPort(rest) else {
            throw OktaProblem.domainMalformed.problem(context: ["pasted": String(pasted.prefix(200))])
        }
        var host = name.lowercased()
        while host.hasSuffix(".") { host.removeLast() }
        guard Self.isHost(host) else {
            throw OktaProblem.domainMalformed.problem(context: ["pasted": String(pasted.prefix(200))])
        }
        let loopback = Self.isLoopback(host)
        switch scheme {
        case nil: self.scheme = loopback ? "http" : "https"
        case "https": self.scheme = "https"
        case "http" where loopback: self.scheme = "http"
        case "http": throw OktaProblem.domainNotSecure.problem(context: ["host": host])
        default: throw OktaProblem.domainMalformed.problem(context: ["pasted": String(pasted.prefix(200))])
        }
        self.host = Self.withoutAdmin(host)
        self.port = port == (self.scheme == "https" ? 443 : 80) ? nil : port
    }

    private static func trimmed(_ text: String) -> String {
        let unwanted: Set<Character> = [" ", "\t", "\n", "\r", "\r\n", "\"", "'", "<", ">", "`"]
        var part = Substring(text)
        while let first = part.first, unwanted.contains(first) { part.removeFirst() }
        while let last = part.last, unwanted.contains(last) { part.removeLast() }
        return String(part)
    }

    private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = String(authority[authority.index(after: authority.startIndex)..<end])
            let tail = authority[authority.index(after: end)...]
            if tail.isEmpty { return (host, nil) }
            guard tail.hasPrefix(":"), let port = portNumber(tail.dropFirst()) else { return nil }
            return (host, port)
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return (String(parts[0]), nil)
        case 2:
            guard let port = portNumber(parts[1]) else { return nil }
            return (String(parts[0]), port)
        default: return nil
        }
    }

    private static func portNumber(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(text) else { return nil }
        return (1...65535).contains(port) ? port : nil
    }

    /// Okta's admin console lives at `acme-admin.okta.com`; its API at `acme.okta.com`.
    private static func withoutAdmin(_ host: String) -> String {
        guard let dot = host.firstIndex(of: ".") else { return host }
        let label = host[..<dot]
        guard label.hasSuffix("-admin"), label.count > 6 else { return host }
        return String(label.dropLast(6)) + host[dot...]
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && isDottedQuad(host))
    }

    private static func isDottedQuad(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.utf8.allSatisfy { (48...57).contains($0) }
                    && (Int(part) ?? 256) < 256
            }
    }

    /// A DNS name with a dot, or a loopback address. Names in other scripts are refused: they must be pasted as `xn--…`,
    /// so that no look-alike letter can send a credential elsewhere.
    private static func isHost(_ host: String) -> Bool {
        if isLoopback(host) { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, labels.count >= 2, let last = labels.last,
            last.utf8.contains(where: { (97...122).contains($0) })
        else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        }
    }
}

import OktaAPI
import Problems

/// A credential in the form that is sealed and stored: length-prefixed parts.
struct StoredCredential {
    let credential: OktaCredential

    init(_ credential: OktaCredential) { self.credential = credential }

    /// The word stored in clear beside the sealed bytes.
    var kind: String {
        switch credential {
        case .apiToken: "apiToken"
        case .privateKey: "privateKey"
        case .clientSecret: "clientSecret"
        }
    }

    func bytes() throws(Problem) -> [UInt8] {
        switch credential {
        case .apiToken(let token): Self.join([token])
        case .privateKey(let clientID, let pem): Self.join([clientID, pem])
        case .clientSecret(let clientID, let secret): Self.join([clientID, secret])
        }
    }

    init(bytes: [UInt8], kind: String) throws(Problem) {
        let parts = Self.split(bytes)
        switch (kind, parts.count) {
        case ("apiToken", 1): credential = .apiToken(parts[0])
        case ("privateKey", 2): credential = .privateKey(clientID: parts[0], pem: parts[1])
        case ("clientSecret", 2): credential = .clientSecret(clientID: parts[0], secret: parts[1])
        default:
            throw Problem(
                id: "integration.credential.unreadable", kind: .configuration,
                title: "The stored credential cannot be read",
                remedy: "Connect the tenant again with `muster connect`.")
        }
    }

    private static func join(_ parts: [String]) -> [UInt8] {
        parts.flatMap { part -> [UInt8] in
            let bytes = Array(part.utf8)
            let count = UInt32(bytes.count)
            return [UInt8(count >> 24), UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
                + bytes
        }
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        var parts: [String] = []
        var rest = bytes[...]
        while rest.count >= 4 {
            let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard rest.count >= count else { return [] }
            parts.append(String(decoding: rest.prefix(count), as: UTF8.self))
            rest = rest.dropFirst(count)
        }
        return rest.isEmpty ? parts : []
    }
}

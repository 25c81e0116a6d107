/// Path and query of a page, and the rules for following Okta's `next`.
enum PageTarget {
    /// Parameters that Okta drops from `next` and that mean the same on every page. `since` is not among them: it may not
    /// stand beside `after`.
    private static let kept: Set<String> = ["expand", "filter", "search", "limit", "sortBy", "sortOrder", "until"]

    /// A path with its query, percent-encoded.
    static func text(path: String, query: [(name: String, value: String)]) -> String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0.name)=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// The target that `next` leads to on our own host, whatever host it names; nil when it leads out of the listing.
    static func following(next address: String, of path: String, query: [(name: String, value: String)]) -> String? {
        var rest = Substring(address)
        if let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
        }
        rest = rest.prefix { $0 != "#" }
        let nextPath = rest.prefix { $0 != "?" }
        guard nextPath == path else { return nil }
        var target = String(rest)
        let present = Set(names(in: rest.dropFirst(nextPath.count + 1)))
        for (name, value) in query where kept.contains(name) && !present.contains(name) {
            target += (target.contains("?") ? "&" : "?") + "\(name)=\(encoded(value))"
        }
        return escaped(target)
    }

    /// The number of records that a target asks for.
    static func limit(of target: String) -> Int? {
        parameter("limit", of: target).flatMap { Int($0) }
    }

    /// The same target with another number of records.
    static func replacingLimit(of target: String, with limit: Int) -> String {
        let path = target.prefix { $0 != "?" }
        let pairs = target.dropFirst(path.count + 1).split(separator: "&").map { pair in
            pair.hasPrefix("limit=") ? "limit=\(limit)" : String(pair)
        }
        return path + "?" + pairs.joined(separator: "&")
    }

    private static func parameter(_ name: String, of target: String) -> Substring? {
        let query = target.drop { $0 != "?" }.dropFirst()
        for pair in query.split(separator: "&") where pair.hasPrefix(name + "=") {
            return pair.dropFirst(name.count + 1)
        }
        return nil
    }

    private static func names(in query: Substring) -> [String] {
        query.split(separator: "&").map { String($0.prefix { $0 != "=" }) }
    }

    /// Percent-encodes all but RFC 3986's unreserved characters.
    static func encoded(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += percent(byte)
            }
        }
        return text
    }

    /// Percent-encodes only what may not stand in a request line; what Okta encoded stays as it is.
    private static func escaped(_ target: String) -> String {
        guard target.utf8.contains(where: needsEscape) else { return target }
        var text = ""
        for byte in target.utf8 {
            if needsEscape(byte) { text += percent(byte) } else { text.unicodeScalars.append(Unicode.Scalar(byte)) }
        }
        return text
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte <= 32 || byte >= 127 || [34, 60, 62, 92, 94, 96, 123, 124, 125].contains(byte)
    }

    private static func percent(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "%0\(digits)" : "%\(digits)"
    }
}

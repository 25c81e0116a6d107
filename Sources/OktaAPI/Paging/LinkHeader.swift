import NIOHTTP1

/// The `Link` headers of an answer, on one line or several. Addresses may hold commas, so they are read by their brackets.
enum LinkHeader {
    /// The address with `rel="next"`.
    static func next(in headers: HTTPHeaders) -> String? {
        for line in headers["Link"] where holdsNext(line) {
            if let found = links(line).first(where: { $0.relations.contains("next") }) { return found.address }
        }
        return nil
    }

    /// Whether it is worth the while to read a line: Okta sends one with `self` beside each with `next`.
    private static func holdsNext(_ line: String) -> Bool {
        var line = line
        return line.withUTF8 { bytes in
            bytes.indices.dropLast(3).contains { index in
                bytes[index] | 32 == UInt8(ascii: "n") && bytes[index + 1] | 32 == UInt8(ascii: "e")
                    && bytes[index + 2] | 32 == UInt8(ascii: "x") && bytes[index + 3] | 32 == UInt8(ascii: "t")
            }
        }
    }

    /// Every address of one line with its relations.
    static func links(_ line: String) -> [(address: String, relations: [String])] {
        var result: [(String, [String])] = []
        var rest = Substring(line)
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            let address = String(rest[rest.index(after: open)..<close])
            rest = rest[rest.index(after: close)...]
            let parameters = rest.prefix(upToNextLink(rest))
            rest = rest.dropFirst(parameters.count)
            result.append((address, relations(parameters)))
        }
        return result
    }

    /// How many characters of parameters come before the next address: up to a `<` outside of quotes.
    private static func upToNextLink(_ text: Substring) -> Int {
        var quoted = false
        var count = 0
        for character in text {
            if character == "\"" { quoted.toggle() }
            if character == "<", !quoted { break }
            count += 1
        }
        return count
    }

    private static func relations(_ parameters: Substring) -> [String] {
        for parameter in parameters.split(separator: ";") {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, trimmed(parts[0]).lowercased() == "rel" else { continue }
            return trimmed(parts[1]).split(separator: " ").map { $0.lowercased() }
        }
        return []
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let outer: Set<Character> = [" ", "\t", "\"", ","]
        return text.drop { outer.contains($0) }.reversed().drop { outer.contains($0) }.reversed().reduce(into: "") {
            $0.append($1)
        }
    }
}

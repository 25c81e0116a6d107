/// Something that a column of an imported file can hold.
public struct ImportField: Sendable, Equatable {
    /// Its name in mappings: `cost_center`.
    public let name: String
    /// What people call it.
    public let title: String
    /// Whether nothing can be imported without it.
    public let isRequired: Bool
    /// How files head their columns of it, in small letters, the surest first.
    let headings: [String]

    init(_ name: String, _ title: String, required: Bool = false, _ headings: [String]) {
        self.name = name
        self.title = title
        isRequired = required
        self.headings = headings
    }
}

/// The heading of a file: which column holds what, and what it is recognised by the next time.
public enum ImportHeader {
    /// Which column holds each field, by the words of the heading; a column is taken by one field.
    ///
    /// A heading that is exactly what files call a field comes before one that merely holds such a name.
    public static func columns(_ header: [String], _ fields: [ImportField]) -> [String: Int] {
        let words = header.map(plain)
        var found: [String: Int] = [:]
        var taken: Set<Int> = []
        func take(_ field: ImportField, _ matches: (String, String) -> Bool) {
            guard found[field.name] == nil else { return }
            for heading in field.headings {
                if let column = words.indices.first(where: { !taken.contains($0) && matches(words[$0], heading) }) {
                    found[field.name] = column
                    taken.insert(column)
                    return
                }
            }
        }
        for field in fields { take(field) { $0 == $1 } }
        for field in fields {
            take(field) { word, heading in heading.count > 3 && " \(word) ".contains(" \(heading) ") }
        }
        return found
    }

    /// What tells two headings apart: their words in order, whatever the case and the signs between them.
    public static func signature(_ header: [String]) -> String {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in header.map(plain).joined(separator: "\u{1f}").utf8 {
            state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// A heading in small letters, with one space for whatever stands between words: `Cost_Center *` is `cost center`.
    static func plain(_ heading: String) -> String {
        var words: [String] = []
        var current = ""
        var wasLower = false
        for character in heading {
            let isWord = character.isLetter || character.isNumber
            // costCenter is two words, VAT is one.
            if !isWord || (wasLower && character.isUppercase) {
                if !current.isEmpty { words.append(current) }
                current = ""
            }
            if isWord { current += character.lowercased() }
            wasLower = character.isLowercase
        }
        if !current.isEmpty { words.append(current) }
        return words.joined(separator: " ")
    }
}

/// One word of an SQL text, as PostgreSQL reads it.
enum QuestionWord: Equatable {
    /// A name or keyword, in lower case; a quoted name as it is written.
    case name(String, quoted: Bool)
    /// A text between single quotes.
    case text
    case number
    /// An operator, or one of the characters `( ) , . ; [ ]`, or `::`.
    case sign(String)

    var word: String? { if case .name(let word, false) = self { word } else { nil } }
    var name: String? { if case .name(let word, _) = self { word } else { nil } }
    func isSign(_ text: String) -> Bool { self == .sign(text) }
}

/// Cuts an SQL text into words. What a person has no need of, and what is hard to tell apart, is refused: dollar quotes and
/// parameters, texts with a prefix, and backslashes.
struct QuestionWords {
    /// Why a text cannot be read.
    struct Refusal: Error { let reason: String }

    private let bytes: [UInt8]
    private var position = 0

    private init(_ text: String) { bytes = Array(text.utf8) }

    /// The words of a text, and the text up to the last of them; semicolons at the end are left out.
    static func of(_ text: String) throws(Refusal) -> (words: [QuestionWord], text: String) {
        var reader = QuestionWords(text)
        // A server would take the text up to there for the whole.
        if reader.bytes.contains(0) { throw Refusal(reason: "a NUL character is not allowed") }
        var words: [QuestionWord] = []
        var ends: [Int] = []
        while let word = try reader.next() {
            words.append(word)
            ends.append(reader.position)
        }
        while let last = words.last, last.isSign(";") {
            words.removeLast()
            ends.removeLast()
        }
        return (words, String(decoding: reader.bytes[..<(ends.last ?? 0)], as: UTF8.self))
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }
    private func ahead(_ count: Int) -> UInt8? { position + count < bytes.count ? bytes[position + count] : nil }

    private mutating func next() throws(Refusal) -> QuestionWord? {
        try skip()
        guard let byte = current else { return nil }
        switch byte {
        case 0x27:
            try quoted(by: 0x27)
            return .text
        case 0x22:
            let name = try quoted(by: 0x22)
            if name.isEmpty { throw Refusal(reason: "a name is empty") }
            return .name(name, quoted: true)
        case _ where Self.beginsName(byte): return try name()
        case 48...57: return try number()
        case _ where byte == 0x2e && (48...57).contains(ahead(1) ?? 0): return try number()
        case 0x24: throw Refusal(reason: "$ is not allowed")
        case 0x5c: throw Refusal(reason: "a backslash is not allowed outside a text")
        default: return sign(byte)
        }
    }

    /// White space and comments; those of PostgreSQL lie in one another.
    private mutating func skip() throws(Refusal) {
        while let byte = current {
            if byte == 32 || (9...13).contains(byte) {
                position += 1
            } else if byte == 0x2d, ahead(1) == 0x2d {
                while let byte = current, byte != 10, byte != 13 { position += 1 }
            } else if byte == 0x2f, ahead(1) == 0x2a {
                try skipComment()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(Refusal) {
        var depth = 0
        repeat {
            guard let byte = current else { throw Refusal(reason: "a comment does not end") }
            if byte == 0x2f, ahead(1) == 0x2a {
                depth += 1
                position += 2
            } else if byte == 0x2a, ahead(1) == 0x2f {
                depth -= 1
                position += 2
            } else {
                position += 1
            }
        } while depth > 0
    }

    @discardableResult
    private mutating func quoted(by quote: UInt8) throws(Refusal) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = current {
            position += 1
            if byte == quote {
                guard current == quote else { return String(decoding: content, as: UTF8.self) }
                position += 1
            }
            content.append(byte)
        }
        throw Refusal(reason: "a quote does not end")
    }

    private mutating func name() throws(Refusal) -> QuestionWord {
        let start = position
        while let byte = current, Self.beginsName(byte) || (48...57).contains(byte) || byte == 0x24 { position += 1 }
        if current == 0x27 { throw Refusal(reason: "a text with letters before its quote is not allowed") }
        if bytes[start..<position].contains(0x24) { throw Refusal(reason: "$ is not allowed") }
        // PostgreSQL makes only the letters of ASCII small.
        let small = bytes[start..<position].map { (65...90).contains($0) ? $0 + 32 : $0 }
        let word = String(decoding: small, as: UTF8.self)
        if word == "u", current == 0x26 { throw Refusal(reason: "U& is not allowed") }
        return .name(word, quoted: false)
    }

    /// Digits, and an exponent. PostgreSQL takes letters right behind a number for a word of their own.
    private mutating func number() throws(Refusal) -> QuestionWord {
        while let byte = current, (48...57).contains(byte) || byte == 0x2e { position += 1 }
        if current == 0x65 || current == 0x45 {
            position += 1
            if current == 0x2b || current == 0x2d { position += 1 }
            guard (48...57).contains(current ?? 0) else { throw Refusal(reason: "a number runs into a word") }
            while let byte = current, (48...57).contains(byte) { position += 1 }
        }
        if let byte = current, Self.beginsName(byte) { throw Refusal(reason: "a number runs into a word") }
        return .number
    }

    private mutating func sign(_ byte: UInt8) -> QuestionWord {
        position += 1
        if byte == 0x3a, current == 0x3a {
            position += 1
            return .sign("::")
        }
        return .sign(String(decoding: [byte], as: UTF8.self))
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || byte == 0x5f || byte >= 0x80
    }
}

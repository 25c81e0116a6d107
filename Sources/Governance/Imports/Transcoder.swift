/// Turns the bytes of a file into UTF-8, piece by piece, and drops a byte order mark.
struct Transcoder {
    private let encoding: CSVFormat.Encoding
    private var isAtStart = true
    private var rest: [UInt8] = []
    private var highSurrogate: UInt16?

    init(_ encoding: CSVFormat.Encoding) { self.encoding = encoding }

    mutating func utf8(of bytes: ArraySlice<UInt8>) -> [UInt8] {
        switch encoding {
        case .utf8: withoutMark(bytes)
        case .utf16LittleEndian: utf16(bytes, lowFirst: true)
        case .utf16BigEndian: utf16(bytes, lowFirst: false)
        case .windows1252: Self.windows(bytes)
        }
    }

    private mutating func withoutMark(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard isAtStart else { return Array(bytes) }
        rest += bytes
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        // A first piece may be shorter than the mark.
        if rest.count < 3, mark.starts(with: rest) { return [] }
        isAtStart = false
        defer { rest = [] }
        return rest.starts(with: mark) ? Array(rest.dropFirst(3)) : rest
    }

    /// What is left at the end of the file.
    mutating func finish() -> [UInt8] {
        defer { rest = [] }
        switch encoding {
        case .utf8: return rest
        case .windows1252: return []
        case .utf16LittleEndian, .utf16BigEndian:
            return rest.isEmpty && highSurrogate == nil ? [] : Array("\u{FFFD}".utf8)
        }
    }

    private mutating func utf16(_ bytes: ArraySlice<UInt8>, lowFirst: Bool) -> [UInt8] {
        let all = rest + bytes
        var text: [UInt8] = []
        text.reserveCapacity(all.count)
        var position = 0
        while position + 1 < all.count {
            let (first, second) = (UInt16(all[position]), UInt16(all[position + 1]))
            let unit = lowFirst ? second << 8 | first : first << 8 | second
            position += 2
            if isAtStart {
                isAtStart = false
                if unit == 0xFEFF { continue }
            }
            append(unit, to: &text)
        }
        rest = Array(all[position...])
        return text
    }

    private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
        if let high = highSurrogate {
            highSurrogate = nil
            if (0xDC00...0xDFFF).contains(unit) {
                let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
                return Self.append(Unicode.Scalar(value) ?? "\u{FFFD}", to: &text)
            }
            Self.append("\u{FFFD}", to: &text)
        }
        if (0xD800...0xDBFF).contains(unit) {
            highSurrogate = unit
        } else {
            Self.append(Unicode.Scalar(unit) ?? "\u{FFFD}", to: &text)
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        if scalar.isASCII { text.append(UInt8(scalar.value)) } else { text += Array(String(scalar).utf8) }
    }

    private static func windows(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 16)
        for byte in bytes {
            if byte < 0x80 {
                text.append(byte)
            } else {
                let scalar = byte < 0xA0 ? special[Int(byte) - 0x80] : UInt16(byte)
                append(Unicode.Scalar(scalar) ?? "\u{FFFD}", to: &text)
            }
        }
        return text
    }

    /// The characters of the bytes 0x80 to 0x9F, the only ones that are not those of Latin-1.
    private static let special: [UInt16] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]
}

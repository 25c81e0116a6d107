/// How a CSV file is written: found out from its first bytes, and shown to whoever imports it, who may say otherwise.
public struct CSVFormat: Sendable, Equatable {
    /// How its characters are written.
    public enum Encoding: String, Sendable, CaseIterable {
        /// What nearly everything writes today.
        case utf8 = "UTF-8"
        /// What Excel calls "Unicode text".
        case utf16LittleEndian = "UTF-16LE"
        /// The same with the bytes the other way round.
        case utf16BigEndian = "UTF-16BE"
        /// What Excel writes as plain CSV in western Europe and America.
        case windows1252 = "Windows-1252"
    }

    /// What stands between two fields.
    public enum Delimiter: UInt8, Sendable, CaseIterable {
        /// As RFC 4180 has it.
        case comma = 0x2C
        /// As Excel writes where the comma divides decimals.
        case semicolon = 0x3B
        /// As text copied from a sheet.
        case tab = 0x09
        /// As some ledgers write.
        case pipe = 0x7C

        /// The word for it.
        public var name: String {
            switch self {
            case .comma: "comma"
            case .semicolon: "semicolon"
            case .tab: "tab"
            case .pipe: "pipe"
            }
        }
    }

    /// How its characters are written.
    public var encoding: Encoding
    /// What stands between two fields.
    public var delimiter: Delimiter

    /// A format; see the properties.
    public init(encoding: Encoding = .utf8, delimiter: Delimiter = .comma) {
        self.encoding = encoding
        self.delimiter = delimiter
    }

    /// What the first bytes of a file look like; 64 kB are enough.
    ///
    /// A byte order mark says the encoding. Without one, zeroes in every other byte are UTF-16, bytes that are valid UTF-8
    /// are UTF-8, and anything else is Windows-1252, which has a character for nearly every byte. The delimiter is the one
    /// that splits the first lines into the same number of fields most often.
    public static func detect(_ sample: [UInt8]) -> CSVFormat {
        let encoding = encoding(of: sample)
        var transcoder = Transcoder(encoding)
        let text = transcoder.utf8(of: sample[...])
        return CSVFormat(encoding: encoding, delimiter: delimiter(of: text))
    }

    private static func encoding(of sample: [UInt8]) -> Encoding {
        if sample.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
        if sample.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        if sample.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
        let head = sample.prefix(1_000)
        let zeroes = head.enumerated().filter { $0.element == 0 }.map(\.offset)
        if zeroes.count * 3 > head.count {
            return zeroes.count { $0 % 2 == 1 } * 2 > zeroes.count ? .utf16LittleEndian : .utf16BigEndian
        }
        // A sample may end within a character.
        for cut in 0...min(3, sample.count) where String(validating: sample.dropLast(cut), as: UTF8.self) != nil {
            return .utf8
        }
        return .windows1252
    }

    private static func delimiter(of text: [UInt8]) -> Delimiter {
        func score(_ delimiter: Delimiter) -> Int {
            var parser = CSVParser(CSVFormat(encoding: .utf8, delimiter: delimiter))
            var counts: [Int] = []
            parser.read(text.prefix(65_536)[...]) { record in
                if counts.count < 20, record.fault == nil { counts.append(record.fields.count) }
            }
            parser.finish { record in if counts.isEmpty { counts.append(record.fields.count) } }
            guard let first = counts.first, first > 1 else { return 0 }
            return counts.count { $0 == first } * 100 + min(first, 99)
        }
        return Delimiter.allCases.map { ($0, score($0)) }.max { $0.1 < $1.1 }.flatMap { $0.1 > 0 ? $0.0 : nil }
            ?? .comma
    }
}

/// The fields of a query string or a posted form, in order; a name may come several times.
public struct FormData: Sendable, Equatable {
    /// Names and values, decoded.
    public private(set) var fields: [(name: String, value: String)]

    /// No fields.
    public init() { fields = [] }

    /// Fields that are known already.
    public init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// Reads `a=1&b=two+words`. Names and values that are not UTF-8 lose their bad bytes.
    public init(encoded text: some StringProtocol) {
        fields = text.split(separator: "&").prefix(200).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
        }
    }

    /// The first value of a name; nil when it is missing.
    public subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The first value of a name; nil when it is missing or blank.
    public func filled(_ name: String) -> String? {
        guard let value = self[name] else { return nil }
        let trimmed = value.drop { $0.isWhitespace }
        return trimmed.isEmpty ? nil : String(trimmed.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// Every value of a name.
    public func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// `a=1&b=two%20words`.
    public var encoded: String {
        fields.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    /// Equal names and values in the same order.
    public static func == (left: FormData, right: FormData) -> Bool { left.encoded == right.encoded }

    /// Percent-encodes everything but letters, digits and `-._~`.
    public static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: bytes.append(byte)
            default: bytes += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads percent signs and pluses. A NUL is left out: no text that Muster keeps holds one, and PostgreSQL takes none.
    public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = true) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == 37, let high = rest.first.flatMap(hexDigit), let low = rest.dropFirst().first.flatMap(hexDigit) {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == 43 && plusIsSpace ? 32 : byte)
            }
        }
        bytes.removeAll { $0 == 0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}

import DatabaseEngine
import Problems

/// Where a page of a list starts: after the row with these keys in this order, or, going back, before it.
///
/// Printed as URL-safe text that means nothing to people. It names the list and the order it was made for, so that a
/// cursor pasted elsewhere is refused instead of giving odd rows.
struct ListCursor: Equatable {
    var noun: String
    var sort: String
    var descending: Bool
    /// Whether the page lies before the row.
    var isBackward = false
    /// How many rows lie before the page; going back: before the row.
    var offset: Int
    var sortValue: Value
    var keys: [Value]

    var text: String {
        var fields = [
            noun, sort, (descending ? "d" : "a") + (isBackward ? "b" : ""), String(offset), Self.encode(sortValue),
        ]
        fields += keys.map(Self.encode)
        return fields.map(Self.hex).joined(separator: ".")
    }

    init(
        noun: String, sort: String, descending: Bool, isBackward: Bool, offset: Int, sortValue: Value, keys: [Value]
    ) {
        self.noun = noun
        self.sort = sort
        self.descending = descending
        self.isBackward = isBackward
        self.offset = offset
        self.sortValue = sortValue
        self.keys = keys
    }

    /// Reads a cursor back.
    ///
    /// - Parameters:
    ///   - sortKind: what the column of the order holds; nil where rows are ordered by their keys alone.
    ///   - keyKinds: what each key is.
    /// - Throws: `list.cursor.invalid` when it is damaged or was made for another list or order.
    init(
        text: String, noun: String, sort: String, descending: Bool, sortKind: ListColumn.Kind? = nil,
        keyKinds: [ListColumn.Kind]
    ) throws(Problem) {
        guard text.utf8.count <= Self.mostBytes else { throw Self.invalid }
        let fields = text.split(separator: ".", omittingEmptySubsequences: false).compactMap(Self.unhex)
        // No list is so long; sums with a larger number could overflow.
        guard fields.count == 5 + keyKinds.count, fields[0] == noun, fields[1] == sort,
            fields[2].hasPrefix(descending ? "d" : "a"), let offset = Int32(fields[3]), offset >= 0,
            let sortValue = Self.decode(fields[4]), sortValue == .null || Self.isOne(sortValue, sortKind)
        else { throw Self.invalid }
        var keys: [Value] = []
        for (field, kind) in zip(fields.dropFirst(5), keyKinds) {
            guard let key = Self.decode(field), Self.isOne(key, kind) else { throw Self.invalid }
            keys.append(key)
        }
        self.init(
            noun: noun, sort: sort, descending: descending, isBackward: fields[2].hasSuffix("b"), offset: Int(offset),
            sortValue: sortValue, keys: keys)
    }

    private static let mostBytes = 16_000

    private static let invalid = Problem(
        id: "list.cursor.invalid", kind: .usage, title: "This page address is not valid any more",
        explanation: "The cursor in it is damaged, or belongs to another list or order.",
        remedy: "Open the list again from its first page.")

    private static func encode(_ value: Value) -> String {
        switch value {
        case .integer(let number): "i\(number)"
        case .text(let text): "t\(text)"
        default: "n"
        }
    }

    private static func decode(_ text: String) -> Value? {
        switch text.utf8.first {
        case UInt8(ascii: "i"): Int64(text.dropFirst()).map(Value.integer)
        case UInt8(ascii: "t") where !text.utf8.contains(0): .text(String(text.unicodeScalars.dropFirst()))
        case UInt8(ascii: "n") where text.utf8.count == 1: .null
        default: nil
        }
    }

    /// Whether a value is what a column holds: PostgreSQL refuses to compare any other.
    private static func isOne(_ value: Value, _ kind: ListColumn.Kind?) -> Bool {
        switch (value, kind) {
        case (.text, .text), (.integer, .number), (.integer, .time): true
        default: false
        }
    }

    private static func hex(_ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unhex(_ text: Substring) -> String? {
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 97...102: digit = byte - 87
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

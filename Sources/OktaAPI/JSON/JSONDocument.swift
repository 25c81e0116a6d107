import CSimdJSON
import Directory
import Glibc

/// A JSON parser with its buffers, and the one document that lives in it at a time.
///
/// Values borrowed from it are valid only inside the closure given to `parse`.
///
/// `@unchecked Sendable`: the C parser has no thread of its own and no global state; `JSONParsers` hands an instance to
/// one borrower at a time, so no two threads ever use it together.
final class JSONDocument: @unchecked Sendable {
    private let parser: OpaquePointer

    /// Bytes that may be read, but not used, past the end of a text that is parsed in place.
    static let padding = csj_padding()

    /// A parser for documents of at most `limit` bytes; nil when memory is short.
    init?(limit: Int) {
        guard let parser = csj_parser_create(limit) else { return nil }
        self.parser = parser
    }

    deinit { csj_parser_free(parser) }

    /// Parses one text and lends its root to `body`.
    ///
    /// `padded` tells that `padding` readable bytes follow the text; otherwise the parser makes a copy.
    func parse<Result>(
        _ text: UnsafeRawBufferPointer, padded: Bool, _ body: (JSONValue) throws -> Result
    ) throws -> Result {
        guard let base = text.baseAddress, !text.isEmpty else { throw JSONFailure(reason: "The text is empty.") }
        var root = csj_element()
        let error = csj_parse(parser, base.assumingMemoryBound(to: CChar.self), text.count, padded, &root)
        guard error == 0 else { throw JSONFailure(reason: String(cString: csj_error(error))) }
        return try body(JSONValue(element: root, parser: parser))
    }
}

/// Why a text is not JSON.
struct JSONFailure: Error {
    let reason: String
}

/// A value of a parsed document: sixteen bytes and where the parser is. Reading it never fails; what is missing, null or
/// of another type reads as nil.
struct JSONValue {
    fileprivate let element: csj_element
    fileprivate let parser: OpaquePointer

    /// What JSON type the value has.
    var type: csj_type { csj_type_of(element) }

    var isArray: Bool { type == CSJ_ARRAY }
    var isObject: Bool { type == CSJ_OBJECT }

    /// The value of a key; nil when the key is missing, or its value null, or this is no object.
    subscript(_ key: StaticString) -> JSONValue? {
        var found = csj_element()
        let name = UnsafeRawPointer(key.utf8Start).assumingMemoryBound(to: CChar.self)
        guard csj_field(element, name, key.utf8CodeUnitCount, &found), csj_type_of(found) != CSJ_NULL else {
            return nil
        }
        return JSONValue(element: found, parser: parser)
    }

    /// The UTF-8 bytes of a string.
    func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        let text = csj_string(element)
        guard let bytes = text.bytes else { return nil }
        return body(
            UnsafeBufferPointer(start: UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: text.count))
    }

    /// A string as people may see it; NUL characters, which no database keeps in a text, are shown as U+FFFD.
    var text: String? {
        withUTF8 { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let start = bytes.baseAddress, memchr(start, 0, bytes.count) != nil else { return text }
            return String(text.map { $0 == "\0" ? "\u{FFFD}" : $0 })
        }
    }

    /// A string that names an object: one to 255 bytes of printable ASCII, none of which means something in an address.
    var identifier: String? {
        withUTF8 { bytes in
            guard bytes.count >= 1, bytes.count <= 255 else { return nil }
            // By index: an iterator would ask for each byte whether there is one.
            for index in bytes.indices where !Self.isPartOfID(bytes[index]) { return nil }
            return String(decoding: bytes, as: UTF8.self)
        } ?? nil
    }

    private static func isPartOfID(_ byte: UInt8) -> Bool {
        // Letters and digits first: they are nearly all.
        if byte &- 48 < 10 || (byte | 32) &- 97 < 26 { return true }
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "\\"),
            UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"):
            return false
        default: return byte > 32 && byte < 127
        }
    }

    /// Whether a string is exactly this.
    func isText(_ expected: StaticString) -> Bool {
        let text = csj_string(element)
        guard let bytes = text.bytes, text.count == expected.utf8CodeUnitCount else { return false }
        return memcmp(bytes, expected.utf8Start, text.count) == 0
    }

    /// A string that is an ISO 8601 time.
    var timestamp: Timestamp? {
        withUTF8 { Timestamp(iso8601UTF8: $0) } ?? nil
    }

    var integer: Int? {
        var value: Int64 = 0
        if csj_int64(element, &value) { return Int(value) }
        var number: Double = 0
        return csj_double(element, &number) ? Int(exactly: number) : nil
    }

    var boolean: Bool? { type == CSJ_BOOL ? csj_is_true(element) : nil }

    /// How many values an array, or fields an object, holds.
    var count: Int { csj_count(element) }

    /// The values of an array; none for anything else.
    var values: Values { Values(walk: isArray ? csj_values(element) : csj_walk(), parser: parser) }

    /// The values of a field that is an array; none when it is missing or anything else.
    func values(_ key: StaticString) -> Values { self[key]?.values ?? Values(walk: csj_walk(), parser: parser) }

    /// The JSON text of the value, without spaces.
    var minified: String {
        let text = csj_minify(parser, element)
        return String(
            decoding: UnsafeRawBufferPointer(start: text.bytes, count: text.count), as: UTF8.self)
    }

    /// The values of an array, one by one.
    struct Values: Sequence, IteratorProtocol {
        fileprivate var walk: csj_walk
        fileprivate let parser: OpaquePointer

        mutating func next() -> JSONValue? {
            var element = csj_element()
            return csj_next_value(&walk, &element) ? JSONValue(element: element, parser: parser) : nil
        }
    }
}

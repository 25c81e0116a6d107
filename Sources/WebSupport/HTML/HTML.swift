public import NIOCore

/// A piece of HTML. Written as a string literal it reads as markup; every value put into it is escaped.
///
/// ```swift
/// let row: HTML = "<td class=\"name\">\(user.name)</td>"
/// ```
/// Only literals, numbers and other pieces of HTML go in as they are. There is no way to make HTML from a text that is
/// not a literal, so that nothing a tenant wrote can become markup.
public struct HTML: Sendable, ExpressibleByStringInterpolation, ExpressibleByStringLiteral {
    private(set) var bytes: ByteBuffer

    /// Nothing.
    public init() { bytes = ByteBuffer() }

    /// Markup, as written in the source.
    public init(stringLiteral value: String) { bytes = ByteBuffer(string: value) }

    /// Markup with escaped values in it.
    public init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    /// Pieces one after the other.
    public init(_ pieces: some Sequence<HTML>) {
        bytes = ByteBuffer()
        for piece in pieces { append(piece) }
    }

    /// Adds a piece at the end.
    public mutating func append(_ piece: HTML) {
        var more = piece.bytes
        bytes.writeBuffer(&more)
    }

    /// A piece followed by another.
    public static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum.append(right)
        return sum
    }

    /// Adds a piece at the end.
    public static func += (left: inout HTML, right: HTML) { left.append(right) }

    /// The bytes to send.
    public var buffer: ByteBuffer { bytes }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { bytes.readableBytes == 0 }

    /// The markup as text, for tests.
    public var text: String { String(buffer: bytes) }

    /// Collects the parts of a literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        var bytes: ByteBuffer

        /// Makes room for the literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            bytes = ByteBuffer()
            bytes.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        /// Markup, as written in the source.
        public mutating func appendLiteral(_ literal: String) { bytes.writeString(literal) }

        /// A text, escaped for content and for quoted attributes.
        public mutating func appendInterpolation(_ text: some StringProtocol) { bytes.writeEscaped(text) }

        /// A text, escaped; nothing when nil.
        public mutating func appendInterpolation(_ text: String?) {
            if let text { bytes.writeEscaped(text) }
        }

        /// A whole number.
        public mutating func appendInterpolation(_ number: some BinaryInteger) { bytes.writeString(String(number)) }

        /// Another piece, as it is.
        public mutating func appendInterpolation(_ piece: HTML) {
            var more = piece.bytes
            bytes.writeBuffer(&more)
        }

        /// Another piece, or nothing.
        public mutating func appendInterpolation(_ piece: HTML?) {
            if let piece { appendInterpolation(piece) }
        }

        /// Pieces one after the other.
        public mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { appendInterpolation(piece) }
        }

        /// An address made by `Link`.
        public mutating func appendInterpolation(_ link: Link) { bytes.writeEscaped(link.path) }
    }
}

extension ByteBuffer {
    /// Writes a text so that it means itself between tags and inside quoted attributes.
    mutating func writeEscaped(_ text: some StringProtocol) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): writeStaticString("&amp;")
            case UInt8(ascii: "<"): writeStaticString("&lt;")
            case UInt8(ascii: ">"): writeStaticString("&gt;")
            case UInt8(ascii: "\""): writeStaticString("&quot;")
            case UInt8(ascii: "'"): writeStaticString("&#39;")
            // Control characters have no meaning in HTML; NUL would cut pages short in some parsers.
            case 0..<9, 11, 12, 14..<32: writeStaticString("\u{FFFD}")
            default: writeInteger(byte)
            }
        }
    }
}
